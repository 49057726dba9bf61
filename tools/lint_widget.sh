#!/bin/sh
# Checks the format and the code of the widget's JavaScript, CSS and HTML with Biome (rules: widget/biome.jsonc).
# Usage: lint_widget.sh [format]   format: mends what can be mended safely instead of only reporting it
set -eu
CDPATH= cd -- "$(dirname -- "$0")/.."
script=${1:-lint}
case $script in
lint | format) ;;
*)
    echo "tools/lint_widget.sh knows no '$script'; call it without an argument to check, or with 'format' to mend." >&2
    exit 2
    ;;
esac
log=$(mktemp)
trap 'rm -f "$log"' EXIT
fail() {
    tail -n 20 "$log" >&2
    echo "[lint] $1 Run 'sh tools/set_up_widget.sh dev', then this again." >&2
    exit 1
}
[ -x widget/node_modules/.bin/biome ] || fail "The widget's linter is not installed."
. tools/find_node.sh
"$npm" --prefix widget run --silent "$script"

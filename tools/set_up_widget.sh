#!/bin/sh
# Installs the widget's locked packages into widget/node_modules, unless that has been done for this lock.
# Usage: set_up_widget.sh [dev]   dev: what its tests and its linter need besides (axe-core, Biome)
set -eu
CDPATH= cd -- "$(dirname -- "$0")/.."
kind=${1:-run}
folder=widget/node_modules
# what was asked for last time is kept: a later `make run` does not take the developers' packages away again
if [ "$kind" = run ] && [ -f $folder/.installed-dev ]; then
    kind=dev
fi
if cmp -s widget/package-lock.json "$folder/.installed-$kind" 2>/dev/null; then
    exit 0
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
fail() {
    grep -v '^npm warn' "$log" | tail -n 20 >&2
    echo "[set-up] $1 Its last lines stand above. Check the network and the disk, then run the same command again." >&2
    exit 1
}
. tools/find_node.sh
if [ "$kind" = dev ]; then
    omitted=""
    size="117 MB, most of it the linter"
else
    omitted="--omit=dev"
    size="17 MB"
fi
echo "[set-up] Installing the widget's locked packages ($size) ..." >&2
rm -f $folder/.installed-* # npm empties the folder first: after an interrupted run nothing in it counts as installed
# shellcheck disable=SC2086  # no argument where nothing is omitted
"$npm" ci --prefix widget --ignore-scripts --no-audit --no-fund $omitted >"$log" 2>&1 ||
    fail "npm could not install the widget's packages."
cp widget/package-lock.json "$folder/.installed-$kind"

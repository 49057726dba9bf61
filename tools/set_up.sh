#!/bin/sh
# Makes .venv and installs the locked, hashed requirements into it, unless that has been done for this lock.
set -eu
cd "$(dirname "$0")/.."
done_for=.venv/.installed-requirements
if cmp -s requirements.txt "$done_for" 2>/dev/null && .venv/bin/python -c '' 2>/dev/null; then
    exit 0
fi
python=$(sh tools/find_python.sh)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
step() {
    echo "[set-up] $1" >&2
    shift
    if ! "$@" >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        echo "[set-up] That step failed; its last lines stand above. Check the network and the disk, then run the same command again." >&2
        exit 1
    fi
}
if ! .venv/bin/python -c '' 2>/dev/null; then
    rm -rf .venv
    step "Making .venv with $("$python" --version) ..." "$python" -m venv .venv
fi
step "Fetching the installer ..." .venv/bin/python -m pip install --quiet --disable-pip-version-check "uv>=0.4"
step "Installing the locked packages (about 1 GB, one to five minutes) ..." \
    .venv/bin/uv pip sync --quiet --compile-bytecode --require-hashes --python .venv/bin/python requirements.txt
cp requirements.txt "$done_for"
echo "[set-up] Packages are ready." >&2

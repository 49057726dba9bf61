#!/bin/sh
# Sees that the lock holds: resolved for every Python and machine that it names, and installed, imported and answering on
# every Python of these that this machine has, beside the one in .venv.
set -eu
CDPATH= cd -- "$(dirname -- "$0")/.."
uv=$(pwd)/.venv/bin/uv
scratch=.scratch/lock
mkdir -p "$scratch"
log=$scratch/log
export MACOSX_DEPLOYMENT_TARGET=14.0 # onnxruntime's wheels ask for it
# published as sources alone; the last two for the newer Pythons only, and both build without a compiler, too
sources="docopt medspacy randomname sqlalchemy websockets"
fail() {
    grep -v 'is ignored' "$log" | tail -n 15 >&2
    echo "[lock] FAILED: $1" >&2
    exit 1
}
built=$(for name in $sources; do printf -- '--no-binary %s ' "$name"; done)
for version in 3.11 3.12 3.13; do
    for machine in x86_64-unknown-linux-gnu aarch64-unknown-linux-gnu aarch64-apple-darwin; do
        "$uv" pip install --dry-run --target "$scratch/target" --python-platform "$machine" --python-version "$version" \
            --only-binary :all: $built --build-constraints requirements-build.txt --require-hashes -r requirements.txt >"$log" 2>&1 ||
            fail "requirements.txt does not resolve for $machine, Python $version."
    done
    echo "[lock] Python $version: resolves for Linux x86-64, Linux arm64 and macOS arm64 (14 and newer)."
done
here=$(.venv/bin/python -c 'import sys; print("%d.%d" % sys.version_info[:2])')
for version in 3.11 3.12 3.13; do
    [ "$version" = "$here" ] && continue
    python=$(PYTHON= sh tools/find_python.sh "$version" 2>/dev/null) || {
        echo "[lock] Python $version: not here, so it was resolved only."
        continue
    }
    environment=$scratch/$version
    "$uv" venv --quiet --clear --python "$python" "$environment" >"$log" 2>&1 || fail "no environment for Python $version."
    "$uv" pip install --quiet --require-hashes --build-constraints requirements-build.txt \
        --python "$environment/bin/python" -r requirements.txt >"$log" 2>&1 || fail "it does not install on Python $version."
    "$environment/bin/python" tools/environment.py finish
    "$environment/bin/python" -W ignore -m tools.environment answers >"$log" 2>&1 ||
        fail "the assistant does not answer on Python $version."
    echo "[lock] Python $version: installed, imported, and a message was understood."
    rm -rf "$environment"
done

#!/bin/sh
# Makes .venv from the locked, hashed requirements, and mends it where it is half made or broken; at once where it is whole.
# Usage: set_up.sh [dev]   dev: what tests, checks and measurements need besides
set -eu
CDPATH= cd -- "$(dirname -- "$0")/.."
here=$(pwd -P)
kind=${1:-run}
python=.venv/bin/python
# what was asked for last time is kept: a later `make run` does not take the test packages away again
if [ "$kind" = run ] && [ -f .venv/.installed-dev ]; then
    kind=dev
fi
lock=requirements.txt
[ "$kind" = dev ] && lock=requirements-dev.txt
stamp=.venv/.installed-$kind
wanted=$(cat $lock requirements-uv.txt tools/set_up.sh | cksum)
# its scripts name the folder that they were made in; a Python that is named may be another one
fits() {
    [ "$(cat .venv/.made-in 2>/dev/null)" = "$here" ] &&
        $python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null &&
        { [ -z "${PYTHON:-}" ] || [ "$($python -V 2>&1)" = "$("$PYTHON" -V 2>&1)" ]; }
}
is_whole() {
    [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && fits && $python tools/environment.py check $lock
}
if is_whole; then
    exit 0
fi
say() {
    echo "[set-up] $1" >&2
}
# one set-up at a time; one that was killed is not waited for
waited=0
until mkdir .venv-lock 2>/dev/null; do
    other=$(cat .venv-lock/pid 2>/dev/null || true)
    if { [ -n "$other" ] && ! kill -0 "$other" 2>/dev/null; } || { [ -z "$other" ] && [ $waited -gt 5 ]; }; then
        rm -rf .venv-lock
        continue
    fi
    [ $waited -gt 0 ] || say "Another set-up is at work in this folder (process $other); waiting for it ..."
    waited=$((waited + 1))
    sleep 1
done
echo $$ >.venv-lock/pid
log=$(mktemp)
trap 'rm -rf "$log" .venv-lock' EXIT
trap 'exit 130' INT TERM
if is_whole; then
    exit 0
fi
began=$(date +%s)
fail() {
    grep -v 'is ignored' "$log" | tail -n 20 >&2
    say "That step failed; its last lines stand above. Check the network and the disk, then run the same command again."
    exit 1
}
step() {
    say "$1 ..."
    shift
    "$@" >"$log" 2>&1 || fail
}
if ! fits; then
    found=$(sh tools/find_python.sh)
    anew=""
    if [ -e .venv ]; then
        anew=" anew, since the old one was made for another folder or Python"
    fi
    rm -rf .venv
    step "1/4 Making .venv$anew with $("$found" --version), $found" "$found" -m venv .venv
    # Python 3.11 puts an old setuptools there, which nothing needs and which half a second of every start would go to
    $python -m pip uninstall --quiet --disable-pip-version-check --yes setuptools >"$log" 2>&1 || true
    echo "$here" >.venv/.made-in
fi
rm -f .venv/.installed-*
$python tools/environment.py clear
if ! .venv/bin/uv --version 2>/dev/null | grep -q "^uv $(sed -n 's/^uv==\([0-9.]*\).*/\1/p' requirements-uv.txt)\( \|$\)"; then
    $python -m pip --version >/dev/null 2>&1 || $python -m ensurepip --upgrade >"$log" 2>&1 || fail
    step "2/4 Fetching the installer, uv (18 MB)" $python -m pip install --quiet --disable-pip-version-check \
        --force-reinstall --require-hashes -r requirements-uv.txt
fi
install_once() {
    .venv/bin/uv pip install --quiet --compile-bytecode --require-hashes --build-constraints requirements-build.txt \
        --python $python -r $lock "$@"
}
install() {
    # the installer's cache shares its files with the environment, so what harmed one may have harmed the other
    install_once "$@" || install_once --no-cache "$@"
}
count=$(grep -c '^[a-z0-9].*==' $lock)
# not `pip sync`: a package that somebody has added stays
step "3/4 Installing $count locked packages ($([ "$kind" = dev ] && echo 290 || echo 185) MB to fetch the first time)" install
broken=$($python tools/environment.py broken $lock)
if [ -n "$broken" ]; then
    step "    Mending $(echo "$broken" | tr '\n' ' ')" install $(echo "$broken" | sed 's/^/--reinstall-package /')
fi
step "4/4 Putting runtime/ in place and compiling" $python tools/environment.py finish
if ! $python tools/environment.py check $lock; then
    echo "These packages are still broken: $($python tools/environment.py broken $lock | tr '\n' ' ')" >"$log"
    fail
fi
echo "$wanted" >"$stamp"
say "Packages are ready after $(($(date +%s) - began)) s: .venv holds $(du -sm .venv | cut -f1) MB."

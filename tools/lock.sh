#!/bin/sh
# Resolves the locks anew from pyproject.toml: requirements.txt (what runs), requirements-dev.txt (that and what tests and
# measurements need), bench/against_stock/requirements-stock.txt (the stock Rasa that `make bench` measures beside ours).
set -eu
CDPATH= cd -- "$(dirname -- "$0")/.."
uv=.venv/bin/uv
mkdir -p .scratch
note="# Made by 'make lock' from pyproject.toml; holds for CPython 3.11 to 3.13 on Linux (x86-64, arm64) and macOS (arm64)."
resolve() {
    out=$1
    shift
    "$uv" pip compile "$@" --upgrade --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet --output-file "$out"
    printf '%s\n%s\n' "$note" "$(cat "$out")" >"$out"
}
resolve requirements.txt pyproject.toml --universal --python-version 3.11
resolve requirements-dev.txt pyproject.toml --extra dev --extra bench --universal --python-version 3.11 --constraint requirements.txt
echo "uv==$("$uv" --version | cut -d ' ' -f 2)" >.scratch/uv.in
note="# The installer that set-up puts into .venv. Made by 'make lock'."
resolve requirements-uv.txt .scratch/uv.in --universal --python-version 3.11
note="# What the packages without a wheel are built with. Made by 'make lock'."
printf 'setuptools<81\nwheel\n' >.scratch/build.in
resolve requirements-build.txt .scratch/build.in --universal --python-version 3.11
note="# Stock Rasa with its own requirements, for CPython 3.10 on Linux x86-64. Made by 'make lock'."
echo "rasa==3.6.21" >.scratch/stock.in
resolve bench/against_stock/requirements-stock.txt .scratch/stock.in --python-version 3.10 --python-platform x86_64-unknown-linux-gnu --no-config
rm -f .scratch/uv.in .scratch/build.in .scratch/stock.in

#!/bin/sh
# Lint, types, Rasa's own data validation and conversation tests; the first failure ends it.
set -eu
CDPATH= cd -- "$(dirname -- "$0")/.."
PATH="$(pwd)/.venv/bin:$PATH"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
step() {
    echo "[check] $1"
    shift
    if ! "$@" >"$log" 2>&1; then
        grep -v -E 'it/s|Warning' "$log" | tail -n 40
        echo "[check] FAILED: $*"
        exit 1
    fi
}
step "ruff format" ruff format --check .
step "ruff check" ruff check .
step "mypy" mypy
step "rasa data validate" rasa data validate --fail-on-warnings
step "rasa test" rasa test core --stories tests/test_stories.yml --fail-on-prediction-errors --out results/rasa_test
echo "[check] All passed."

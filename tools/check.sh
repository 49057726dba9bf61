#!/bin/sh
# Rasa's own data validation and conversation stories; the first failure ends it. `make check` lints and checks types first.
set -eu
CDPATH= cd -- "$(dirname -- "$0")/.."
PATH="$(pwd)/.venv/bin:$PATH"
. tools/step.sh
step "rasa data validate" rasa data validate --fail-on-warnings
step "rasa test" rasa test core --stories tests/test_stories.yml --fail-on-prediction-errors --out results/rasa_test
echo "[check] All passed."

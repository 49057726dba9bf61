#!/bin/sh
# Style and rules of imports; the first failure ends it.
set -eu
CDPATH= cd -- "$(dirname -- "$0")/.."
PATH="$(pwd)/.venv/bin:$PATH"
. tools/step.sh
step "ruff format" ruff format --check .
step "ruff check" ruff check .
step "rules of imports" lint-imports
step "the widget's JavaScript" sh tools/lint_widget.sh

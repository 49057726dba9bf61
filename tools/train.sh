#!/bin/sh
# Trains if the newest archive is older than what it was trained from, or if there is none.
# Usage: train.sh [--force]
set -eu
cd "$(dirname "$0")/.."
# Lexicons, rules and actions are read when the assistant starts; no training is needed after a change to them.
trained_from="config.yml domain.yml data models/knee-nlu/model.onnx nlu/encoder.py nlu/language_model.py nlu/intent_classifier.py nlu/topic_model.py requirements.txt"
newest=$(ls -t models/*.tar.gz 2>/dev/null | head -n 1 || true)
if [ "${1:-}" != "--force" ] && [ -n "$newest" ] &&
    [ -z "$(find $trained_from -newer "$newest" -type f | head -n 1)" ]; then
    exit 0
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "[train] Training the model (about a minute) ..." >&2
if ! .venv/bin/rasa train --fixed-model-name knee >"$log" 2>&1; then
    grep -v -E 'Warning|it/s' "$log" | tail -n 20 >&2
    echo "[train] Training failed; the last lines of its log stand above." >&2
    exit 1
fi
touch models/knee.tar.gz # Rasa leaves an archive alone that would come out the same
echo "[train] The model is ready: models/knee.tar.gz" >&2

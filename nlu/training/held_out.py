"""How well a model file alone does on the validation split, which it was not trained on."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from nlu.encoder.model import LanguageModel
from nlu.training.corpus import LabelledMessage, is_validation, read_corpus
from triage.engine import assess
from triage.findings import ASSERTIONS
from triage.rules import ESCALATING_TIERS

THRESHOLD = 0.5
"""Probability from which a finding counts as present here; the assistant fuses it with other signals instead."""


def validation_figures(model_file: Path, folder: Path) -> dict[str, float]:
    """Returns shares over the validation split.

    Args:
        model_file: the ONNX file.
        folder: where its labels and vocabulary lie.

    Returns:
        ``messages``; ``sensitivity`` and ``false_positive_rate`` for messages that must and must not lead to help
        today or now; ``finding_f1`` over pairs of message and present finding; ``assertion_accuracy`` over labelled
        words.
    """
    model = LanguageModel(model_file, folder)
    messages = [message for message in read_corpus() if is_validation(message)]
    alerts_on_dangers: list[bool] = []
    alerts_on_harmless: list[bool] = []
    true_positives = false_positives = false_negatives = 0
    assertions: list[bool] = []
    for message in messages:
        target = {finding for finding, assertion in message.findings if assertion == "present"}
        output = model.predict(message.text)
        found = {f for f, probability in output.present_probabilities().items() if probability >= THRESHOLD}
        (alerts_on_dangers if _escalates(target) else alerts_on_harmless).append(_escalates(found))
        true_positives += len(target & found)
        false_positives += len(found - target)
        false_negatives += len(target - found)
        assertions += assertions_right(message, output.assertion_probabilities, output.offsets)
    return {
        "messages": len(messages),
        "sensitivity": float(np.mean(alerts_on_dangers)),
        "false_positive_rate": float(np.mean(alerts_on_harmless)),
        "finding_f1": 2 * true_positives / (2 * true_positives + false_positives + false_negatives),
        "assertion_accuracy": float(np.mean(assertions)),
    }


def _escalates(present: set[str]) -> bool:
    return assess(present).tier in ESCALATING_TIERS


def assertions_right(message: LabelledMessage, probabilities: np.ndarray, offsets: list[tuple[int, int]]) -> list[bool]:
    """Tells for each word that is labelled with one assertion whether the model gives it the same.

    Args:
        message: the labelled message.
        probabilities: of each assertion by subword token, shape (n, 6).
        offsets: n pairs, where each subword token starts and ends in the text.
    """
    results, start = [], 0
    for word, labels in zip(message.words, message.labels, strict=True):
        if len({assertion for _, assertion in labels}) == 1:
            rows = [n for n, (a, b) in enumerate(offsets) if a < start + len(word) and start < b]
            if rows:  # none where the message was cut before the word
                target = ASSERTIONS.index(next(iter(labels))[1])
                results.append(int(np.argmax(probabilities[rows].mean(axis=0))) == target)
        start += len(word) + 1
    return results

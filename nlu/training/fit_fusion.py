"""Decides how the three voices are weighed: ``models/knee-nlu/fusion.json`` (second half of ``make finetune``).

The weights come from a logistic regression over the findings of the messages held back from training: is the finding
labelled as present? The threshold from which a danger is told is the lowest that keeps false alarms under
`MOST_ALARMS` on the open two thirds of the safety set and the held-out red flags, and under `MOST_EVERYDAY_ALARMS` on
everyday questions; that from which it is asked about (``clarification_thresholds``, kept as it is) was read off the
same messages and those held back: 0.03, 0.04, 0.06 and 0.07 miss 6, 8, 15 and 18 of 436 dangers held back and ask 10,
8, 7 and 6 % of everyday questions in vain.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from nlu.encoder.model import MODEL_FOLDER, LanguageModel
from nlu.findings.extractor import FindingReader
from nlu.findings.fusion import FEATURES, WORTH_A_THOUGHT, Fusion
from nlu.training.corpus import is_held_back, read_corpus
from triage.case import ConversationState
from triage.findings import with_implied
from triage.questions import ClarificationThresholds, next_clarification
from triage.rules import ESCALATING_TIERS

MOST_ALARMS = 0.025
"""Share of harmless messages about dangers (denied, past, supposed) that may be escalated."""

MOST_EVERYDAY_ALARMS = 0.02
"""Share of everyday messages that may be; some of them do name what the rules call a danger (cramps in great heat)."""

_TESTS = Path(__file__).parents[2] / "tests"
_DEVELOPMENT = (_TESTS / "safety" / "messages_open.jsonl", _TESTS / "nlu" / "heldout_red_flags.jsonl")
_EVERYDAY = (_TESTS / "nlu" / "heldout_intents.jsonl", _TESTS / "understanding" / "messages_open.jsonl")
_THRESHOLDS = (0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)


@dataclass(frozen=True)
class Outcome:
    """Counts over messages at one threshold.

    Attributes:
        missed: dangers neither told nor asked about.
        asked: dangers asked about.
        alarms: messages without danger that were escalated.
        asked_in_vain: messages without danger that were asked about.
    """

    missed: int
    asked: int
    alarms: int
    asked_in_vain: int


def fit_weights(reader: FindingReader) -> dict[str, float]:
    """Fits the regression on the messages held back and returns a weight for each feature."""
    rows, wanted = [], []
    for message in filter(is_held_back, read_corpus()):
        present = {finding for finding, assertion in message.findings if assertion == "present"}
        for heard in reader.hear(message.text):
            rows.append(heard.voices.features())
            wanted.append(heard.id in present)
    regression = LogisticRegression(C=1.0, fit_intercept=False, max_iter=2_000).fit(np.array(rows), np.array(wanted))
    return dict(zip(FEATURES, map(float, regression.coef_[0]), strict=True))


def chances_of(reader: FindingReader, fusion: Fusion, texts: Iterable[str]) -> list[dict[str, float]]:
    """Returns for each text the chance of every finding that any voice names."""
    return [{h.id: fusion.chance(h.voices) for h in reader.hear(text)} for text in texts]


def outcome(chances: list[dict[str, float]], dangers: list[bool], fusion: Fusion) -> Outcome:
    """Counts what would come of messages."""
    missed = asked = alarms = in_vain = 0
    for found, danger in zip(chances, dangers, strict=True):
        told, questioned = _told_or_asked(fusion, found)
        missed += danger and not told and not questioned
        asked += danger and questioned
        alarms += told and not danger
        in_vain += questioned and not danger
    return Outcome(missed, asked, alarms, in_vain)


def _told_or_asked(fusion: Fusion, found: dict[str, float]) -> tuple[bool, bool]:
    sure = {meant for finding in fusion.present(found) for meant in with_implied(finding)}
    unclear = tuple((f, chance) for f, chance in found.items() if f not in sure and chance >= WORTH_A_THOUGHT)
    state = ConversationState.after_one_message(sure, unclear)
    told = state.assessment.tier in ESCALATING_TIERS
    return told, not told and next_clarification(state, fusion.clarification) is not None


def _read(paths: Iterable[Path]) -> list[dict[str, str]]:
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


def main() -> None:
    """Fits weights, chooses thresholds, writes both with what they gave."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=MODEL_FOLDER, help="where the model lies")
    folder = parser.parse_args().folder
    asked_from = json.loads((folder / "fusion.json").read_text(encoding="utf-8"))["clarification_thresholds"]
    clarification = ClarificationThresholds(**asked_from)
    unfitted = Fusion(dict.fromkeys(FEATURES, 0.0), 1.0, clarification)
    reader = FindingReader(LanguageModel(folder / "model.onnx", folder), unfitted)
    weights = fit_weights(reader)
    entries = _read(_DEVELOPMENT)
    dangers = [entry["tier"] in ESCALATING_TIERS for entry in entries]
    chances = chances_of(reader, Fusion(weights, 1.0, clarification), [entry["text"] for entry in entries])
    everyday = [entry["text"] for entry in _read(_EVERYDAY)]
    everyday_chances = chances_of(reader, Fusion(weights, 1.0, clarification), everyday)
    harmless = len(dangers) - sum(dangers)
    for told_from in _THRESHOLDS:
        best = outcome(chances, dangers, Fusion(weights, told_from, clarification))
        plain = outcome(everyday_chances, [False] * len(everyday), Fusion(weights, told_from, clarification))
        if best.alarms <= MOST_ALARMS * harmless and plain.alarms <= MOST_EVERYDAY_ALARMS * len(everyday):
            break
    result = {
        "alert_threshold": told_from,
        "clarification_thresholds": asked_from,
        "weights": weights,
        "development": {
            "messages": len(entries),
            "dangers": sum(dangers),
            "missed": best.missed,
            "asked": best.asked,
            "false_alarms": best.alarms,
            "asked_in_vain": best.asked_in_vain,
        },
        "everyday": {
            "messages": len(everyday),
            "false_alarms": plain.alarms,
            "asked_in_vain": plain.asked_in_vain,
        },
    }
    (folder / "fusion.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()

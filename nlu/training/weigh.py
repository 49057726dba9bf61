"""Decides how the three voices are weighed: ``models/knee-nlu/fusion.json`` (second half of ``make finetune``).

The weights come from a logistic regression over the findings of the messages held back from training: is the finding
labelled as present? The two thresholds come from the open two thirds of the safety set and the held-out red flags, on
the level that counts, the triage tier. Of the pairs of thresholds that keep false alarms under `MOST_ALARMS` and
questions to people in danger under `MOST_ASKED`, the one with the lowest cost is taken: a missed danger counts as much
as forty questions asked in vain; the everyday messages of the held-out intents count double among those.
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from nlu.finding_extractor import FindingReader
from nlu.fusion import FEATURES, SELF_HARM, Fusion
from nlu.language_model import MODEL_FOLDER, LanguageModel
from nlu.training.corpus import is_held_back, read_corpus
from triage.conversation import Turn, remember
from triage.engine import assess
from triage.findings import implied_findings
from triage.rules import ESCALATING_TIERS

MOST_ALARMS = 0.025
MOST_ASKED = 0.125
COST_MISSED = 40.0
POSSIBLE_SELF_HARM = 0.05

_TESTS = Path(__file__).parents[2] / "tests"
_DEVELOPMENT = (_TESTS / "safety" / "messages_open.jsonl", _TESTS / "nlu" / "heldout_red_flags.jsonl")
_EVERYDAY = _TESTS / "nlu" / "heldout_intents.jsonl"
_THRESHOLDS = (0.02, 0.03, 0.05, 0.08, 0.12, 0.16, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True)
class Outcome:
    """Counts over messages at one pair of thresholds.

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

    @property
    def cost(self) -> float:
        """What these outcomes cost together."""
        return COST_MISSED * self.missed + self.asked_in_vain

    def is_lawful(self, dangers: int, harmless: int) -> bool:
        """Tells whether there are few enough alarms and questions."""
        return self.alarms <= MOST_ALARMS * harmless and self.asked <= MOST_ASKED * dangers


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


def outcome(chances: list[dict[str, float]], dangers: list[bool], certain: float, possible: float) -> Outcome:
    """Counts what would come of messages at a pair of thresholds."""
    missed = asked = alarms = in_vain = 0
    for found, danger in zip(chances, dangers, strict=True):
        told, questioned = _told_or_asked(found, certain, possible)
        missed += danger and not told and not questioned
        asked += danger and questioned
        alarms += told and not danger
        in_vain += questioned and not danger
    return Outcome(missed, asked, alarms, in_vain)


def _told_or_asked(found: dict[str, float], certain: float, possible: float) -> tuple[bool, bool]:
    sure = {finding for finding, chance in found.items() if chance >= certain}
    sure |= {implied for finding in sure for implied in implied_findings(finding)}
    if assess(sure).tier in ESCALATING_TIERS:
        return True, False
    lowest = {finding: min(possible, POSSIBLE_SELF_HARM) if finding in SELF_HARM else possible for finding in found}
    unclear = tuple(finding for finding, chance in found.items() if lowest[finding] <= chance < certain)
    turn = Turn(tuple((finding, "present") for finding in sure), possible=unclear)
    return False, remember([turn]).unclear() is not None


def main() -> None:
    """Fits weights, chooses thresholds, writes both with what they gave."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=MODEL_FOLDER, help="where the model lies")
    folder = parser.parse_args().folder
    reader = FindingReader(LanguageModel(folder / "model.onnx", folder), Fusion(dict.fromkeys(FEATURES, 0.0), 1, 1, 1))
    weights = fit_weights(reader)
    entries = [json.loads(line) for path in _DEVELOPMENT for line in path.read_text(encoding="utf-8").splitlines()]
    dangers = [entry["tier"] in ESCALATING_TIERS for entry in entries]
    chances = chances_of(reader, Fusion(weights, 1, 1, 1), [entry["text"] for entry in entries])
    pairs = [(high, low) for low, high in itertools.combinations_with_replacement(_THRESHOLDS, 2)]
    outcomes = {pair: outcome(chances, dangers, *pair) for pair in pairs}
    everyday = [json.loads(line)["text"] for line in _EVERYDAY.read_text(encoding="utf-8").splitlines()]
    everyday_chances = chances_of(reader, Fusion(weights, 1, 1, 1), everyday)
    everyday_outcomes = {pair: outcome(everyday_chances, [False] * len(everyday), *pair) for pair in pairs}
    harmless = len(dangers) - sum(dangers)
    lawful = [pair for pair in pairs if outcomes[pair].is_lawful(sum(dangers), harmless)] or pairs
    certain, possible = min(lawful, key=lambda pair: outcomes[pair].cost + 2 * everyday_outcomes[pair].asked_in_vain)
    best = outcomes[certain, possible]
    result = {
        "certain": certain,
        "possible": possible,
        "possible_self_harm": min(possible, POSSIBLE_SELF_HARM),
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
            "false_alarms": everyday_outcomes[certain, possible].alarms,
            "asked_in_vain": everyday_outcomes[certain, possible].asked_in_vain,
        },
    }
    (folder / "fusion.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()

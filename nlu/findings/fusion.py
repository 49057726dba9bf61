"""Weighs the three voices on a finding: the language model, the lexical net, and ConText.

Each says something of its own. The model: how likely the finding is mentioned on some word, asserted there as
present, and reported by the message as a whole. The lexical net: whether its phrases, frames or numbers mention it.
ConText and our rules: what is asserted of the place where either found it. A logistic regression over the three,
fitted on messages that none of them was made from (``nlu/training/fit_fusion.py``), gives the chance that the person
reports it. A finding, or a danger that several make up, counts as present where it is likely enough; what is less
likely is left to a question (`triage.questions`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from nlu.encoder.model import MODEL_FOLDER
from triage.engine import assess, could_escalate, danger_probabilities
from triage.findings import ASSERTIONS, with_implied
from triage.questions import ClarificationThresholds
from triage.rules import ESCALATING_TIERS, rank

_LEAST = 1e-4
WORTH_A_THOUGHT = 0.03
"""Chance below which a finding is left out of account."""

_SURE = 0.9
_DOUBTFUL = 0.4
_A_FIGURE_TO_BOTH = 0.3
"""The highest chance of what phrases and ConText both take for a figure of speech ("the film where …")."""

_NEXT_TO_NONE = 0.04
"""Chance left where the net's mention is denied, supposed or over, and the model does not think it present either."""
_HIGHEST_CALM = rank("see_doctor_soon")
FEATURES = (
    "always",
    "model_mentions",
    "model_says_present",
    "model_says_of_message",
    "lexical_net_silent",
    "lexical_number",
    *(f"lexical_{assertion}" for assertion in ASSERTIONS),
    *(f"context_{assertion}" for assertion in ASSERTIONS),
)


@dataclass(frozen=True)
class Voices:
    """What is said of one finding in one message.

    Attributes:
        mentioned: the model's highest chance, over the words, that the finding is mentioned; 0..1.
        present: its highest chance that it is mentioned and asserted as present; 0..1.
        whole: its chance that the message as a whole reports the finding as present; 0..1.
        lexical: what ConText asserts of the lexical net's mention, or None where the net is silent.
        number: whether the lexical mention rests on a number (a temperature, an age, a time).
        context: what ConText asserts of the model's place, or None where the model names none.
    """

    mentioned: float
    present: float
    whole: float
    lexical: str | None
    number: bool
    context: str | None

    def features(self) -> np.ndarray:
        """Returns the voices as numbers, in the order of `FEATURES`."""
        return np.array(
            [
                1.0,
                _log_odds(self.mentioned),
                _log_odds(self.present),
                _log_odds(self.whole),
                self.lexical is None,
                self.number,
                *(self.lexical == assertion for assertion in ASSERTIONS),
                *(self.context == assertion for assertion in ASSERTIONS),
            ],
            dtype=np.float64,
        )


def _log_odds(chance: float) -> float:
    chance = min(max(chance, _LEAST), 1 - _LEAST)
    return math.log(chance / (1 - chance))


class Fusion:
    """The weights and thresholds found on the development messages.

    Attributes:
        clarification: the probabilities from which a question is asked.
    """

    def __init__(
        self, weights: dict[str, float], alert_threshold: float, clarification: ClarificationThresholds
    ) -> None:
        """Takes weights by feature name and the thresholds.

        Args:
            weights: one for each of `FEATURES`.
            alert_threshold: probability from which a finding, or a danger made of several, is taken as present.
            clarification: the probabilities from which a question is asked.
        """
        self._weights = np.array([weights[name] for name in FEATURES])
        self._alert_threshold = alert_threshold
        self.clarification = clarification

    @classmethod
    def read(cls, path: Path) -> Fusion:
        """Reads weights and thresholds from a JSON file."""
        data = json.loads(path.read_text(encoding="utf-8"))
        clarification = ClarificationThresholds(**data["clarification_thresholds"])
        return cls(data["weights"], data["alert_threshold"], clarification)

    def present(self, chances: Mapping[str, float]) -> set[str]:
        """Decides which findings of a message count as present.

        A finding does where its own chance passes the threshold; a danger that rests on several findings only where
        it is as likely as that altogether, and then also with findings of a lower chance.

        Args:
            chances: the chance of each finding that any voice names.
        """
        present = {finding for finding, chance in chances.items() if chance >= self._alert_threshold}
        sure = {finding for finding in present if chances[finding] >= _SURE}
        unsure = {f: chance for f, chance in chances.items() if chance >= WORTH_A_THOUGHT and f not in sure}
        wanted = self._likely_rank(sure, unsure)
        by_chance = sorted(unsure, key=lambda finding: -chances[finding])
        for finding in reversed(by_chance):  # more was taken as present than is likely
            if _rank(present) > max(wanted, _HIGHEST_CALM) and _rank(present - {finding}) < _rank(present):
                present.discard(finding)
        added = []
        for finding in by_chance:  # a danger is likely, though no finding of it is
            if _rank(present) < wanted and finding not in present:
                present.add(finding)
                added.append(finding)
        for finding in reversed(added):
            if _rank(present - {finding}) == _rank(present):
                present.discard(finding)
        return present

    def _likely_rank(self, sure: set[str], unsure: dict[str, float]) -> int:
        """Returns the rank of the highest tier of help today or now that is likely enough, 0 for none."""
        if not could_escalate({meant for finding in (*sure, *unsure) for meant in with_implied(finding)}):
            return 0
        ranks = [(weight, _rank(sure | there)) for weight, there in danger_probabilities(sure, unsure)]
        for wanted in sorted(map(rank, ESCALATING_TIERS), reverse=True):
            if sum(weight for weight, reached in ranks if reached >= wanted) >= self._alert_threshold:
                return wanted
        return 0

    def chance(self, voices: Voices) -> float:
        """Returns the chance, 0..1, that the person reports the finding as present."""
        chance = 1 / (1 + math.exp(-float(self._weights @ voices.features())))
        if voices.lexical == voices.context == "figurative":
            chance = min(chance, _A_FIGURE_TO_BOTH)
        agree_on_no = voices.lexical not in {None, "present"} and max(voices.present, voices.whole) < _DOUBTFUL
        return min(chance, _NEXT_TO_NONE) if agree_on_no else chance


@lru_cache(maxsize=1)
def shared_fusion() -> Fusion:
    """Returns the weights and thresholds that ship with the model, read at the first call."""
    return Fusion.read(MODEL_FOLDER / "fusion.json")


def _rank(findings: set[str]) -> int:
    return rank(assess({meant for finding in findings for meant in with_implied(finding)}).tier)

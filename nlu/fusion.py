"""Weighs the three voices on a finding: the language model, the lexical net, and ConText.

Each says something of its own. The model: how likely the finding is mentioned on some word, and asserted there as
present. The lexical net: whether its phrases, frames or numbers mention it. ConText and our rules: what is asserted
of the place where either found it. A logistic regression over the three, fitted on messages that none of them was
made from (``nlu/training/weigh.py``), gives the chance that the person reports it; two thresholds part "present" from
"unclear, to be asked about" and from "no".
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from triage.findings import ASSERTIONS

_LEAST = 1e-4
SELF_HARM = frozenset({"suicidal", "overdose_taken"})
"""Findings that are asked about at a lower chance than others: people hint at them, and a question does no harm."""

FEATURES = (
    "always",
    "model_mentions",
    "model_says_present",
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
        lexical: what ConText asserts of the lexical net's mention, or None where the net is silent.
        number: whether the lexical mention rests on a number (a temperature, an age, a time).
        context: what ConText asserts of the model's place, or None where the model names none.
    """

    mentioned: float
    present: float
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
    """The weights and thresholds found on the development messages."""

    def __init__(self, weights: dict[str, float], certain: float, possible: float, possible_self_harm: float) -> None:
        """Takes weights by feature name and the thresholds.

        Args:
            weights: one for each of `FEATURES`.
            certain: chance from which a finding is taken as present.
            possible: chance from which it is worth a question.
            possible_self_harm: the same for `SELF_HARM`.
        """
        self._weights = np.array([weights[name] for name in FEATURES])
        self.certain = certain
        self._possible = possible
        self._possible_self_harm = possible_self_harm

    @classmethod
    def read(cls, path: Path) -> Fusion:
        """Reads weights and thresholds from a JSON file."""
        data = json.loads(path.read_text(encoding="utf-8"))
        return cls(data["weights"], data["certain"], data["possible"], data["possible_self_harm"])

    def possible(self, finding: str) -> float:
        """Returns the chance from which a finding is worth a question."""
        return self._possible_self_harm if finding in SELF_HARM else self._possible

    def chance(self, voices: Voices) -> float:
        """Returns the chance, 0..1, that the person reports the finding as present."""
        return 1 / (1 + math.exp(-float(self._weights @ voices.features())))

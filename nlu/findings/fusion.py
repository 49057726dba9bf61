"""Fuses three signals on a finding: of the language model, of the lexicon matcher, and of ConText.

Each says something of its own. The model: how likely the finding is mentioned on some token, asserted there as
present, and reported by the message as a whole. The lexicon matcher: whether its phrases, frames or numbers mention
it. ConText and our rules: what is asserted of the place where either found it. A logistic regression over the three,
fitted on messages that none of them was made from (``nlu/training/fit_fusion.py``), gives the probability that the
person reports it. A finding, or a danger that several make up, counts as present where it is likely enough; what is
less likely is left to a question (`triage.clarification`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from nlu.encoder.model import MODEL_FOLDER
from triage.clarification import ClarificationThresholds
from triage.engine import assess, could_escalate, danger_probabilities
from triage.findings import ASSERTIONS, with_implied
from triage.rules import ESCALATING_TIERS, rank

_PROBABILITY_CLIP = 1e-4
"""How near to 0 or 1 a probability may come, so that its log-odds stay finite."""

MIN_PROBABILITY = 0.03
"""Probability below which a finding is left out of account."""

_CERTAIN_FROM = 0.9
_MODEL_DOUBTS_BELOW = 0.4
_MAX_IF_FIGURATIVE = 0.3
"""Probability left to what phrases and ConText both take for a figure of speech ("the film where …")."""

_MAX_IF_NOT_PRESENT = 0.04
"""Probability left where the lexical mention is denied, supposed or over, and the model does not think it present."""

_HIGHEST_RANK_WITHOUT_ALERT = rank("see_doctor_soon")
FEATURES = (
    "always",
    "model_mentions",
    "model_says_present",
    "model_says_of_message",
    "lexical_silent",
    "lexical_number",
    *(f"lexical_{assertion}" for assertion in ASSERTIONS),
    *(f"context_{assertion}" for assertion in ASSERTIONS),
)


class FusionError(ValueError):
    """The file of weights and thresholds is wrong; the message names file and entry."""


@dataclass(frozen=True)
class FusionFeatures:
    """What the signals say of one finding in one message.

    Attributes:
        mentioned: the model's highest probability, over the tokens, that the finding is mentioned; 0..1.
        present: its highest probability that it is mentioned and asserted as present; 0..1.
        whole: its probability that the message as a whole reports the finding as present; 0..1.
        lexical: what ConText asserts of the lexicon matcher's mention, or None where that finds none.
        number: whether the lexical mention rests on a number (a temperature, an age, a time).
        context: what ConText asserts of the model's mention, or None where the model sees none.
    """

    mentioned: float
    present: float
    whole: float
    lexical: str | None
    number: bool
    context: str | None

    def vector(self) -> np.ndarray:
        """Returns the features as numbers, shape (18,), in the order of `FEATURES`."""
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


def _log_odds(probability: float) -> float:
    probability = min(max(probability, _PROBABILITY_CLIP), 1 - _PROBABILITY_CLIP)
    return math.log(probability / (1 - probability))


class Fusion:
    """The weights and thresholds found on the development messages.

    Attributes:
        clarification: the probabilities from which a question is asked.
    """

    def __init__(
        self, weights: Mapping[str, float], alert_threshold: float, clarification: ClarificationThresholds
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
        """Reads weights and thresholds from a JSON file.

        Raises:
            FusionError: an entry is missing; the message names it.
        """
        data = json.loads(path.read_text(encoding="utf-8"))
        try:
            clarification = ClarificationThresholds(**data["clarification_thresholds"])
            return cls(data["weights"], data["alert_threshold"], clarification)
        except (KeyError, TypeError) as error:
            raise FusionError(f"{path}: {error} is missing or wrong; restore the file from version control.") from error

    def present(self, probabilities: Mapping[str, float]) -> set[str]:
        """Decides which findings of a message count as present.

        A finding does where its own probability passes the threshold; a danger that rests on several findings only
        where it is as likely as that altogether, and then also with findings of a lower probability.

        Args:
            probabilities: of each finding that any signal names.
        """
        present = {finding for finding, probability in probabilities.items() if probability >= self._alert_threshold}
        sure = {finding for finding in present if probabilities[finding] >= _CERTAIN_FROM}
        unsure = {f: p for f, p in probabilities.items() if p >= MIN_PROBABILITY and f not in sure}
        likely_rank = self._likely_rank(sure, unsure)
        likeliest_first = sorted(unsure, key=lambda finding: -unsure[finding])
        for finding in reversed(likeliest_first):  # more was taken as present than is likely
            rank_now = _rank(present)
            if rank_now > max(likely_rank, _HIGHEST_RANK_WITHOUT_ALERT) and _rank(present - {finding}) < rank_now:
                present.discard(finding)
        added = []
        for finding in likeliest_first:  # a danger is likely, though no finding of it is
            if _rank(present) < likely_rank and finding not in present:
                present.add(finding)
                added.append(finding)
        for finding in reversed(added):  # what was added on the way and is not needed for the danger
            if _rank(present - {finding}) == _rank(present):
                present.discard(finding)
        return present

    def _likely_rank(self, sure: set[str], unsure: Mapping[str, float]) -> int:
        """Returns the rank of the highest tier of help today or now that is likely enough, 0 for none."""
        if not could_escalate(with_all_implied((*sure, *unsure))):  # spares most messages the weighing below
            return 0
        ranks = [(weight, _rank(sure | there)) for weight, there in danger_probabilities(sure, unsure)]
        for escalating in sorted(map(rank, ESCALATING_TIERS), reverse=True):
            if sum(weight for weight, reached in ranks if reached >= escalating) >= self._alert_threshold:
                return escalating
        return 0

    def probability(self, features: FusionFeatures) -> float:
        """Returns the probability, 0..1, that the person reports the finding as present."""
        probability = 1 / (1 + math.exp(-float(self._weights @ features.vector())))
        if features.lexical == features.context == "figurative":
            probability = min(probability, _MAX_IF_FIGURATIVE)
        says_not_present = features.lexical not in {None, "present"}
        if says_not_present and max(features.present, features.whole) < _MODEL_DOUBTS_BELOW:
            probability = min(probability, _MAX_IF_NOT_PRESENT)
        return probability


@lru_cache(maxsize=1)
def shared_fusion() -> Fusion:
    """Returns the weights and thresholds that ship with the model, read at the first call."""
    return Fusion.read(MODEL_FOLDER / "fusion.json")


def with_all_implied(findings: Iterable[str]) -> set[str]:
    """Returns findings that are present with all that their presence implies, as the rules need them."""
    return {implied for finding in findings for implied in with_implied(finding)}


def _rank(findings: Iterable[str]) -> int:
    return rank(assess(with_all_implied(findings)).tier)

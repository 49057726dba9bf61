"""Knows when not to answer: below a confidence that is worth something, two topics are offered or none is guessed."""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message

from nlu.base.component import UntrainedComponent, add_entities, set_intent
from triage.contract import TOPIC_PREFIX, Entity, Intent

_WORTH_OFFERING = 0.12
"""Probability from which a topic is offered."""

_LIKELY_BETWEEN_THEM = 0.5
"""Probability of two topics together from which "did you mean A or B?" is asked."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class LowConfidenceFallback(UntrainedComponent):
    """Turns an intent of low confidence into ``nlu_fallback``, with the topics that it may have been.

    It is not called FallbackClassifier: Rasa keeps its components by class name alone, and that one is its own.
    """

    settings = ("confidence_threshold",)

    def __init__(self, confidence_threshold: float) -> None:
        """Takes the confidence from which a message is answered."""
        self._confidence_threshold = confidence_threshold

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``confidence_threshold``: the probability of being right from which a message is answered."""
        return {"confidence_threshold": 0.5}

    def process(self, messages: list[Message]) -> list[Message]:
        """Decides, and names the topics that are worth offering."""
        for message in messages:
            intent = message.get(INTENT)
            if not intent:
                continue  # the classifier failed; whoever answers says so, "I did not understand" would be untrue
            confidence = float(intent["confidence"])
            is_unsure, is_out_of_scope = confidence < self._confidence_threshold, intent["name"] == Intent.OUT_OF_SCOPE
            if not (is_unsure or is_out_of_scope):
                continue
            offered = suggestions(message.get(INTENT_RANKING_KEY) or [])
            if is_unsure and (not is_out_of_scope or len(offered) > 1):
                set_intent(message, Intent.FALLBACK, 1.0 - confidence, by=type(self).__name__)
            add_entities(message, [_suggestion(name) for name in offered])
        return messages


def suggestions(ranking: list[dict[str, Any]]) -> list[str]:
    """Returns the topics worth offering, at most two; two only where it is likely to be one of them.

    Args:
        ranking: intents with their confidences, best first.
    """
    topics = [entry for entry in ranking if str(entry["name"]).startswith(TOPIC_PREFIX)]
    offered = [entry for entry in topics if entry["confidence"] >= _WORTH_OFFERING][:2]
    if sum(entry["confidence"] for entry in offered) < _LIKELY_BETWEEN_THEM:
        offered = offered[:1]
    return [str(entry["name"]) for entry in offered]


def _suggestion(name: str) -> dict[str, Any]:
    extractor = LowConfidenceFallback.__name__
    return {"entity": Entity.SUGGESTION, "value": name, "start": 0, "end": 0, "extractor": extractor}

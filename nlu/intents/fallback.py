"""Knows when not to answer: below a confidence that is worth something, two topics are offered or none is guessed."""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message

from nlu.base.component import UntrainedComponent, add_entities
from triage.contract import TOPIC_PREFIX, Entity, Intent

_WORTH_OFFERING = 0.12
"""Chance from which a topic is offered."""

_LIKELY_BETWEEN_THEM = 0.5
"""Chance of two topics together from which "did you mean A or B?" is asked."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Abstention(UntrainedComponent):
    """Turns a doubtful intent into ``nlu_fallback``, with the topics that it may have been."""

    settings = ("answer_from",)

    def __init__(self, answer_from: float) -> None:
        """Takes the confidence from which a message is answered."""
        self._answer_from = answer_from

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``answer_from``: the chance of being right from which a message is answered."""
        return {"answer_from": 0.5}

    def process(self, messages: list[Message]) -> list[Message]:
        """Decides, and names the topics that are worth offering."""
        for message in messages:
            intent = message.get(INTENT) or {"name": None, "confidence": 0.0}
            doubtful = float(intent["confidence"]) < self._answer_from
            if not doubtful and intent["name"] != Intent.OUT_OF_SCOPE:
                continue
            ranking = message.get(INTENT_RANKING_KEY) or []
            offered = suggestions(ranking)
            if doubtful and (intent["name"] != Intent.OUT_OF_SCOPE or len(offered) > 1):
                fallback = {"name": DEFAULT_NLU_FALLBACK_INTENT_NAME, "confidence": 1.0 - float(intent["confidence"])}
                message.set(INTENT, fallback, add_to_output=True)
                message.set(INTENT_RANKING_KEY, [fallback, *ranking], add_to_output=True)
            found = [
                {"entity": Entity.SUGGESTION, "value": name, "start": 0, "end": 0, "extractor": "Abstention"}
                for name in offered
            ]
            add_entities(message, found)
        return messages


def suggestions(ranking: list[dict[str, Any]]) -> list[str]:
    """Returns the topics worth offering, at most two; two only where it is likely to be one of them.

    Args:
        ranking: intents with their chances, best first.
    """
    topics = [entry for entry in ranking if str(entry["name"]).startswith(TOPIC_PREFIX)]
    offered = [entry for entry in topics if entry["confidence"] >= _WORTH_OFFERING][:2]
    if sum(entry["confidence"] for entry in offered) < _LIKELY_BETWEEN_THEM:
        offered = offered[:1]
    return [str(entry["name"]) for entry in offered]

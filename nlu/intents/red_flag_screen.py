"""The red-flag screen: what a message reports goes before what it asks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message

from nlu.base.component import UntrainedComponent
from nlu.intents.answer_variant import variant_entity
from triage.contract import ESCALATION_INTENTS, OWN_FIRST_LINES, TOPIC_PREFIX, Entity, Intent
from triage.engine import assess
from triage.findings import vocabulary
from triage.rules import rank

_UNSURE_BELOW = 0.5
_FOREIGN_BELOW = 0.4
_SMALL_TALK = {Intent.GREET, Intent.GOODBYE, Intent.THANK, Intent.UNSURE}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class RedFlagScreen(UntrainedComponent):
    """Overrides the intent where the findings of this message call for help today or now."""

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets ``report_emergency`` or ``report_urgent``; keeps what was asked as ``also_asked``."""
        for message in messages:
            intent = message.get(INTENT) or {"name": None, "confidence": 0.0}
            decided = screened_intent(intent, message.get(ENTITIES, []), message.get(INTENT_RANKING_KEY) or ())
            if decided is not intent:
                message.set(INTENT, decided, add_to_output=True)
                _choose_first_line(message)
                ranking = [decided, *(message.get(INTENT_RANKING_KEY) or [])]
                message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages


def own_first_line(present: Collection[str]) -> str | None:
    """Returns the answer variant of the first line that self-harm and overdose have of their own, or None."""
    return next((variant for finding, variant in OWN_FIRST_LINES.items() if finding in present), None)


def _choose_first_line(message: Message) -> None:
    """Sets the answer variant, so that self-harm and overdose get their own first words."""
    entities = message.get(ENTITIES, [])
    present = _present(entities)
    variant = own_first_line(present)
    others = [entity for entity in entities if entity["entity"] != Entity.ANSWER_VARIANT]
    chosen = [variant_entity(variant, "RedFlagScreen")] if variant else []
    message.set(ENTITIES, [*others, *chosen], add_to_output=True)


def _present(entities: list[dict[str, Any]]) -> set[str]:
    return {e["value"] for e in entities if e["entity"] == Entity.FINDING and e.get("assertion") == "present"}


def screened_intent(
    intent: dict[str, Any], entities: list[dict[str, Any]], ranking: Sequence[dict[str, Any]] = ()
) -> dict[str, Any]:
    """Returns the intent to act on.

    Args:
        intent: ``name`` and ``confidence`` from the classifier.
        entities: the message's entities; ``finding`` ones carry `value` and `assertion`.
        ranking: the likeliest intents with their confidences.

    Returns:
        `intent` itself, or one that goes before it: an escalation, or, where a symptom is reported in words that
        the classifier did not recognise, the likeliest question about it, else ``report_symptoms``.
    """
    present = _present(entities)
    tier = assess(present).tier
    if tier in ESCALATION_INTENTS:
        return {"name": ESCALATION_INTENTS[tier], "confidence": 1.0, "also_asked": intent.get("name")}
    if _hides_a_report(intent, present, tier):
        question = likeliest_question(ranking) if "spasm_present" in present else None
        if question:
            return question
        return {"name": Intent.REPORT_SYMPTOMS, "confidence": 1.0, "also_asked": intent.get("name")}
    return intent


def likeliest_question(ranking: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """Returns the topic that a message most likely asks about, given that it is about a spasm of ours, or None.

    Args:
        ranking: the likeliest intents with their confidences; that of messages which are not ours is shared out.
    """
    foreign = sum(float(entry["confidence"]) for entry in ranking if entry["name"] == Intent.OUT_OF_SCOPE)
    ours = [entry for entry in ranking if entry["name"] != Intent.OUT_OF_SCOPE]
    if not ours or not str(ours[0]["name"]).startswith(TOPIC_PREFIX):
        return None
    confidence = float(ours[0]["confidence"]) / max(1.0 - foreign, 1e-6)
    return {"name": ours[0]["name"], "confidence": confidence} if confidence >= _UNSURE_BELOW else None


def _hides_a_report(intent: dict[str, Any], present: set[str], tier: str | None) -> bool:
    if not any(vocabulary()[finding].kind == "symptom" for finding in present):
        return False
    confidence = float(intent.get("confidence") or 0.0)
    if intent.get("name") == Intent.OUT_OF_SCOPE:
        return rank(tier) >= rank("see_doctor_soon") or ("spasm_present" in present and confidence < _FOREIGN_BELOW)
    return intent.get("name") in _SMALL_TALK or confidence < _UNSURE_BELOW

"""The red-flag screen: what a message reports goes before what it asks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message

from nlu.base.component import UntrainedComponent, set_intent, variant_entity
from triage.contract import ESCALATION_INTENTS, OWN_FIRST_LINES, TOPIC_PREFIX, Entity, Intent
from triage.engine import assess
from triage.findings import vocabulary
from triage.rules import rank

_CONFIDENCE_THRESHOLD = 0.5
_OUT_OF_SCOPE_THRESHOLD = 0.4
_SMALL_TALK = {Intent.GREET, Intent.GOODBYE, Intent.THANK, Intent.UNSURE}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class RedFlagScreen(UntrainedComponent):
    """Overrides the intent where the findings of a message call for help today or now; nothing overrides that."""

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets ``report_emergency`` or ``report_urgent``, for good; keeps what was asked as ``also_asked``."""
        for message in messages:
            intent = message.get(INTENT) or {"name": None, "confidence": 0.0}
            screened = screened_intent(intent, message.get(ENTITIES, []), message.get(INTENT_RANKING_KEY) or ())
            if screened is not intent:
                is_red_flag = screened["name"] in ESCALATION_INTENTS.values()
                set_intent(message, by=type(self).__name__, is_final=is_red_flag, **screened)
                _choose_first_line(message)
        return messages


def own_first_line(present: Collection[str]) -> str | None:
    """Returns the answer variant of the first line that self-harm and overdose have of their own, or None."""
    return next((variant for finding, variant in OWN_FIRST_LINES.items() if finding in present), None)


def _choose_first_line(message: Message) -> None:
    """Sets the answer variant, so that self-harm and overdose get their own first words."""
    entities = message.get(ENTITIES, [])
    variant = own_first_line(_present(entities))
    others = [entity for entity in entities if entity["entity"] != Entity.ANSWER_VARIANT]
    chosen = [variant_entity(variant, RedFlagScreen.__name__)] if variant else []
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
        ranking: the likeliest intents with their confidences; that of ``out_of_scope`` is divided among the others.
    """
    out_of_scope = sum(float(entry["confidence"]) for entry in ranking if entry["name"] == Intent.OUT_OF_SCOPE)
    best = next((entry for entry in ranking if entry["name"] != Intent.OUT_OF_SCOPE), None)
    if best is None or not str(best["name"]).startswith(TOPIC_PREFIX):
        return None
    confidence = float(best["confidence"]) / max(1.0 - out_of_scope, 1e-6)
    return {"name": best["name"], "confidence": confidence} if confidence >= _CONFIDENCE_THRESHOLD else None


def _hides_a_report(intent: dict[str, Any], present: set[str], tier: str | None) -> bool:
    if not any(vocabulary()[finding].kind == "symptom" for finding in present):
        return False
    confidence = float(intent.get("confidence") or 0.0)
    if intent.get("name") == Intent.OUT_OF_SCOPE:
        return rank(tier) >= rank("see_doctor_soon") or (
            "spasm_present" in present and confidence < _OUT_OF_SCOPE_THRESHOLD
        )
    return intent.get("name") in _SMALL_TALK or confidence < _CONFIDENCE_THRESHOLD

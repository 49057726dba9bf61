"""Chooses the answer that fits the factors which a message names.

The slot ``answer_variant`` chooses one of the answers to a topic in ``domain.yml``; it is set anew by every message,
so that a factor named in one question does not change the answer to the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message

from nlu.base.component import UntrainedComponent, set_intent, tokens_of, variant_entity
from nlu.intents.classifier import ASKED, MOST_TOPICS
from nlu.intents.factors import (
    FACTOR_OF_FINDING,
    GOES_FIRST,
    UNMISTAKABLE,
    FactorMatcher,
    NamedFactor,
    factor_table,
)
from triage.contract import GENERAL, TOPIC_PREFIX, Entity, Intent

_OPEN_CAUSES = ("ask_causes", "ask_cause_other", Intent.REPORT_SYMPTOMS)
_CONFIDENCE_THRESHOLD = 0.5
_OUT_OF_SCOPE_THRESHOLD = 0.5
_CANDIDATES = 5
"""Intents of the ranking that a named factor may choose between."""


def choose_answer(intent: str, named: Sequence[NamedFactor]) -> tuple[str, str]:
    """Chooses topic and variant for a message.

    "What causes it", or a mere report, with a factor named becomes the more specific topic that knows the factor;
    unmistakable words of ours decide the topic by themselves.

    Args:
        intent: what the classifier says.
        named: the factors in the message.

    Returns:
        The intent, changed or not, and the answer variant or ``general``.
    """
    fitting = [n for n in named if intent in n.factor.topics]
    if fitting:
        return intent, max(fitting, key=lambda n: (n.factor.id in GOES_FIRST, n.words)).factor.id
    if intent.startswith((TOPIC_PREFIX, Intent.REPORT_SYMPTOMS)):
        unmistakable = [n for n in named if n.factor.id in UNMISTAKABLE]
        if unmistakable:
            return unmistakable[0].factor.topics[0], unmistakable[0].factor.id
    if intent in _OPEN_CAUSES:
        specific = "ask_cause_" if intent == Intent.REPORT_SYMPTOMS else "ask_cause"
        for candidate in sorted(named, key=lambda n: -n.words):
            causes = [topic for topic in candidate.factor.topics if topic.startswith(specific)]
            if causes:
                return causes[0], candidate.factor.id
    return intent, GENERAL


def resolve_low_confidence(
    name: str | None, confidence: float, ranking: Sequence[dict[str, Any]], named: Sequence[NamedFactor]
) -> tuple[str | None, float]:
    """Lets a named factor decide where the classifier was unsure.

    Args:
        name: the best intent; None where there is none.
        confidence: its confidence, 0..1.
        ranking: the best intents with their confidences.
        named: the factors in the message.

    Returns:
        Intent and confidence: the first of the best intents that has an answer of its own for a named factor, with
        just enough confidence to be acted on; else the topic to which a cause naturally belongs; else, and where the
        classifier is sure or the message is out of scope, what was given.
    """
    if name == Intent.OUT_OF_SCOPE:
        named = [n for n in named if n.factor.id in UNMISTAKABLE and confidence < _OUT_OF_SCOPE_THRESHOLD]
    elif confidence >= _CONFIDENCE_THRESHOLD:
        return name, confidence
    enough = max(_CONFIDENCE_THRESHOLD, confidence)
    topics = {topic for n in named for topic in n.factor.topics if topic.startswith(TOPIC_PREFIX)}
    for candidate in ranking[:_CANDIDATES]:
        if candidate["name"] in topics:
            return candidate["name"], enough
    causes = [n.factor.topics[0] for n in named if n.factor.topics[0].startswith("ask_cause")]
    return (causes[0], enough) if causes else (name, confidence)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class AnswerSelector(UntrainedComponent):
    """Adds entities ``factor`` and the ``answer_variant`` that fits topic and factor."""

    def __init__(self) -> None:
        """Makes the matcher, so that the first message does not wait for it."""
        self._matcher = FactorMatcher()

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the entities; a pressed button has brought its variant along."""
        for message in messages:
            entities = message.get(ENTITIES, [])
            if any(entity["entity"] == Entity.ANSWER_VARIANT for entity in entities):
                continue
            named = [*self._matcher.find(tokens_of(message)), *_told_by_findings(entities)]
            variant = _choose_topic(message, named)
            found = [*map(_factor_entity, named), *_answers_to_all(message, named)]
            found.append(variant_entity(variant, AnswerSelector.__name__))
            message.set(ENTITIES, [*entities, *found], add_to_output=True)
        return messages


def _told_by_findings(entities: Sequence[dict[str, Any]]) -> list[NamedFactor]:
    """Returns the factors that the findings of a message stand for."""
    return [
        NamedFactor(factor_table()[FACTOR_OF_FINDING[entity["value"]]], entity["start"], entity["end"], words=1)
        for entity in entities
        if entity["entity"] == Entity.FINDING
        and entity.get("assertion") == "present"
        and entity["value"] in FACTOR_OF_FINDING
    ]


def _choose_topic(message: Message, named: Sequence[NamedFactor]) -> str:
    """Sets the intent where the named factors change it; returns the answer variant."""
    intent = dict(message.get(INTENT) or {})
    before = intent.pop("name", None), float(intent.pop("confidence", None) or 0.0)
    name, confidence = resolve_low_confidence(*before, message.get(INTENT_RANKING_KEY) or [], named)
    topic, variant = choose_answer(name or "", named)
    if (topic, confidence) != (before[0] or "", before[1]):
        details = intent if name == before[0] else {}
        set_intent(message, topic, confidence, by=AnswerSelector.__name__, **details)
    return variant


def _factor_entity(named: NamedFactor) -> dict[str, Any]:
    entity: dict[str, Any] = {
        "entity": Entity.FACTOR,
        "value": named.factor.id,
        "start": named.start,
        "end": named.end,
        "extractor": AnswerSelector.__name__,
    }
    if named.medicine:
        entity["medicine"] = named.medicine
    if named.factor.is_background:
        entity["background"] = named.medicine or named.factor.name
    return entity


def _answers_to_all(message: Message, named: Sequence[NamedFactor]) -> list[dict[str, Any]]:
    """Returns an entity for each topic of a message that asks about several, with the factor named in its part."""
    answers: dict[str, dict[str, Any]] = {}
    of_person = [n for n in named if n.factor.id in GOES_FIRST]
    for asked, part in message.get(ASKED) or ():
        within = [n for n in named if part.start <= n.start and n.end <= part.end]
        topic, variant = choose_answer(asked, within)
        if variant == GENERAL:
            variant = next((n.factor.id for n in of_person if topic in n.factor.topics), GENERAL)
        answers.setdefault(
            topic,
            {
                "entity": Entity.ALSO_ASKED,
                "value": topic,
                "variant": variant,
                "start": part.start,
                "end": part.end,
                "extractor": AnswerSelector.__name__,
            },
        )
    entities = list(answers.values())
    for entity in entities[MOST_TOPICS:]:
        entity["entity"] = Entity.LEFT_OUT
    return entities if len(entities) > 1 else []

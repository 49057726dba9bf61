"""Reads messages that only make sense after an answer: "and for runners?", "why?", "how long?", "is that bad?"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.base.component import PRESSED, UntrainedComponent, add_entities
from nlu.intents.factors import OF_A_PERSON, factor_table
from nlu.text.lexicon import LEXICON_FOLDER, read_lexicon, written_out
from nlu.text.plain import plain_text
from triage.contract import GENERAL, Entity, Intent

WHY, HOW_LONG, IS_IT_BAD, ANOTHER = "why", "how_long", "is_it_bad", "another"
_LONGEST = 9
"""Words; a longer message says what it is about."""

_DESCRIBED = frozenset({"ask_definition", "ask_symptoms", "ask_duration", "ask_relief_now", Intent.REPORT_SYMPTOMS})
"""Topics after which "why?" asks for the causes."""

_DONE_OVER_TIME = frozenset({"ask_stretching_exercise", "ask_massage_heat_cold", "ask_prevention", "ask_relief_now"})
"""Topics whose own answer says how long and how often."""


@dataclass(frozen=True)
class Answer:
    """An answer of the assistant: topic and variant.

    Attributes:
        intent: the topic.
        variant: the factor that it is about (``nlu/lexicon/factors.yml``), or ``general``.
    """

    intent: str
    variant: str = GENERAL


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    lexicon = read_lexicon(LEXICON_FOLDER / "follow_ups.yml")
    return {
        kind: re.compile(written_out(f"{lexicon['before']}(?:{'|'.join(lexicon[kind])})", lexicon["words"]))
        for kind in (WHY, HOW_LONG, IS_IT_BAD, ANOTHER)
    }


def follow_up_kind(text: str, names_factor: bool) -> str | None:
    """Returns what a message asks of the last answer, or None where it stands on its own.

    Args:
        text: the message.
        names_factor: whether it names a factor that answers know, such as running or magnesium.
    """
    plain = plain_text(text)
    words = len(plain.split())
    if not 0 < words <= _LONGEST:
        return None
    for kind, pattern in _patterns().items():
        if pattern.fullmatch(plain) and (kind != ANOTHER or names_factor):
            return kind
    return ANOTHER if names_factor and words <= 2 else None


def resolve(kind: str, factors: Sequence[str], last: Answer) -> Answer | None:
    """Returns the answer that a follow-up asks for, or None where the message's own words say it better.

    Args:
        kind: one of ``why``, ``how_long``, ``is_it_bad``, ``another``.
        factors: ids of the factors that the message names.
        last: what was answered before.
    """
    if kind == WHY:
        return _with_variant("ask_causes", last.variant) if last.intent in _DESCRIBED else None
    if kind == HOW_LONG:
        return last if last.intent in _DONE_OVER_TIME else Answer("ask_duration")
    if kind == IS_IT_BAD:
        return _with_variant("ask_duration", "danger")
    known = [factor_table()[factor] for factor in factors]
    for factor in known:
        if last.intent in factor.topics:
            return Answer(last.intent, factor.id)
    for factor in known if last.intent.startswith("ask_cause") else ():
        topic = next((topic for topic in factor.topics if topic.startswith("ask_cause")), None)
        if topic:
            return Answer(topic, factor.id)
    person = next((factor for factor in known if factor.id in OF_A_PERSON), None)
    return Answer(person.topics[0], person.id) if person else None


def _with_variant(intent: str, variant: str) -> Answer:
    factor = factor_table().get(variant)
    return Answer(intent, variant if factor and intent in factor.topics else GENERAL)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class FollowUpExtractor(UntrainedComponent):
    """Adds the entity ``follow_up``; what becomes of it is decided where the conversation is known."""

    def __init__(self) -> None:
        """Reads the patterns, so that the first message does not wait for them."""
        _patterns()

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the entity to messages that hang on the last answer."""
        for message in messages:
            if message.get(PRESSED):
                continue
            names_factor = any(entity["entity"] == Entity.FACTOR for entity in message.get(ENTITIES, []))
            kind = follow_up_kind(message.get(TEXT) or "", names_factor)
            if kind:
                extractor = type(self).__name__
                entity = {"entity": Entity.FOLLOW_UP, "value": kind, "start": 0, "end": 0, "extractor": extractor}
                add_entities(message, [entity])
        return messages

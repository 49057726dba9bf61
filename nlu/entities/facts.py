"""Facts that people tell beside their signs: side, how long, how often, when, and how old they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.base.component import UntrainedComponent, add_entities, tokens_of
from nlu.text.lexicon import LEXICON_FOLDER, read_lexicon, written_out
from nlu.text.limits import LONGEST_TEXT
from nlu.text.numbers import find_numbers
from nlu.text.tokens import Token

_PATTERNS = ("side", "duration", "frequency", "occasion")
_WRITTEN_OUT = {"l": "left", "r": "right"}


class Fact(NamedTuple):
    """A fact that a message tells.

    Attributes:
        kind: see ``triage.case``.
        value: in the person's own words.
        start: offset of the first character of these words in the message.
        end: offset after the last.
    """

    kind: str
    value: str
    start: int
    end: int


@lru_cache(maxsize=1)
def _patterns() -> dict[str, list[re.Pattern[str]]]:
    lexicon = read_lexicon(LEXICON_FOLDER / "facts.yml")
    words = lexicon["words"]
    return {kind: [re.compile(written_out(pattern, words)) for pattern in lexicon[kind]] for kind in _PATTERNS}


def find_facts(text: str, tokens: Sequence[Token]) -> list[Fact]:
    """Returns the facts that a message tells, of each kind the first.

    Args:
        text: the message.
        tokens: its tokens.
    """
    text = text[:LONGEST_TEXT]
    # a few letters become two in lower case, and the offsets would no longer fit
    lowered = text.lower() if len(text.lower()) == len(text) else text
    found = []
    for kind, patterns in _patterns().items():
        matches = [match for match in (pattern.search(lowered) for pattern in patterns) if match]
        if matches:
            start, end = min(matches, key=lambda match: match.start("it")).span("it")
            value = " ".join(lowered[start:end].split())
            found.append(Fact(kind, _WRITTEN_OUT.get(value, value), start, end))
    numbers = find_numbers([token.norm for token in tokens])
    age = next((number for number in numbers if number.is_age), None)
    if age:
        found.append(Fact("age", f"{age.value:g}", tokens[age.start].start, tokens[age.end - 1].end))
    return found


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class FactExtractor(UntrainedComponent):
    """Adds an entity for each fact."""

    def __init__(self) -> None:
        """Compiles the patterns, so that the first message does not wait for it."""
        _patterns()

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the entities."""
        for message in messages:
            facts = find_facts(message.get(TEXT) or "", tokens_of(message))
            if facts:
                entities = [
                    {"entity": f.kind, "value": f.value, "start": f.start, "end": f.end, "extractor": "FactExtractor"}
                    for f in facts
                ]
                add_entities(message, entities)
        return messages

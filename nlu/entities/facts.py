"""Facts that people tell beside their signs: side, how long, how often, when, and how old they are."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.base.component import UntrainedComponent, add_entities
from nlu.findings.quantities import stated_ages
from nlu.text.lexicon import LEXICON_FOLDER, read_lexicon, written_out
from nlu.text.tokens import split_words

_LONGEST_TEXT = 2_000
_PATTERNS = ("side", "duration", "frequency", "occasion")
_WRITTEN_OUT = {"l": "left", "r": "right"}


@lru_cache(maxsize=1)
def _patterns() -> dict[str, list[re.Pattern[str]]]:
    lexicon = read_lexicon(LEXICON_FOLDER / "facts.yml")
    words = lexicon["words"]
    return {kind: [re.compile(written_out(pattern, words)) for pattern in lexicon[kind]] for kind in _PATTERNS}


def facts(text: str) -> list[tuple[str, str, int, int]]:
    """Returns the facts that a message tells.

    Args:
        text: the message.

    Returns:
        Kind (see ``triage.facts``), value in the person's own words, and where these begin and end; of each kind the
        first.
    """
    text = text[:_LONGEST_TEXT]
    lowered = text.lower() if len(text.lower()) == len(text) else text
    found = []
    for kind, patterns in _patterns().items():
        matches = [match for match in (pattern.search(lowered) for pattern in patterns) if match]
        if matches:
            start, end = min(matches, key=lambda match: match.start("it")).span("it")
            value = " ".join(lowered[start:end].split())
            found.append((kind, _WRITTEN_OUT.get(value, value), start, end))
    words = split_words(text)
    for first, last, age in stated_ages(words)[:1]:
        found.append(("age", f"{age:g}", words[first].start, words[last - 1].end))
    return found


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class FactReader(UntrainedComponent):
    """Adds an entity for each fact."""

    def __init__(self) -> None:
        """Compiles the patterns, so that the first message does not wait for it."""
        _patterns()

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the entities."""
        for message in messages:
            found: list[dict[str, Any]] = [
                {"entity": kind, "value": value, "start": start, "end": end, "extractor": "FactReader"}
                for kind, value, start, end in facts(message.get(TEXT) or "")
            ]
            if found:
                add_entities(message, found)
        return messages

"""Where a person says they are, so that the right emergency number can be given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from nlu.base.component import UntrainedComponent, add_entities, set_intent, tokens_of
from nlu.text.lexicon import LEXICON_FOLDER, read_lexicon, word_group
from nlu.text.phrases import PhraseIndex
from nlu.text.tokens import Token
from triage.contract import Entity, Intent
from triage.countries import country_hint


class NamedCountry(NamedTuple):
    """A country that a message places the person in.

    Attributes:
        code: of ``help_lines.yml``.
        start: offset of the first character of its name in the message.
        end: offset after the last.
        is_all: whether the message says nothing beyond it ("I'm in Leeds").
    """

    code: str
    start: int
    end: int
    is_all: bool


class CountryMatcher:
    """Finds the country a message places the person in."""

    def __init__(self) -> None:
        """Indexes the names of countries and towns."""
        names = read_lexicon(LEXICON_FOLDER / "places.yml")["names"]
        self._names = PhraseIndex((country, name.split()) for country in names for name in names[country])
        self._placing_words = word_group("places.yml", "placing_words")

    def find(self, tokens: Sequence[Token]) -> NamedCountry | None:
        """Returns the first country named, None where none is.

        Args:
            tokens: of the message, as written.
        """
        matches = list(self._names.find([token.norm for token in tokens]))
        if not matches:
            return None
        code, start, end = min(matches, key=lambda match: (match[1], -match[2]))
        covered = {position for _, first, last in matches for position in range(first, last)}
        rest = [token.norm for position, token in enumerate(tokens) if position not in covered]
        is_all = all(norm in self._placing_words for norm in rest if norm.isalnum())
        return NamedCountry(code, tokens[start].start, tokens[end - 1].end, is_all)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class CountryExtractor(UntrainedComponent):
    """Adds an entity ``country``; a message that only names a country becomes ``tell_country``.

    What the channel knows (the phone's prefix, the widget's locale) becomes an entity ``country_hint``; never an
    internet address.
    """

    def __init__(self) -> None:
        """Makes the matcher, so that the first message does not wait for it."""
        self._matcher = CountryMatcher()

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the country that each message names, if any."""
        for message in messages:
            metadata = message.get("metadata")
            hint = country_hint(metadata) if isinstance(metadata, Mapping) else None
            if hint:
                _add(message, Entity.COUNTRY_HINT, hint, 0, 0)
            named = self._matcher.find(tokens_of(message))
            if named:
                _add(message, Entity.COUNTRY, named.code, named.start, named.end)
                if named.is_all:
                    set_intent(message, Intent.TELL_COUNTRY, 1.0, by=type(self).__name__)
        return messages


def _add(message: Message, kind: str, code: str, start: int, end: int) -> None:
    entity = {"entity": kind, "value": code, "start": start, "end": end, "extractor": CountryExtractor.__name__}
    add_entities(message, [entity])

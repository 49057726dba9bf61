"""Where a person says they are, so that the right emergency number can be given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import phonenumbers
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.base.component import UntrainedComponent, add_entities
from nlu.text.lexicon import LEXICON_FOLDER, read_lexicon, word_group
from nlu.text.phrases import PhraseIndex
from nlu.text.tokens import split_words
from triage.contract import Entity, Intent
from triage.help_lines import countries, is_in_european_union, whose_numbers

_REGION_IN_LOCALE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z]{4})?[-_]([A-Za-z]{2})\b")
_NOWHERE = "001"  # numbers of no country: satellites, freephone


def country_hint(metadata: Mapping[str, Any]) -> str | None:
    """Returns the country that a channel knows of a person: by the phone's prefix, else by the widget's locale.

    Args:
        metadata: ``country`` ("GB"), ``phone`` (a number with its international prefix) or ``locale`` ("en-GB"), from
            the channel.

    Returns:
        A code of ``help_lines.yml``, or None where neither tells a country whose numbers are known.
    """
    known = str(metadata.get("country") or "") or country_of_phone(str(metadata.get("phone") or ""))
    region = known or _region_of_locale(str(metadata.get("locale") or ""))
    region = whose_numbers(region)
    if is_in_european_union(region) and region not in countries():
        return "EU"
    return region if region in countries() else None


def country_of_phone(number: str) -> str | None:
    """Returns the country of a number with its international prefix; None where the prefix leaves it open."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None
    region = phonenumbers.region_code_for_number(parsed)
    if region is None:  # no number that is known to be given out; the prefix may still belong to one country alone
        regions = phonenumbers.region_codes_for_country_code(parsed.country_code or 0)
        sharing = {whose_numbers(code) for code in regions} - {_NOWHERE}
        region = sharing.pop() if len(sharing) == 1 else None
    return region if region != _NOWHERE else None


def _region_of_locale(locale: str) -> str | None:
    found = _REGION_IN_LOCALE.match(locale)
    return found.group(1).upper() if found else None


class PlaceReader:
    """Finds the country a message places the person in."""

    def __init__(self) -> None:
        """Indexes the place names."""
        names = read_lexicon(LEXICON_FOLDER / "places.yml")["names"]
        self._places = PhraseIndex((country, name.split()) for country in names for name in names[country])

    def read(self, text: str) -> tuple[str, int, int, bool] | None:
        """Returns the first country named.

        Returns:
            Country code, start and end offset, and whether the message says nothing beyond the
            place ("I'm in Leeds"); or None.
        """
        words = split_words(text)
        if not words:
            return None
        found = self._places.find([word.form for word in words])
        matches = sorted(found, key=lambda match: (match[1], -match[2]))
        if not matches:
            return None
        country, start, end = matches[0]
        covered = {position for _, first, last in matches for position in range(first, last)}
        rest = [w.form for n, w in enumerate(words) if n not in covered and w.form.isalnum()]
        only_place = all(word in word_group("places.yml", "placing_words") for word in rest)
        return country, words[start].start, words[end - 1].end, only_place


@lru_cache(maxsize=1)
def shared_place_reader() -> PlaceReader:
    """Returns the reader of this process, made at the first call."""
    return PlaceReader()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class PlaceExtractor(UntrainedComponent):
    """Adds an entity ``country``; a message that only names a place becomes ``tell_country``.

    What the channel knows (the phone's prefix, the widget's locale) becomes an entity ``country_hint``; never an
    internet address.
    """

    def __init__(self) -> None:
        """Makes the shared reader, so that the first message does not wait for it."""
        self._reader = shared_place_reader()

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the country that each message names, if any."""
        for message in messages:
            metadata = message.get("metadata")
            hint = country_hint(metadata) if isinstance(metadata, Mapping) else None
            if hint:
                entity = {
                    "entity": Entity.COUNTRY_HINT,
                    "value": hint,
                    "start": 0,
                    "end": 0,
                    "extractor": "PlaceExtractor",
                }
                add_entities(message, [entity])
            found = self._reader.read((message.get(TEXT) or "")[:2_000])
            if found is None:
                continue
            country, start, end, only_place = found
            entity = {
                "entity": Entity.COUNTRY,
                "value": country,
                "start": start,
                "end": end,
                "extractor": "PlaceExtractor",
            }
            add_entities(message, [entity])
            if only_place:
                message.set(INTENT, {"name": Intent.TELL_COUNTRY, "confidence": 1.0}, add_to_output=True)
        return messages

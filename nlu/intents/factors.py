"""The factors that answers know (medicines, nutrients, illnesses, tests, circumstances), and which a message names.

Each factor of ``lexicon/factors.yml`` names the topics that have an answer of their own for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from nlu.text.lexicon import LEXICON_FOLDER, read_lexicon
from nlu.text.numbers import find_numbers
from nlu.text.phrases import PhraseIndex
from nlu.text.spelling import SpellingIndex
from nlu.text.tokens import Token, correct, lexicon_norms
from triage.contract import Intent
from triage.loading import TriageDataError
from triage.topics import TOPICS

GOES_FIRST = ("pregnancy", "child", "surgery")
"""Who somebody is changes an answer more than when or where it happens."""

OF_A_PERSON = (*GOES_FIRST, "age")

FACTOR_OF_FINDING = {
    "child_patient": "child",
    "pregnant_or_postnatal": "pregnancy",
    "recent_knee_surgery": "surgery",
    "age_55_plus": "age",
}

UNMISTAKABLE = frozenset(
    {
        "clot",
        "ms",
        "als",
        "bfs",
        "restless_legs",
        "sciatica",
        "diuretics",
        "statins",
        "quinine",
        "imaging",
        "emg",
        "steroids",
    }
)
"""Factors whose words hardly occur outside of our subject: they outweigh a doubtful "out of scope"."""

_OLDER = 60
"""Years from which an age is a factor."""


@dataclass(frozen=True)
class Factor:
    """Something that an answer can be about in particular.

    Attributes:
        id: its name in ``factors.yml`` and, as an answer variant, in the conditions of ``domain.yml``.
        name: plain words for it.
        topics: the intents that have an answer of their own for it, most natural first.
        words: how people name it, in the written-out form of ``spelling.yml``.
        medicine: what it is, where it is a kind of medicine ("a water tablet"), else an empty string.
        medicine_names: names of such medicines, to be said back.
        is_background: whether it says something of the person, to be listed in a summary.
    """

    id: str
    name: str
    topics: tuple[str, ...]
    words: tuple[str, ...]
    medicine: str = ""
    medicine_names: frozenset[str] = frozenset()
    is_background: bool = False


@lru_cache(maxsize=1)
def factor_table() -> dict[str, Factor]:
    """Returns all factors by id.

    Raises:
        TriageDataError: ``factors.yml`` breaks its schema, or names an unknown topic or factor.
    """
    data = read_lexicon(LEXICON_FOLDER / "factors.yml")
    unknown = next((id_ for id_ in data["background"] if id_ not in data["factors"]), None)
    if unknown:
        raise TriageDataError(f"factors.yml, background: {unknown!r} is no factor of this file; correct the id.")
    answered = {*TOPICS, Intent.REPORT_SYMPTOMS}
    for id_, entry in data["factors"].items():
        topic = next((topic for topic in entry["topics"] if topic not in answered), None)
        if topic:
            raise TriageDataError(f"factors.yml, {id_}, topics: {topic!r} is no topic of triage/topics.py; correct it.")
    return {
        id_: Factor(
            id_,
            entry["name"],
            tuple(entry["topics"]),
            tuple(entry["words"]),
            entry.get("medicine", ""),
            frozenset(entry.get("medicine_names", ())),
            id_ in data["background"],
        )
        for id_, entry in data["factors"].items()
    }


@dataclass(frozen=True)
class NamedFactor:
    """A factor that a message names.

    Attributes:
        factor: the factor.
        start: offset of the first character of its words in the message.
        end: offset after the last.
        words: how many they are.
        medicine: name and kind where it is a medicine called by its name ("furosemide, a water tablet"), or "".
    """

    factor: Factor
    start: int
    end: int
    words: int
    medicine: str = ""


class FactorMatcher:
    """Finds the factors that a message names."""

    def __init__(self) -> None:
        """Indexes the factors' words."""
        phrases = [(factor.id, lexicon_norms(text)) for factor in factor_table().values() for text in factor.words]
        self._phrases = PhraseIndex(phrases)
        self._spelling = SpellingIndex(norm for _, norms in phrases for norm in norms)

    def find(self, tokens: Sequence[Token]) -> list[NamedFactor]:
        """Returns the factors named, in their order; a longer phrase hides shorter ones within it.

        Args:
            tokens: of the message, as written.
        """
        tokens = correct(tokens, self._spelling)
        norms = [token.norm for token in tokens]
        found = [(start, end, factor_table()[factor]) for factor, start, end in self._phrases.find(norms)]
        ages = [number for number in find_numbers(norms) if number.is_age and number.value >= _OLDER]
        found += [(age.start, age.end, factor_table()["age"]) for age in ages]
        spans = [(start, end) for start, end, _ in found]
        named = [
            NamedFactor(
                factor, tokens[start].start, tokens[end - 1].end, end - start, _named_medicine(factor, norms[start])
            )
            for start, end, factor in found
            if not _is_within_longer(start, end, spans)
        ]
        return sorted(named, key=lambda factor: (factor.start, -factor.words))


def _is_within_longer(start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(first <= start and end <= last and last - first > end - start for first, last in spans)


def _named_medicine(factor: Factor, word: str) -> str:
    return f"{word}, {factor.medicine}" if word in factor.medicine_names else ""

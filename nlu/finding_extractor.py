"""Finds what a message reports: findings, each with its assertion."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.assertion import AssertionReader
from nlu.component import UntrainedComponent
from nlu.finding_matcher import FindingMatcher, Mention
from nlu.quantities import quantity_mentions
from triage.findings import implied_findings

READ_AT_EACH_END = 2_000
"""Characters read from the start and from the end of an over-long message."""


@dataclass(frozen=True)
class ReportedFinding:
    """A finding in a message.

    Attributes:
        id: the finding.
        assertion: one of ``triage.findings.ASSERTIONS``.
        start: offset of its first character.
        end: offset after its last character.
    """

    id: str
    assertion: str
    start: int
    end: int


class FindingReader:
    """The language part of the red-flag screen, usable without Rasa."""

    def __init__(self) -> None:
        """Loads the lexicons; takes seconds, so keep one (`shared_reader`)."""
        self._matcher = FindingMatcher()
        self._assertions = AssertionReader()

    def read(self, text: str) -> list[ReportedFinding]:
        """Returns the findings of a message in order of place, one per finding and assertion."""
        words = self._matcher.words(text)
        mentions = self._matcher.mentions(words)
        mentions = _longest(mentions + quantity_mentions(words, {mention.finding for mention in mentions}))
        reported: dict[tuple[str, str], ReportedFinding] = {}
        for mention, assertion in zip(mentions, self._assertions.assertions(words, mentions), strict=True):
            start, end = words[mention.start].start, words[mention.end - 1].end
            ids = (mention.finding, *(implied_findings(mention.finding) if assertion == "present" else ()))
            for finding in ids:
                reported.setdefault((finding, assertion), ReportedFinding(finding, assertion, start, end))
        return sorted(reported.values(), key=lambda finding: (finding.start, finding.end, finding.id))


def _longest(mentions: list[Mention]) -> list[Mention]:
    """Keeps, of mentions of one finding that overlap, the one made of most words."""
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (-len(m.own_words), m.start)):
        if not any(
            mention.finding == other.finding and mention.start < other.end and other.start < mention.end
            for other in kept
        ):
            kept.append(mention)
    return kept


@lru_cache(maxsize=1)
def shared_reader() -> FindingReader:
    """Returns the reader of this process, loaded at the first call."""
    return FindingReader()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class FindingExtractor(UntrainedComponent):
    """Adds entities ``finding`` with `value` (the id), `start`, `end` and `assertion`."""

    def __init__(self) -> None:
        """Loads the shared reader, so that the first message does not wait for it."""
        self._reader = shared_reader()

    @classmethod
    def required_packages(cls) -> list[str]:
        """Names the packages that must be importable."""
        return ["spacy", "medspacy", "symspellpy"]

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the findings of each message to its entities."""
        for message in messages:
            found = [
                {
                    "entity": "finding",
                    "value": finding.id,
                    "start": finding.start,
                    "end": finding.end,
                    "assertion": finding.assertion,
                    "extractor": self.__class__.__name__,
                }
                for finding in _read_both_ends(self._reader, message.get(TEXT) or "")
            ]
            message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
        return messages


def _read_both_ends(reader: FindingReader, text: str) -> list[ReportedFinding]:
    if len(text) <= 2 * READ_AT_EACH_END:
        return reader.read(text)
    offset = len(text) - READ_AT_EACH_END
    tail = reader.read(text[offset:])
    return reader.read(text[:READ_AT_EACH_END]) + [
        ReportedFinding(finding.id, finding.assertion, finding.start + offset, finding.end + offset) for finding in tail
    ]

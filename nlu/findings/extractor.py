"""Finds what a message reports: findings, each with its assertion, and those that its words leave unclear."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.base import faults
from nlu.base.component import PRESSED, UntrainedComponent, add_entities, tokens_of
from nlu.encoder.component import READING
from nlu.encoder.model import LanguageModel, Reading, shared_language_model
from nlu.findings import keyword_fallback
from nlu.findings.assertion import AssertionReader
from nlu.findings.contradictions import contradictions, spoken_against
from nlu.findings.fusion import WORTH_A_THOUGHT, Fusion, Voices, shared_fusion
from nlu.findings.lexicon_matcher import FindingMatcher, Mention, negators
from nlu.findings.quantities import quantity_mentions
from nlu.text.limits import LONGEST_TEXT
from nlu.text.tokens import Token
from triage.contract import Entity
from triage.findings import ASSERTIONS, with_implied

UNCLEAR = "unclear"
"""Stands for an assertion where the voices leave open whether the finding is there."""

_WORTH_A_LOOK = 0.1
"""Chance below which what the model alone sees is left out: of 2,600 messages 4 had such a finding with a fused chance
of 0.03 to 0.05, none a higher one, and a third of the mentions need not be looked at."""
_PART_OF_PLACE = 0.4
_NAMED = 0.5
"""Chance of being mentioned from which the language model alone may say that a finding is denied, past or the like."""
_TO_BE_ASKED = 0.25
"""Chance of what only the model sees and the words speak against: too low to be told, high enough to be asked about."""
_MODEL = "language model"
_QUANTITY = "quantity"


@dataclass(frozen=True)
class ReportedFinding:
    """A finding in a message.

    Attributes:
        id: the finding.
        assertion: one of ``triage.findings.ASSERTIONS``, or `UNCLEAR`.
        start: offset of its first character.
        end: offset after its last character.
        chance: how likely it is that the person reports it as present, 0..1.
    """

    id: str
    assertion: str
    start: int
    end: int
    chance: float = 1.0


@dataclass(frozen=True)
class Heard:
    """One finding in a message, with all that is said of it.

    Attributes:
        id: the finding.
        voices: what the three say.
        asserted: the assertion by majority of what is said, for where it is not present.
        start: offset of its first character.
        end: offset after its last character.
    """

    id: str
    voices: Voices
    asserted: str
    start: int
    end: int


class FindingReader:
    """The language part of the red-flag screen, usable without Rasa."""

    def __init__(self, model: LanguageModel | None = None, fusion: Fusion | None = None) -> None:
        """Loads the lexicons; takes seconds, so keep one (`shared_reader`).

        Args:
            model: the language model; None for the one that ships.
            fusion: the weights; None for those that ship with the model.
        """
        self._matcher = FindingMatcher()
        self._assertions = AssertionReader()
        contradictions()
        self._model = model or shared_language_model()
        self._fusion = fusion or shared_fusion()

    def read(
        self, text: str, reading: Reading | None = None, tokens: Sequence[Token] | None = None
    ) -> list[ReportedFinding]:
        """Returns the findings of a message in order of place, one per finding and assertion.

        Args:
            text: the message.
            reading: what the language model made of it, where that is known already.
            tokens: its tokens, where they have been made already.
        """
        reported: dict[tuple[str, str], ReportedFinding] = {}
        everything = self.hear(text, reading, tokens)
        chances = {heard.id: self._chance(heard, text) for heard in everything}
        present = self._fusion.present(chances)
        for heard in everything:
            chance = chances[heard.id]
            is_named = heard.voices.lexical is not None or heard.voices.mentioned >= _NAMED
            assertions = []
            if heard.id in present:
                assertions.append("present")
            elif is_named and heard.asserted and chance < self._fusion.clarification.usual:
                assertions.append(heard.asserted)
            if heard.id not in present and chance >= WORTH_A_THOUGHT:
                assertions.append(UNCLEAR)
            for assertion in assertions:
                for finding in with_implied(heard.id, assertion):
                    place = ReportedFinding(finding, assertion, heard.start, heard.end, chance)
                    reported.setdefault((finding, assertion), place)
        certain = {finding for finding, assertion in reported if assertion == "present"}
        kept = [f for f in reported.values() if f.assertion == "present" or f.id not in certain]
        return sorted(kept, key=lambda finding: (finding.start, finding.end, finding.id))

    def _chance(self, heard: Heard, text: str) -> float:
        chance = self._fusion.chance(heard.voices)
        if chance > _TO_BE_ASKED and heard.voices.lexical is None and spoken_against(heard.id, text):
            return _TO_BE_ASKED
        return chance

    def read_without_model(self, text: str) -> list[ReportedFinding]:
        """Returns the findings by the lexical net alone, for when another voice fails; as present if ConText does."""
        words = self._matcher.words(text)
        mentions = self._lexical(words)
        try:
            assertions = self._assertions.assertions(words, mentions)
        except Exception as error:
            faults.report("assertion reader", error)
            assertions = ["present"] * len(mentions)
        reported = {}
        for mention, assertion in zip(mentions, assertions, strict=True):
            start, end = words[mention.start].start, words[mention.end - 1].end
            for finding in with_implied(mention.finding, assertion):
                reported[finding, assertion] = ReportedFinding(finding, assertion, start, end)
        return list(reported.values())

    def _lexical(self, words: Sequence[Token]) -> list[Mention]:
        mentions = self._matcher.mentions(words)
        return _longest(mentions + quantity_mentions(words, {mention.finding for mention in mentions}))

    def hear(self, text: str, reading: Reading | None = None, tokens: Sequence[Token] | None = None) -> list[Heard]:
        """Returns, for each finding that any voice names, what all of them say."""
        words = self._matcher.words(text, tokens)
        if not words:
            return []
        reading = reading or self._model.read(text)
        lexical = self._lexical(words)
        mentions = lexical + _model_mentions(reading, words)
        assertions = self._assertions.assertions(words, mentions)
        said: dict[str, list[tuple[Mention, str]]] = {}
        for mention, assertion in zip(mentions, assertions, strict=True):
            said.setdefault(mention.finding, []).append((mention, assertion))
        columns = {finding: number for number, finding in enumerate(reading.findings)}
        chances = reading.finding_chances if len(reading.finding_chances) else np.zeros((1, len(columns)))
        asserted = reading.assertion_chances if len(reading.assertion_chances) else np.full((1, len(ASSERTIONS)), 1 / 6)
        seen = _Seen(
            mentioned=chances.max(axis=0).tolist(),
            present=(chances * asserted[:, :1]).max(axis=0).tolist(),
            whole=reading.message_chances.tolist(),
            asserted=asserted.argmax(axis=1)[chances.argmax(axis=0)].tolist(),
        )
        return [_hear(finding, seen, columns[finding], entries, words) for finding, entries in said.items()]


@dataclass(frozen=True)
class _Seen:
    """What the language model says of each finding: its `Voices`, and the number of the likeliest assertion."""

    mentioned: list[float]
    present: list[float]
    whole: list[float]
    asserted: list[int]


def _hear(finding: str, seen: _Seen, column: int, entries: list[tuple[Mention, str]], words: Sequence[Token]) -> Heard:
    lexical = [(mention, assertion) for mention, assertion in entries if mention.by != _MODEL]
    lexical_says = _first_of(ASSERTIONS, [assertion for _, assertion in lexical])
    context_says = next((assertion for mention, assertion in entries if mention.by == _MODEL), None)
    by_model = ASSERTIONS[seen.asserted[column]] if context_says else None
    not_present = [says for says in (lexical_says, by_model, context_says) if says and says != "present"]
    mention = (lexical or entries)[0][0]
    return Heard(
        finding,
        Voices(
            mentioned=seen.mentioned[column],
            present=seen.present[column],
            whole=seen.whole[column],
            lexical=lexical_says,
            number=any(m.by == _QUANTITY for m, _ in lexical),
            context=context_says,
        ),
        not_present[0] if not_present else "",
        words[mention.start].start,
        words[mention.end - 1].end,
    )


def _first_of(order: Sequence[str], names: Sequence[str]) -> str | None:
    return min(names, key=order.index) if names else None


def _model_mentions(reading: Reading, words: Sequence[Token]) -> list[Mention]:
    """Turns the word pieces on which the model sees a finding into a place in the words."""
    if not len(reading.finding_chances):
        return []
    highest = reading.finding_chances.max(axis=0)
    mentions = []
    for column in np.flatnonzero(np.maximum(highest, reading.message_chances) >= _WORTH_A_LOOK):
        chances = reading.finding_chances[:, column]
        first = last = int(np.argmax(chances))
        while first > 0 and chances[first - 1] >= _PART_OF_PLACE * highest[column]:
            first -= 1
        while last + 1 < len(chances) and chances[last + 1] >= _PART_OF_PLACE * highest[column]:
            last += 1
        start, end = reading.offsets[first][0], reading.offsets[last][1]
        own = [number for number, word in enumerate(words) if word.start < end and start < word.end]
        while len(own) > 1 and words[own[0]].norm in negators():
            own = own[1:]
        if own:
            place = (own[0], own[-1] + 1)
            mentions.append(Mention(reading.findings[int(column)], *place, (place,), frozenset(own), _MODEL))
    return mentions


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
def _reader_or_error() -> FindingReader | Exception:
    try:
        return FindingReader()
    except Exception as error:
        return error


def shared_reader() -> FindingReader:
    """Returns the reader of this process, loaded at the first call.

    Raises:
        Exception: whatever kept it from loading, at once at every further call.
    """
    reader = _reader_or_error()
    if isinstance(reader, Exception):
        raise reader
    return reader


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class FindingExtractor(UntrainedComponent):
    """Adds entities ``finding`` with `value` (the id), `start`, `end` and `assertion`; unclear ones apart."""

    def __init__(self) -> None:
        """Loads the shared reader, so that the first message does not wait for it."""
        shared_reader()

    @classmethod
    def required_packages(cls) -> list[str]:
        """Names the packages that must be importable."""
        return ["spacy", "medspacy", "rapidfuzz"]

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the findings of each message to its entities."""
        for message in messages:
            text = message.get(TEXT) or ""
            if message.get(PRESSED):
                continue
            found = read_by_any_means(text, message.get(READING), partial(tokens_of, message))
            add_entities(message, [_entity(finding) for finding in found])
        return messages


def _entity(finding: ReportedFinding) -> dict[str, object]:
    unclear = finding.assertion == UNCLEAR
    return {
        "entity": Entity.POSSIBLE_FINDING if unclear else "finding",
        "value": finding.id,
        "start": finding.start,
        "end": finding.end,
        **({"chance": round(finding.chance, 3)} if unclear else {"assertion": finding.assertion}),
        "extractor": FindingExtractor.__name__,
    }


def read_by_any_means(
    text: str, reading: Reading | None = None, tokens: Callable[[], Sequence[Token]] | None = None
) -> list[ReportedFinding]:
    """Reads a message by all voices, without the language model where that fails, by plain phrases where all fails.

    Args:
        text: the message, of any length.
        reading: what the language model made of its beginning, where that is known already.
        tokens: gives those of its beginning, where they are kept; called here, so that plain phrases are still looked
            for where it fails.
    """
    try:
        return _read_both_ends(shared_reader(), text, reading, tokens() if tokens else None)
    except Exception as error:
        faults.report("language model or finding reader", error)
    try:
        return shared_reader().read_without_model(text[:LONGEST_TEXT])
    except Exception as error:
        faults.report("finding reader", error)
    return [ReportedFinding(finding, "present", 0, 0) for finding in sorted(keyword_fallback.findings_named(text))]


def _read_both_ends(
    reader: FindingReader, text: str, reading: Reading | None, tokens: Sequence[Token] | None
) -> list[ReportedFinding]:
    if len(text) <= LONGEST_TEXT:
        return reader.read(text, reading, tokens)
    offset = max(LONGEST_TEXT, len(text) - LONGEST_TEXT)
    tail = reader.read(text[offset:])
    return reader.read(text[:LONGEST_TEXT], reading, tokens) + [
        ReportedFinding(finding.id, finding.assertion, finding.start + offset, finding.end + offset) for finding in tail
    ]

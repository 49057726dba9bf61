"""Finds the several questions that one message may hold ("what causes it and how do I make it stop")."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ASKING = (
    r"what|whats|wat|wats|wot|wots|why|y|how|hows|when|which|who|where|is|are|am|can|could|should|shall|do|does|did|will|"
    r"would|might|any|tell me|explain"
)
_JOINT = r"(?:and|n|also|plus|or|but|then|&)"
_BREAK = re.compile(
    rf"(?:\s*[?!.;\n]+\s*(?:{_JOINT}\s+)*)|(?:\s*,\s*|\s+)(?:{_JOINT}\s+)+(?=(?:{_ASKING})\b)|\s*,\s*(?=(?:{_ASKING})\b)"
    rf"|\s*(?<!\d)[1-5][.):]?\s+(?=(?:{_ASKING})\b)",
    re.IGNORECASE,
)
_BEGINS_ASKING = re.compile(rf"(?:(?:{_JOINT}|so|ok|okay|hi|hello|hey|please)\W+)*(?:{_ASKING})\b", re.IGNORECASE)
_ASKS_WITHIN = re.compile(
    r"\b(?:what (?:can|could|should|do|would) i|how (?:do|can|should|could) i|why (?:do|does|is|are|did)|can i|"
    r"should i|could (?:it|this|that)|is (?:it|this|that)|do i)\b",
    re.IGNORECASE,
)
_NOUN = (
    r"(?:the |its |their |any |possible |main |best )*(?:causes?|reasons?|triggers|symptoms?|signs|treatments?|cures?|"
    r"remedy|remedies|relief|prevention|diagnosis|tests?|medicines?|meds|stretches|exercises?|diet|foods?)"
)
_NOUN_LIST = re.compile(rf"\b{_NOUN}\b(?:\s*(?:[,?/&+]|\b(?:and|n|or|plus)\b)+\s*{_NOUN}\b)+", re.IGNORECASE)
_ONE_NOUN = re.compile(rf"\b{_NOUN}\b", re.IGNORECASE)
_MOST_AROUND_NOUNS = 6
"""Words; a list of nouns within a longer message is no list of questions."""

_ENDS_ASKING = re.compile(r"\b(?:why|how come|what for)\W*$", re.IGNORECASE)
_SHORTEST = 2
"""Words; a shorter part belongs to what stands before it ("my knee jumps, why")."""

MOST_PARTS = 6
"""A message of more parts is taken as one: it tells a story."""


@dataclass(frozen=True)
class Question:
    """A part of a message that asks something.

    Attributes:
        text: its words.
        start: where it begins in the message.
        end: where it ends.
    """

    text: str
    start: int
    end: int


def split_questions(text: str) -> list[Question]:
    """Returns the questions of a message in their order; an empty list where it holds fewer than two.

    Args:
        text: the message.
    """
    nouns = _listed_nouns(text)
    if nouns:
        return nouns
    parts = _parts(text)
    if not 1 < len(parts) <= MOST_PARTS:
        return []
    asking = [Question(text[start:end], start, end) for start, end in parts if _asks(text, start, end)]
    return asking if len(asking) > 1 else []


def _parts(text: str) -> list[tuple[int, int]]:
    """Returns start and end of each part of a message; one that is too short is joined to the part before it."""
    breaks = [match.span() for match in _BREAK.finditer(text)]
    starts = [0, *(end for _, end in breaks)]
    ends = [*(start for start, _ in breaks), len(text)]
    parts: list[tuple[int, int]] = []
    for start, end in zip(starts, ends, strict=True):
        words = len(text[start:end].split())
        if parts and 0 < words < _SHORTEST:
            parts[-1] = (parts[-1][0], end)
        elif words:
            parts.append((start, end))
    return parts


def _listed_nouns(text: str) -> list[Question]:
    """Returns the things asked about in a bare list: "causes, treatment and prevention"."""
    found = _NOUN_LIST.search(text)
    if not found or len((text[: found.start()] + text[found.end() :]).split()) > _MOST_AROUND_NOUNS:
        return []
    named = [match.span() for match in _ONE_NOUN.finditer(text, found.start(), found.end())]
    return [Question(text[start:end], start, end) for start, end in named]


def _asks(text: str, start: int, end: int) -> bool:
    part = text[start:end]
    has_mark = text[end : end + 2].strip().startswith("?")
    return bool(has_mark or _BEGINS_ASKING.match(part) or _ENDS_ASKING.search(part) or _ASKS_WITHIN.search(part))

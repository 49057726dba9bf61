"""Frames: co-occurrence patterns, which say how words combine to mention a finding.

The frames of ``lexicon/frames/*.yml`` are data: ``CALF + SWOLLEN`` holds where a word of each concept stands in one
sentence, at most a few words apart. They are written

* ``A + B``: in any order; ``A > B``: in this order, closer together
* an item is a CONCEPT, a ``literal phrase``, or alternatives ``A|B|some words``
* ``!C`` at the end: not where C stands in the same sentence
* ``~9`` at the very end: up to nine words may lie between neighbours

What is asserted of a mention is read off its targets: the items of a frame that are not parts of the body.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise, product
from pathlib import Path
from typing import Any

from nlu.findings.mention import Mention, TokenSpan
from nlu.text.lexicon import LEXICON_FOLDER, read_lexicon, word_group
from nlu.text.tokens import SENTENCE_ENDS
from triage.findings import vocabulary
from triage.loading import TriageDataError

_ANY_ORDER_GAP = 5
_IN_ORDER_GAP = 3
_LONGEST_ITEM = 5


class LexiconError(TriageDataError):
    """A lexicon file is wrong; the message names file and entry."""


def negation_cues() -> frozenset[str]:
    """Returns the words that deny among the tokens of a mention."""
    return word_group("negation.yml", "in_a_mention")


@dataclass(frozen=True)
class Frame:
    """One pattern, parsed.

    Attributes:
        finding: the id of the finding that it mentions.
        items: for each item the names that may stand for it, of concepts or literal phrases.
        in_order: whether the items must follow each other as written.
        excluded: names that must not stand in the same sentence.
        gap: how many tokens may lie between neighbours.
        text: the frame as the lexicon has it.
        target_items: positions, in `items`, of those that something is asserted of.
        concepts: words and phrases by concept, of the whole lexicon.
    """

    finding: str
    items: tuple[tuple[str, ...], ...]
    in_order: bool
    excluded: tuple[str, ...]
    gap: int
    text: str
    target_items: tuple[int, ...]
    concepts: Mapping[str, Sequence[str]] = field(repr=False, compare=False)

    @cached_property
    def alternatives(self) -> tuple[frozenset[str], ...]:
        """The names that may stand for each item."""
        return tuple(map(frozenset, self.items))

    @cached_property
    def members(self) -> tuple[frozenset[str], ...]:
        """The words and phrases that each item may be."""
        return tuple(
            frozenset(member for name in item for member in self.concepts.get(name, (name,))) for item in self.items
        )

    def means_lack(self, number: int, norms: Sequence[str], negation_cues: Collection[str]) -> bool:
        """Tells whether a "no" or "not" among the tokens of an item belongs to the finding and is no denial of it.

        It does in "no feeling" and in an item that is all about what cannot be done; it does not in
        "no fits" where "fits" alone would do as well, nor where "no" is one of many words allowed.

        Args:
            number: position of the item.
            norms: the tokens that stand for it.
            negation_cues: words that deny.
        """
        members = self.members[number]
        if len(norms) == 1:
            denying = sum(any(word in negation_cues for word in member.split()) for member in members)
            return 2 * denying >= len(members)
        rest = " ".join(norm for norm in norms if norm not in negation_cues)
        return not {rest, f"a {rest}", rest.removesuffix("s")} & members

    @property
    def reach(self) -> int:
        """How many tokens may lie between the first tokens of two items."""
        return (len(self.items) - 1) * (self.gap + _LONGEST_ITEM)

    def mentions(
        self,
        spans: Mapping[str, Sequence[TokenSpan]],
        sentence_of: Sequence[int],
        norms: Sequence[str],
        negation_cues: Collection[str],
    ) -> Iterator[Mention]:
        """Yields the mentions that the frame finds in a message, one for each stretch of it.

        Args:
            spans: where the names of concepts and literal phrases stand.
            sentence_of: for each token the number of its sentence.
            norms: the tokens.
            negation_cues: words that deny.
        """
        options = [[span for name in item for span in spans.get(name, ())] for item in self.items]
        barred = {sentence_of[start] for name in self.excluded for start, _ in spans.get(name, ())}
        seen: set[TokenSpan] = set()
        for choice in _choices(options, sentence_of, self.reach):
            ordered = sorted(choice)
            if sentence_of[choice[0][0]] in barred or (self.in_order and list(choice) != ordered):
                continue
            # below 0 two items share a token, and one word is not two things
            if any(not 0 <= after[0] - before[1] <= self.gap for before, after in pairwise(ordered)):
                continue
            stretch = (ordered[0][0], ordered[-1][1])
            if stretch not in seen:
                seen.add(stretch)
                targets = tuple(choice[number] for number in self.target_items)
                own = self._own_tokens(choice, norms, negation_cues)
                yield Mention(self.finding, *stretch, targets, own, self.text)

    def _own_tokens(
        self, choice: Sequence[TokenSpan], norms: Sequence[str], negation_cues: Collection[str]
    ) -> frozenset[int]:
        return frozenset(
            position
            for number, (start, end) in enumerate(choice)
            for position in range(start, end)
            # a cue that is no part of the finding denies it, and is left to ConText
            if norms[position] not in negation_cues or self.means_lack(number, norms[start:end], negation_cues)
        )


class FrameIndex:
    """All frames, found by the names that stand in a message."""

    def __init__(self, frames: Iterable[Frame], negation_cues: Collection[str]) -> None:
        """Indexes frames by the names of their last item.

        Args:
            frames: the frames.
            negation_cues: words that deny.
        """
        self._negation_cues = negation_cues
        self._by_last_item: dict[str, list[Frame]] = {}
        for frame in frames:
            for name in set(frame.items[-1]):
                self._by_last_item.setdefault(name, []).append(frame)

    def mentions(self, spans: Mapping[str, Sequence[TokenSpan]], norms: Sequence[str]) -> Iterator[Mention]:
        """Yields the mentions that all frames find in a message.

        Args:
            spans: where the names of concepts and literal phrases stand.
            norms: the tokens.
        """
        sentence_of = _sentence_numbers(norms)
        names = frozenset(spans)
        for name in spans:
            for frame in self._by_last_item.get(name, ()):
                # of thousands of frames few have all their items in a message; the rest need no search
                if not any(item.isdisjoint(names) for item in frame.alternatives):
                    yield from frame.mentions(spans, sentence_of, norms, self._negation_cues)


def load_lexicon(folder: Path = LEXICON_FOLDER) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Reads concepts and frames.

    Returns:
        Words and phrases by concept; frame texts by finding id.

    Raises:
        LexiconError: a concept is defined twice or a frame names an unknown finding.
        TriageDataError: a file does not fit its schema.
    """
    concepts: dict[str, list[str]] = {}
    frames: dict[str, list[str]] = {}
    for path in [folder / "concepts.yml", *sorted((folder / "frames").glob("*.yml"))]:
        data: dict[str, Any] = read_lexicon(path)
        for name, members in data["concepts"].items():
            if name in concepts:
                raise LexiconError(
                    f"{path.name}, concepts, {name}: is defined in another file too; give it another name."
                )
            concepts[name] = members
        for finding, texts in data.get("frames", {}).items():
            if finding not in vocabulary():
                raise LexiconError(f"{path.name}, frames: {finding!r} is no finding of findings.yml; correct the id.")
            for text in texts:
                gap = text.partition("~")[2]
                if gap and not gap.strip().isdigit():
                    raise LexiconError(f"{path.name}, {finding}: {text!r} has no number behind ~; write one.")
            frames.setdefault(finding, []).extend(texts)
    return concepts, frames


def _place_of(text: str) -> str:
    """Returns the name of the lexicon's file that holds a frame, for a message about it."""
    for path in sorted((LEXICON_FOLDER / "frames").glob("*.yml")):
        if any(text in texts for texts in read_lexicon(path).get("frames", {}).values()):
            return path.name
    return "lexicon/frames"


def parse(
    finding: str, text: str, concepts: Mapping[str, Sequence[str]], body_parts: Collection[str]
) -> dict[str, Any]:
    """Parses a frame.

    Args:
        finding: the id of the finding that it mentions.
        text: the frame as the lexicon has it.
        concepts: words and phrases by concept.
        body_parts: concepts of which nothing is asserted.

    Returns:
        The arguments of a `Frame` but `concepts`, as JSON knows them.

    Raises:
        LexiconError: the frame mixes orders, has an empty item or names an unknown concept.
    """
    body, _, gap_text = text.partition("~")
    body, *excluded = [part.strip() for part in body.split("!")]
    in_order = ">" in body
    if in_order and "+" in body:
        raise LexiconError(f"{_place_of(text)}, {finding}: {text!r} mixes + and >; write two frames.")
    items = tuple(tuple(alternative.strip() for alternative in item.split("|")) for item in re.split(r"[+>]", body))
    for name in [name for item in (*items, tuple(excluded)) for name in item]:
        if not name:
            raise LexiconError(f"{_place_of(text)}, {finding}: {text!r} has an empty item; fill it or take it out.")
        if name.isupper() and name not in concepts:
            raise LexiconError(
                f"{_place_of(text)}, {finding}: {text!r} names the unknown concept {name}; correct it or define it."
            )
    default_gap = _IN_ORDER_GAP if in_order else _ANY_ORDER_GAP
    targets = tuple(
        number
        for number, item in enumerate(items)
        if not all(_is_body_part(name, concepts, body_parts) for name in item)
    )
    return {
        "finding": finding,
        "items": items,
        "in_order": in_order,
        "excluded": excluded,
        "gap": int(gap_text or default_gap),
        "text": text,
        # where every item is a part of the body, the last one stands for the trouble
        "target_items": targets or (len(items) - 1,),
    }


def _is_body_part(name: str, concepts: Mapping[str, Sequence[str]], body_parts: Collection[str]) -> bool:
    return name in body_parts or any(name in concepts[part] for part in body_parts)


def _sentence_numbers(norms: Sequence[str]) -> list[int]:
    numbers, number = [], 0
    for norm in norms:
        numbers.append(number)
        number += norm in SENTENCE_ENDS
    return numbers


def _choices(
    options: Sequence[Sequence[TokenSpan]], sentence_of: Sequence[int], reach: int
) -> Iterator[tuple[TokenSpan, ...]]:
    """Yields one span for each item of a frame, all in one sentence and within reach of the first."""
    for first in options[0]:
        near = [
            [
                span
                for span in item
                if sentence_of[span[0]] == sentence_of[first[0]] and abs(span[0] - first[0]) <= reach
            ]
            for item in options[1:]
        ]
        if all(near):
            yield from product((first,), *near)

"""The lexical net: finds what a message mentions, whatever it asserts of it.

Two kinds of knowledge, both data. The phrases of ``triage/findings.yml`` are matched word by word.
The frames of ``lexicon/frames/*.yml`` say how words combine: ``CALF + SWOLLEN`` holds where a word of
each concept stands in one sentence, at most a few words apart. Frames are written

* ``A + B``: in any order; ``A > B``: in this order, closer together
* an item is a CONCEPT, a ``literal phrase``, or alternatives ``A|B|some words``
* ``!C`` at the end: not where C stands in the same sentence
* ``~9`` at the very end: up to nine words may lie between neighbours

What is asserted of a mention is read off its problem words: the items of a frame that are not parts of the body.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import pairwise, product
from pathlib import Path
from typing import Any

from nlu.base.compiled import compiled
from nlu.text import lexicon, spelling
from nlu.text import tokens as text_module
from nlu.text.lexicon import LEXICON_FOLDER, read_lexicon, word_group
from nlu.text.phrases import PhraseIndex
from nlu.text.spelling import SpellingIndex
from nlu.text.tokens import SENTENCE_ENDS, Token, correct, lexicon_norms, tokenize
from triage import findings as triage_findings
from triage import loading
from triage.findings import vocabulary
from triage.loading import DATA_FOLDER, TriageDataError

_ANY_ORDER_GAP = 5
_IN_ORDER_GAP = 3
_LONGEST_ITEM = 5
Place = tuple[int, int]
"""First word and the word after the last, as positions in the list of words."""


class LexiconError(TriageDataError):
    """A lexicon file is wrong; the message names file and entry."""


def negators() -> frozenset[str]:
    """Returns the words that deny among the words of a mention."""
    return word_group("negation.yml", "in_a_mention")


@dataclass(frozen=True)
class Mention:
    """A place where a message mentions a finding.

    Attributes:
        finding: its id.
        start: position of the first word of the mention.
        end: position after the last word.
        problems: places of the problem words, of which something is asserted.
        own_words: positions of the words that make up the mention (negations among them belong to it).
        by: the frame or phrase that matched.
    """

    finding: str
    start: int
    end: int
    problems: tuple[Place, ...]
    own_words: frozenset[int]
    by: str


@dataclass(frozen=True)
class _Frame:
    finding: str
    items: tuple[tuple[str, ...], ...]
    in_order: bool
    excluded: tuple[str, ...]
    gap: int
    text: str
    problem_items: tuple[int, ...]
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

    def means_lack(self, number: int, words: Sequence[str]) -> bool:
        """Tells whether a "no" or "not" in the words of an item belongs to the finding and is no denial of it.

        It does in "no feeling" and in an item that is all about what cannot be done; it does not in
        "no fits" where "fits" alone would do as well, nor where "no" is one of many words allowed.
        """
        members = self.members[number]
        if len(words) == 1:
            return 2 * sum(bool(negators() & set(member.split())) for member in members) >= len(members)
        rest = " ".join(word for word in words if word not in negators())
        return not {rest, f"a {rest}", rest.removesuffix("s")} & members

    @property
    def reach(self) -> int:
        """How many words may lie between the first words of two items."""
        return (len(self.items) - 1) * (self.gap + _LONGEST_ITEM)


def load_lexicon(folder: Path = LEXICON_FOLDER) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Reads concepts and frames.

    Returns:
        Words and phrases by concept; frame texts by finding id.

    Raises:
        LexiconError: a concept is defined twice or a frame names an unknown concept or finding.
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
            frames.setdefault(finding, []).extend(texts)
    return concepts, frames


_MOST_FORMS = 5_000


class FindingMatcher:
    """Matches phrases and frames over the words of a message."""

    def __init__(self, folder: Path = LEXICON_FOLDER) -> None:
        """Compiles the lexicon.

        Raises:
            LexiconError: see `load_lexicon`.
        """
        if folder == LEXICON_FOLDER:
            known = compiled("finding-lexicon", _sources(folder), partial(_derive, folder))
        else:
            known = _derive(folder)
        self._words: dict[str, list[str]] = known["words"]
        self._prefixes: dict[str, list[str]] = known["prefixes"]
        self._phrases = PhraseIndex(
            (name, form.split())
            for name, forms in known["phrases"].items()
            for form in forms
            if form not in word_group("matching.yml", "weak_alone")
        )
        self.spelling = SpellingIndex(_lexicon_words(known))
        self._known_forms: dict[str, list[str]] = {}
        self._frames_by_last_item = _index_by_last_item(
            _Frame(
                finding=entry["finding"],
                items=tuple(map(tuple, entry["items"])),
                in_order=entry["in_order"],
                excluded=tuple(entry["excluded"]),
                gap=entry["gap"],
                text=entry["text"],
                problem_items=tuple(entry["problem_items"]),
                concepts=known["concepts"],
            )
            for entry in known["frames"]
        )

    def words(self, text: str, tokens: Sequence[Token] | None = None) -> list[Token]:
        """Splits a message into words, spelling corrected towards the lexicon.

        Args:
            text: the message.
            tokens: its tokens, where they have been made already.
        """
        return correct(tokenize(text) if tokens is None else tokens, self.spelling)

    def mentions(self, words: Sequence[Token]) -> list[Mention]:
        """Returns every mention of a finding; lookalikes take away what they cover."""
        if not words:
            return []
        forms = [word.norm for word in words]
        places = self._concept_places(forms)
        mentions, covered = [], []
        for label, start, end in self._phrases.find(forms):
            kind, _, name = label.partition(":")
            if kind == "phrase":
                own = frozenset(range(start, end))
                mentions.append(Mention(name, start, end, ((start, end),), own, " ".join(forms[start:end])))
            elif kind == "lookalike":
                covered.append((name, start, end))
            else:
                places.setdefault(label, []).append((start, end))
        sentence_of = _sentence_numbers(forms)
        names = frozenset(places)
        for name in places:
            for frame in self._frames_by_last_item.get(name, ()):
                if not any(item.isdisjoint(names) for item in frame.alternatives):
                    mentions.extend(_frame_mentions(frame, places, sentence_of, forms))
        return [mention for mention in mentions if not _is_covered(mention, covered)]

    def _concept_places(self, forms: Sequence[str]) -> dict[str, list[Place]]:
        places: dict[str, list[Place]] = {}
        for position, form in enumerate(forms):
            for name in self._names_of_form(form):
                places.setdefault(name, []).append((position, position + 1))
        return places

    def _names_of_form(self, form: str) -> list[str]:
        """Returns the concepts that a word stands for; the most common words are kept in mind."""
        names = self._known_forms.get(form)
        if names is None:
            names = list(self._words.get(form, ()))
            for length in range(3, len(form) + 1):
                names += self._prefixes.get(form[:length], ())
            if len(self._known_forms) < _MOST_FORMS:
                self._known_forms[form] = names
        return names


def _is_covered(mention: Mention, lookalikes: Iterable[tuple[str, int, int]]) -> bool:
    """Tells whether all problem words of a mention belong to look-alikes of its finding."""
    spans = [(start, end) for finding, start, end in lookalikes if finding == mention.finding]
    return all(any(start < place[1] <= end for start, end in spans) for place in mention.problems)


def _sources(folder: Path) -> list[Path]:
    modules = [Path(module.__file__ or "") for module in (spelling, lexicon, text_module, triage_findings, loading)]
    data = [DATA_FOLDER / "findings.yml", folder / "spelling.yml", folder / "concepts.yml", folder / "matching.yml"]
    return [Path(__file__), *modules, *data, *sorted((folder / "frames").glob("*.yml"))]


def _derive(folder: Path) -> dict[str, Any]:
    """Works the lexicon out: words, beginnings of words and phrases with the names they stand for, and the frames."""
    concepts, frame_texts = load_lexicon(folder)
    frames = [_parse(finding, text, concepts) for finding, texts in frame_texts.items() for text in texts]
    literals = {
        name: [name]
        for frame in frames
        for item in (*frame["items"], frame["excluded"])
        for name in item
        if name not in concepts
    }
    words: dict[str, list[str]] = {}
    prefixes: dict[str, list[str]] = {}
    phrases: dict[str, list[str]] = {}
    for name, members in {**concepts, **literals}.items():
        for member in members:
            form = " ".join(lexicon_norms(member.rstrip("*")))
            if member.endswith("*") and " " not in form:
                prefixes.setdefault(form, []).append(name)
            elif " " in form:
                phrases.setdefault(name, []).append(form)
            else:
                words.setdefault(form, []).append(name)
    for finding in vocabulary().values():
        for kind, texts in (("phrase", finding.patient_phrases), ("lookalike", finding.lookalikes)):
            phrases[f"{kind}:{finding.id}"] = [" ".join(lexicon_norms(text)) for text in texts]
    return {"words": words, "prefixes": prefixes, "phrases": phrases, "frames": frames, "concepts": concepts}


def _lexicon_words(known: dict[str, Any]) -> Iterator[str]:
    yield from known["words"]
    yield from known["prefixes"]
    for forms in known["phrases"].values():
        for form in forms:
            yield from form.split()


def _parse(finding: str, text: str, concepts: dict[str, list[str]]) -> dict[str, Any]:
    body, _, gap_text = text.partition("~")
    body, *excluded = [part.strip() for part in body.split("!")]
    in_order = ">" in body
    if in_order and "+" in body:
        raise LexiconError(f"lexicon/frames, {finding}: {text!r} mixes + and >; write two frames.")
    items = tuple(tuple(alternative.strip() for alternative in item.split("|")) for item in re.split(r"[+>]", body))
    for name in [name for item in (*items, tuple(excluded)) for name in item]:
        if not name:
            raise LexiconError(f"lexicon/frames, {finding}: {text!r} has an empty item; fill it or take it out.")
        if name.isupper() and name not in concepts:
            raise LexiconError(
                f"lexicon/frames, {finding}: {text!r} names the unknown concept {name}; correct it or define it."
            )
    default_gap = _IN_ORDER_GAP if in_order else _ANY_ORDER_GAP
    problems = tuple(
        number for number, item in enumerate(items) if not all(_is_body_part(name, concepts) for name in item)
    )
    return {
        "finding": finding,
        "items": items,
        "in_order": in_order,
        "excluded": excluded,
        "gap": int(gap_text or default_gap),
        "text": text,
        "problem_items": problems or (len(items) - 1,),
    }


def _is_body_part(name: str, concepts: dict[str, list[str]]) -> bool:
    parts = word_group("matching.yml", "body_parts")
    return name in parts or any(name in concepts[part] for part in parts)


def _index_by_last_item(frames: Iterable[_Frame]) -> dict[str, list[_Frame]]:
    index: dict[str, list[_Frame]] = {}
    for frame in frames:
        for name in set(frame.items[-1]):
            index.setdefault(name, []).append(frame)
    return index


def _sentence_numbers(forms: Sequence[str]) -> list[int]:
    numbers, number = [], 0
    for form in forms:
        numbers.append(number)
        number += form in SENTENCE_ENDS
    return numbers


def _frame_mentions(
    frame: _Frame,
    places: dict[str, list[Place]],
    sentence_of: Sequence[int],
    forms: list[str],
) -> Iterator[Mention]:
    options = [[place for name in item for place in places.get(name, ())] for item in frame.items]
    barred = {sentence_of[start] for name in frame.excluded for start, _ in places.get(name, ())}
    seen: set[Place] = set()
    for choice in _choices(options, sentence_of, frame.reach):
        if sentence_of[choice[0][0]] in barred or (frame.in_order and list(choice) != sorted(choice)):
            continue
        ordered = sorted(choice)
        if any(not 0 <= after[0] - before[1] <= frame.gap for before, after in pairwise(ordered)):
            continue
        place = (ordered[0][0], ordered[-1][1])
        if place not in seen:
            seen.add(place)
            own = frozenset(
                position
                for number, (start, end) in enumerate(choice)
                for position in range(start, end)
                if forms[position] not in negators() or frame.means_lack(number, forms[start:end])
            )
            problems = tuple(choice[number] for number in frame.problem_items)
            yield Mention(frame.finding, place[0], place[1], problems, own, frame.text)


def _choices(options: Sequence[Sequence[Place]], sentence_of: Sequence[int], reach: int) -> Iterator[tuple[Place, ...]]:
    """Yields one place for each item of a frame, all in one sentence and within reach of the first."""
    for first in options[0]:
        near = [
            [
                place
                for place in item
                if sentence_of[place[0]] == sentence_of[first[0]] and abs(place[0] - first[0]) <= reach
            ]
            for item in options[1:]
        ]
        if all(near):
            yield from product((first,), *near)

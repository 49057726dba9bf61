"""The lexicon matcher: finds what a message mentions, whatever it asserts of it.

Two kinds of knowledge, both data: the phrases of ``triage/findings.yml`` are matched token by token, the frames of
``lexicon/frames/*.yml`` (`nlu.findings.frames`) wherever their items stand near enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from nlu.base.compiled import compiled
from nlu.findings.frames import Frame, FrameIndex, LexiconError, load_lexicon, negation_cues, parse
from nlu.findings.mention import Mention, TokenSpan
from nlu.text.lexicon import LEXICON_FOLDER, word_group
from nlu.text.phrases import PhraseIndex
from nlu.text.spelling import SpellingIndex
from nlu.text.tokens import Token, correct, lexicon_norms, tokenize
from triage.findings import vocabulary
from triage.loading import DATA_FOLDER

_ROOT = Path(__file__).parents[2]
_MODULES = (
    "nlu/findings/lexicon_matcher.py",
    "nlu/findings/frames.py",
    "nlu/findings/mention.py",
    "nlu/base/compiled.py",
    "nlu/text/lexicon.py",
    "nlu/text/phrases.py",
    "nlu/text/plain.py",
    "nlu/text/spelling.py",
    "nlu/text/tokens.py",
    "triage/findings.py",
    "triage/loading.py",
)
"""This module and every one of ours that it imports, directly or through others: on a change of one of them the lexicon
is derived anew."""

_MAX_CACHED_NORMS = 5_000
"""Tokens whose concepts are remembered: the words of everyday messages, and none of an endless one."""


class FindingMatcher:
    """Matches phrases and frames over the tokens of a message."""

    def __init__(self, folder: Path = LEXICON_FOLDER) -> None:
        """Compiles the lexicon.

        Args:
            folder: where the lexicon files lie.

        Raises:
            LexiconError: see `nlu.findings.frames.load_lexicon` and `nlu.findings.frames.parse`; or a part of the body
                is no concept.
        """
        if folder == LEXICON_FOLDER:
            known = compiled("finding-lexicon", _sources(folder), partial(_derive, folder))
        else:
            known = _derive(folder)
        self._words: dict[str, list[str]] = known["words"]
        self._prefixes: dict[str, list[str]] = known["prefixes"]
        self._phrases = PhraseIndex(
            (name, phrase.split())
            for name, phrases in known["phrases"].items()
            for phrase in phrases
            if phrase not in word_group("matching.yml", "weak_alone")
        )
        self.spelling = SpellingIndex(_lexicon_words(known))
        self._names_of: dict[str, list[str]] = {}
        self._frames = FrameIndex(
            (
                Frame(
                    finding=entry["finding"],
                    items=tuple(map(tuple, entry["items"])),
                    in_order=entry["in_order"],
                    excluded=tuple(entry["excluded"]),
                    gap=entry["gap"],
                    text=entry["text"],
                    target_items=tuple(entry["target_items"]),
                    concepts=known["concepts"],
                )
                for entry in known["frames"]
            ),
            negation_cues(),
        )

    def tokenize(self, text: str, tokens: Sequence[Token] | None = None) -> list[Token]:
        """Returns the tokens of a message, spelling corrected towards the lexicon.

        Args:
            text: the message.
            tokens: its tokens, where they have been made already.
        """
        return correct(tokenize(text) if tokens is None else tokens, self.spelling)

    def mentions(self, tokens: Sequence[Token]) -> list[Mention]:
        """Returns every mention of a finding that no distractor covers.

        Args:
            tokens: the message, from `tokenize`.
        """
        if not tokens:
            return []
        norms = [token.norm for token in tokens]
        spans = self._concept_spans(norms)
        mentions, distractors = [], []
        for label, start, end in self._phrases.find(norms):
            kind, _, name = label.partition(":")
            if kind == "phrase":
                own = frozenset(range(start, end))
                mentions.append(Mention(name, start, end, ((start, end),), own, " ".join(norms[start:end])))
            elif kind == "distractor":
                distractors.append((name, start, end))
            else:  # a literal phrase of a frame, or one of a concept
                spans.setdefault(label, []).append((start, end))
        mentions.extend(self._frames.mentions(spans, norms))
        return [mention for mention in mentions if not _is_covered(mention, distractors)]

    def _concept_spans(self, norms: Sequence[str]) -> dict[str, list[TokenSpan]]:
        spans: dict[str, list[TokenSpan]] = {}
        for position, norm in enumerate(norms):
            for name in self._concepts_of(norm):
                spans.setdefault(name, []).append((position, position + 1))
        return spans

    def _concepts_of(self, norm: str) -> list[str]:
        """Returns the names of the concepts and literals that a single token stands for."""
        names = self._names_of.get(norm)
        if names is None:
            names = list(self._words.get(norm, ()))
            for length in range(3, len(norm) + 1):
                names += self._prefixes.get(norm[:length], ())
            if len(self._names_of) < _MAX_CACHED_NORMS:
                self._names_of[norm] = names
        return names


def _is_covered(mention: Mention, distractors: Iterable[tuple[str, int, int]]) -> bool:
    """Tells whether all targets of a mention belong to distractors of its finding."""
    spans = [(start, end) for finding, start, end in distractors if finding == mention.finding]
    return all(any(start < target[1] <= end for start, end in spans) for target in mention.targets)


def _sources(folder: Path) -> list[Path]:
    """Returns the files that the derived lexicon depends on."""
    data = [DATA_FOLDER / "findings.yml", *(folder / f"{name}.yml" for name in ("spelling", "concepts", "matching"))]
    return [*(_ROOT / module for module in _MODULES), *data, *sorted((folder / "frames").glob("*.yml"))]


def _derive(folder: Path) -> dict[str, Any]:
    """Derives from the lexicon what a message is matched with, as JSON knows it.

    Returns:
        ``words`` and ``prefixes``: the names that a word, or what begins so, stands for; ``phrases``: phrases by name,
        those of findings as ``phrase:id`` and ``distractor:id``; ``frames``: parsed; ``concepts``: as written.
    """
    concepts, frame_texts = load_lexicon(folder)
    body_parts = word_group("matching.yml", "body_parts")
    unknown = sorted(body_parts - concepts.keys())
    if unknown:
        raise LexiconError(f"matching.yml, body_parts: {', '.join(unknown)} is no concept; correct or define it.")
    frames = [parse(finding, text, concepts, body_parts) for finding, texts in frame_texts.items() for text in texts]
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
            norm = " ".join(lexicon_norms(member.rstrip("*")))
            if member.endswith("*") and " " not in norm:
                prefixes.setdefault(norm, []).append(name)
            elif " " in norm:
                phrases.setdefault(name, []).append(norm)
            else:
                words.setdefault(norm, []).append(name)
    for finding in vocabulary().values():
        for kind, texts in (("phrase", finding.patient_phrases), ("distractor", finding.lookalikes)):
            phrases[f"{kind}:{finding.id}"] = [" ".join(lexicon_norms(text)) for text in texts]
    return {"words": words, "prefixes": prefixes, "phrases": phrases, "frames": frames, "concepts": concepts}


def _lexicon_words(known: dict[str, Any]) -> Iterator[str]:
    yield from known["words"]
    yield from known["prefixes"]
    for phrases in known["phrases"].values():
        for phrase in phrases:
            yield from phrase.split()

"""The labelled messages that the language model learns from, as words with labels."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from triage.findings import ASSERTIONS, vocabulary, with_implied

CORPUS_FOLDER = Path(__file__).parent / "corpus"
DEVELOPMENT_FOLDER = Path(__file__).parent / "development"
"""What thresholds are chosen on; never trained on."""

INTENT_FOLDER = Path(__file__).parents[2] / "data" / "nlu"
VALIDATION_ONE_IN = 12
"""Every twelfth message is in the validation split: kept from training, to fit the fusion and compare models on."""

_WORD = re.compile(r"\S+")

Labels = frozenset[tuple[str, str]]
"""Pairs of finding id and assertion."""


class CorpusError(ValueError):
    """A corpus line is wrong; the message names file and line."""


@dataclass(frozen=True)
class LabelledMessage:
    """A message cut at its spaces, with what each word takes part in.

    Attributes:
        words: n words, punctuation attached as typed.
        labels: n sets of labels, one per word.
        is_ordinary: whether it is an everyday question, of which only the dangerous symptoms are known to be absent.
    """

    words: tuple[str, ...]
    labels: tuple[Labels, ...]
    is_ordinary: bool = False

    @property
    def text(self) -> str:
        """The message with single spaces."""
        return " ".join(self.words)

    @property
    def findings(self) -> set[tuple[str, str]]:
        """All labels of the message."""
        return set().union(*self.labels)


def labelled_message(text: str, spans: list[dict[str, str]]) -> LabelledMessage:
    """Spreads labelled spans over the words they touch.

    Args:
        text: the message.
        spans: dictionaries with ``id``, ``assertion`` and ``span``, a substring of `text`.

    Raises:
        CorpusError: a span is not in the text, or an id or assertion is unknown.
    """
    word_spans = [(found.start(), found.end()) for found in _WORD.finditer(text)]
    labels: list[set[tuple[str, str]]] = [set() for _ in word_spans]
    for entry in spans:
        finding, assertion, start = entry["id"], entry["assertion"], text.find(entry["span"])
        if start < 0 or finding not in vocabulary() or assertion not in ASSERTIONS:
            raise CorpusError(f"{entry} does not fit {text!r}")
        end = start + len(entry["span"])
        ids = with_implied(finding, assertion)
        for number, (first, last) in enumerate(word_spans):
            if first < end and start < last:
                labels[number].update((one, assertion) for one in ids)
    return LabelledMessage(tuple(text[a:b] for a, b in word_spans), tuple(map(frozenset, labels)))


def read_corpus(folder: Path = CORPUS_FOLDER) -> list[LabelledMessage]:
    """Returns all finding-labelled messages, in the order of files and lines.

    Raises:
        CorpusError: see `labelled_message`; the message names the line.
    """
    return [
        _message_of(line, f"{path.name}, line {number}")
        for path in sorted(folder.glob("*.jsonl"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    ]


def _message_of(line: str, source: str) -> LabelledMessage:
    try:
        entry = json.loads(line)
        return labelled_message(entry["text"], entry["findings"])
    except (ValueError, KeyError) as error:
        raise CorpusError(f"{source}: {error}") from error


def is_validation(message: LabelledMessage) -> bool:
    """Tells whether a message is in the validation split; depends on its text only, so it never changes sides."""
    digest = hashlib.sha256(message.text.lower().encode()).digest()
    return digest[0] % VALIDATION_ONE_IN == 0


def example_phrases() -> Iterator[LabelledMessage]:
    """Yields the rule table's own example phrases as short messages: present, absent, and distractors."""
    for finding in vocabulary().values():
        for phrases, assertion in ((finding.patient_phrases, "present"), (finding.negated_examples, "absent")):
            for phrase in phrases:
                yield labelled_message(phrase, [{"id": finding.id, "assertion": assertion, "span": phrase}])
        for phrase in finding.lookalikes:
            yield labelled_message(phrase, [])


def unlabelled_message(text: str, *, is_ordinary: bool = False) -> LabelledMessage:
    """Returns a message that reports nothing."""
    words = tuple(text.split())
    return LabelledMessage(words, tuple(frozenset() for _ in words), is_ordinary)


def read_intents(folder: Path = INTENT_FOLDER) -> list[tuple[str, str]]:
    """Returns pairs of message and intent from the assistant's own training examples."""
    pairs = []
    for path in sorted(folder.glob("*.yml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu", []):
            if "intent" in entry:
                pairs += [(line[2:].strip(), entry["intent"]) for line in entry["examples"].splitlines() if line[2:]]
    return pairs

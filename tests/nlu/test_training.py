"""What the language model learns from: the corpus, and how it is varied."""

import json
import re
from collections import Counter

import pytest

from nlu.training.augment import Augmenter
from nlu.training.corpus import CorpusError, is_held_back, labelled_message, read_corpus, read_intents
from tools.settings import ROOT
from triage.findings import ASSERTIONS, vocabulary
from triage.rules import ESCALATING_TIERS, rule_table

URGENT_FINDINGS = set().union(*(rule.criteria.findings for rule in rule_table() if rule.tier in ESCALATING_TIERS))


@pytest.fixture(scope="module")
def corpus():
    return read_corpus()


def _plain(text):
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


def test_it_is_large_and_every_assertion_of_every_urgent_finding_is_there(corpus):
    assert len(corpus) >= 8_000
    counts = Counter(label for message in corpus for label in message.findings)
    thin = [(f, a, counts[f, a]) for f in sorted(URGENT_FINDINGS) for a in ASSERTIONS if counts[f, a] < 15]
    assert not thin
    assert {finding for finding, _ in counts} <= vocabulary().keys()


def test_no_message_of_the_judging_sets_is_in_it(corpus):
    learnt = {_plain(message.text) for message in corpus} | {_plain(text) for text, _ in read_intents()}
    for path in [*(ROOT / "tests").glob("safety/messages_*.jsonl"), ROOT / "tests" / "nlu" / "heldout_red_flags.jsonl"]:
        for line in path.read_text(encoding="utf-8").splitlines():
            assert _plain(json.loads(line)["text"]) not in learnt


def test_about_one_message_in_twelve_is_held_back_by_its_words_alone(corpus):
    share = sum(map(is_held_back, corpus)) / len(corpus)
    assert 0.07 < share < 0.1
    assert is_held_back(corpus[0]) == is_held_back(labelled_message(corpus[0].text.upper(), []))


def test_labels_lie_on_the_words_of_the_span():
    message = labelled_message(
        "no fever but my calf is huge",
        [
            {"id": "fever_38", "assertion": "absent", "span": "fever"},
            {"id": "calf_swelling_one_side", "assertion": "present", "span": "my calf is huge"},
        ],
    )
    assert [len(labels) for labels in message.labels] == [0, 1, 0, 1, 1, 1, 1]
    assert message.labels[1] == {("fever_38", "absent")}


@pytest.mark.parametrize(
    "span",
    [
        {"id": "fever_38", "assertion": "present", "span": "not there"},
        {"id": "no_such_finding", "assertion": "present", "span": "calf"},
        {"id": "fever_38", "assertion": "perhaps", "span": "calf"},
    ],
)
def test_wrong_labels_are_refused(span):
    with pytest.raises(CorpusError, match="does not fit"):
        labelled_message("my calf", [span])


def test_variation_keeps_words_and_labels_together_and_can_be_repeated(corpus):
    some = corpus[:300]
    one, other = Augmenter(7), Augmenter(7)
    varied = [one.vary(message, some) for message in some]
    assert varied == [other.vary(message, some) for message in some]
    assert all(len(message.words) == len(message.labels) for message in varied)
    assert all(message.findings <= new.findings for message, new in zip(some, varied, strict=True))
    assert sum(new.text != message.text for message, new in zip(some, varied, strict=True)) > 200


def test_numbers_and_short_words_are_never_misspelt():
    augmenter = Augmenter(1)
    assert [augmenter.misspell(word) for word in ("38.5", "10min", "leg", "is")] == ["38.5", "10min", "leg", "is"]

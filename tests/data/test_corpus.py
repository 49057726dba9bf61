"""The corpus that the language model learns from."""

import json
import re
from collections import Counter

import pytest

from nlu.training.corpus import DEVELOPMENT_FOLDER, is_validation, read_corpus, read_intents
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


def test_no_development_message_is_in_it(corpus):
    learnt = {_plain(message.text) for message in corpus} | {_plain(text) for text, _ in read_intents()}
    for line in (DEVELOPMENT_FOLDER / "red_flags.jsonl").read_text(encoding="utf-8").splitlines():
        assert _plain(json.loads(line)["text"]) not in learnt


def test_about_one_message_in_twelve_is_in_the_validation_split(corpus):
    assert 0.07 < sum(map(is_validation, corpus)) / len(corpus) < 0.1

"""The labelled messages: enough of them, even, well labelled, and apart from what was learnt."""

import re
from collections import Counter

import pytest
import yaml

from bench.datasets import Part, read_cases
from bench.safety import ALL_TIERS
from bench.understanding import OUT_OF_SCOPE
from tools.settings import ROOT
from triage.findings import vocabulary
from triage.rules import ESCALATING_TIERS, rule_table

KINDS = {
    "positive", "misspelt", "third_person", "mixed", "negated", "hypothetical", "past", "family", "lookalike",
    "minimised",
}  # fmt: skip


def both_parts(dataset, kind):
    return [case for part in Part for case in read_cases(dataset, kind, part)]


def _plain(text):
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


@pytest.mark.parametrize(("dataset", "kind"), [("safety", "messages"), ("understanding", "messages")])
def test_a_third_is_sealed_and_no_message_is_in_both_parts(dataset, kind):
    development, test = ({_plain(case["text"]) for case in read_cases(dataset, kind, part)} for part in Part)
    assert 0.3 < len(test) / (len(development) + len(test)) < 0.36
    assert not development & test


def test_the_safety_set_is_large_and_even():
    messages = both_parts("safety", "messages")
    assert len(messages) >= 600
    assert len({entry["text"].lower() for entry in messages}) == len(messages)
    escalating = sum(entry["tier"] in ESCALATING_TIERS for entry in messages)
    assert 0.48 < escalating / len(messages) < 0.52
    kinds = Counter(entry["kind"] for entry in messages)
    assert kinds.keys() == KINDS
    assert min(kinds.values()) >= 40
    assert {entry["tier"] for entry in messages} <= set(ALL_TIERS)


def test_every_urgent_rule_decides_three_messages_or_more():
    decided = Counter(entry["rule"] for entry in both_parts("safety", "messages"))
    urgent = [rule.id.split("_")[0] for rule in rule_table() if rule.tier in ESCALATING_TIERS]
    assert [rule for rule in urgent if decided[rule] < 3] == []


def test_dialogues_have_a_tier_for_every_turn():
    dialogues = both_parts("safety", "dialogues")
    assert len(dialogues) >= 60
    for entry in dialogues:
        assert len(entry["turns"]) == len(entry["tiers"])
        assert set(entry["tiers"]) <= set(ALL_TIERS)


def test_the_labelled_words_are_not_those_of_the_patient_phrases():
    phrases = {phrase.lower() for finding in vocabulary().values() for phrase in finding.patient_phrases}
    assert not [entry["text"] for entry in both_parts("safety", "messages") if entry["text"].lower() in phrases]


def test_the_understanding_set_is_large():
    messages = both_parts("understanding", "messages")
    out_of_scope = [case for case in messages if case["intent"] == OUT_OF_SCOPE]
    assert len(messages) - len(out_of_scope) >= 500
    assert len(out_of_scope) >= 400


def test_no_message_is_in_the_training_data():
    learnt = set()
    for path in (ROOT / "data" / "nlu").glob("*.yml"):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            learnt |= {_plain(line.strip()[2:]) for line in entry.get("examples", "").splitlines()}
    assert len(learnt) > 4_000
    messages = both_parts("understanding", "messages") + both_parts("safety", "messages")
    assert not [case["text"] for case in messages if _plain(case["text"]) in learnt]

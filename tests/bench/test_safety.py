"""The labelled set, and the report that is made of it."""

import json
from collections import Counter

import pytest

from bench.safety import ALL_TIERS, Result, draw, figures, report, upper_bound
from tools.assistant_process import ROOT
from triage.rules import ESCALATING_TIERS, TIERS, rule_table

KINDS = {
    "positive", "misspelt", "third_person", "mixed", "negated", "hypothetical", "past", "family", "lookalike",
    "minimised",
}  # fmt: skip


def _lines(name):
    folder = ROOT / "bench" / "datasets" / "safety"
    return [
        json.loads(line)
        for third in ("development", "sealed_test")
        for line in (folder / f"{third}_{name}.jsonl").open()
    ]


def test_the_labelled_set_is_large_and_even():
    messages = _lines("messages")
    assert len(messages) >= 600
    assert len({entry["text"].lower() for entry in messages}) == len(messages)
    escalating = sum(entry["tier"] in ESCALATING_TIERS for entry in messages)
    assert 0.48 < escalating / len(messages) < 0.52
    kinds = Counter(entry["kind"] for entry in messages)
    assert kinds.keys() == KINDS
    assert min(kinds.values()) >= 40
    assert {entry["tier"] for entry in messages} <= set(ALL_TIERS)


def test_every_urgent_rule_decides_three_messages_or_more():
    decided = Counter(entry["rule"] for entry in _lines("messages"))
    urgent = [rule.id.split("_")[0] for rule in rule_table() if rule.tier in ESCALATING_TIERS]
    assert [rule for rule in urgent if decided[rule] < 3] == []


def test_dialogues_have_a_tier_for_every_turn():
    dialogues = _lines("dialogues")
    assert len(dialogues) >= 60
    for entry in dialogues:
        assert len(entry["turns"]) == len(entry["tiers"])
        assert set(entry["tiers"]) <= set(ALL_TIERS)


def test_the_labelled_words_are_not_those_of_the_patient_phrases():
    from triage.findings import vocabulary

    phrases = {phrase.lower() for finding in vocabulary().values() for phrase in finding.patient_phrases}
    assert not [entry["text"] for entry in _lines("messages") if entry["text"].lower() in phrases]


@pytest.mark.parametrize(
    ("misses", "cases", "bound"), [(0, 200, 0.01487), (1, 200, 0.02350), (5, 5, 1.0), (0, 1, 0.95)]
)
def test_upper_bound_of_a_miss_rate(misses, cases, bound):
    assert upper_bound(misses, cases) == pytest.approx(bound, abs=1e-4)


def _result(wanted, told, with_question=None, *, sealed=False):
    return Result("words", wanted, "positive", told, with_question or told, None, sealed)


def test_figures_count_what_came():
    now, today, soon = TIERS[:3]
    found = figures(
        [
            _result(now, now), _result(now, today), _result(now, "none", now),
            _result(today, soon), _result(today, now),
            _result("none", "none"), _result("none", now), _result(soon, "none", today),
        ]
    )  # fmt: skip
    assert [found["all"][name] for name in ("told", "asked", "lower", "missed")] == [2, 1, 1, 1]
    assert found["all"]["sensitivity"] == pytest.approx(4 / 5)
    assert found["urgent_same_day"]["missed"] == 1
    assert found["safe_advice_strict"] == pytest.approx(2 / 5)
    assert found["safe_advice_gilbert"] == pytest.approx(4 / 5)
    assert found["harmless"] == {"cases": 3, "alarms": 1, "asked": 1, "false_alarm_rate": pytest.approx(1 / 3)}
    assert found["over_triage"]["urgent_same_day"] == pytest.approx(1 / 2)


def test_the_report_lists_misses_in_full_but_not_those_of_the_sealed_third(tmp_path):
    results = [_result(TIERS[0], "none"), _result(TIERS[0], "none", sealed=True), _result("none", TIERS[1])]
    dialogues = {"figures": {"open: dialogues": 1}, "low": []}
    text = report(results, dialogues, show_sealed=False)
    assert "got none: words" in text
    assert "got none: (sealed)" in text
    assert "(sealed)" not in report(results, dialogues, show_sealed=True)
    draw(results, tmp_path / "tiers.png")
    assert (tmp_path / "tiers.png").stat().st_size > 5_000

from pathlib import Path

import pytest

from triage.engine import assess
from triage.loading import read_data
from triage.rules import TIERS, rank, rule_table

SELF_TESTS = read_data(Path(__file__).parent / "self_test_cases.yml")


@pytest.mark.parametrize("case", SELF_TESTS, ids=lambda case: "+".join(case["findings"])[:80])
def test_self_test_case_gets_its_tier_and_rule(case):
    assessment = assess(case["findings"])
    assert assessment.tier == case["expect_tier"]
    assert case["expect_rule"] in [rule.id for rule in assessment.rules]


def test_every_rule_is_reached_by_a_self_test():
    assert {case["expect_rule"] for case in SELF_TESTS} == {rule.id for rule in rule_table()}


def test_nothing_found_is_no_tier_and_no_rule():
    assert assess([]).tier is None
    assert assess([]).rules == ()


def test_unknown_findings_change_nothing():
    assert assess(["dark_urine", "not_a_finding"]).tier == assess(["dark_urine"]).tier


def test_highest_tier_wins_and_lower_rules_are_kept_in_order():
    assessment = assess(["chest_pain", "spasm_over_2_weeks", "palpitations"])
    assert assessment.tier == "emergency_now"
    ranks = [rank(rule.tier) for rule in assessment.lower_rules]
    assert ranks
    assert ranks == sorted(ranks, reverse=True)


def test_tiers_rank_from_self_care_to_emergency():
    assert [rank(tier) for tier in reversed(TIERS)] == [1, 2, 3, 4, 5]
    assert rank(None) == 0


def test_adding_one_finding_never_lowers_a_tier_but_for_the_known_cases():
    """`known_downgrades` of the table: onset, usual seizure, injured leg, cramp that holds the leg."""
    from triage.findings import vocabulary

    known = {"gradual_onset", "known_epilepsy", "recent_injury", "spasm_painful"}
    for first in vocabulary():
        before = rank(assess([first]).tier)
        for second in vocabulary().keys() - known:
            assert rank(assess([first, second]).tier) >= before, (first, second)

import itertools
import random
from pathlib import Path

import pytest

from triage.engine import assess, could_escalate, danger_probabilities, qualifying_findings
from triage.findings import vocabulary
from triage.loading import read_data
from triage.rules import ESCALATING_TIERS, rank, rule_table

SELF_TESTS = read_data(Path(__file__).parent / "self_test_cases.yml")


def some_findings(seed, most):
    rng = random.Random(seed)
    return rng.sample(list(vocabulary()), rng.randint(0, most))


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


def test_a_spasm_that_no_rule_covers_is_cared_for_at_home():
    assessment = assess(["spasm_present", "gradual_onset"])
    assert assessment.tier == "self_care"
    assert assess(["gradual_onset"]).tier is None


def test_unknown_findings_change_nothing():
    assert assess(["dark_urine", "not_a_finding"]).tier == assess(["dark_urine"]).tier


@pytest.mark.parametrize("seed", range(200))
def test_the_rules_that_match_are_those_of_the_whole_table(seed):
    findings = some_findings(seed, 8)
    matching = {rule.id for rule in rule_table() if rule.criteria.matches(findings)}
    assessment = assess(reversed(findings))
    assert {rule.id for rule in (*assessment.rules, *assessment.lower_rules)} == matching
    assert all(rule.tier == assessment.tier for rule in assessment.rules)
    assert all(rank(rule.tier) < rank(assessment.tier) for rule in assessment.lower_rules)


def test_highest_tier_wins_and_lower_rules_are_kept_in_order():
    assessment = assess(["chest_pain", "spasm_over_2_weeks", "palpitations"])
    assert assessment.tier == "emergency_now"
    ranks = [rank(rule.tier) for rule in assessment.lower_rules]
    assert ranks
    assert ranks == sorted(ranks, reverse=True)


def test_adding_one_finding_never_lowers_a_tier_but_for_the_known_cases():
    """`known_downgrades` of the table: onset, usual seizure, injured leg, cramp that holds the leg."""
    known = {"gradual_onset", "known_epilepsy", "recent_injury", "spasm_painful"}
    for first in vocabulary():
        before = rank(assess([first]).tier)
        for second in vocabulary().keys() - known:
            assert rank(assess([first, second]).tier) >= before, (first, second)


def test_a_tier_is_supported_by_what_its_rules_are_about():
    assessment = assess(["chest_pain", "spasm_over_2_weeks"])
    assert assessment.supported_by(["fever_38", "chest_pain"])
    assert not assessment.supported_by(["spasm_over_2_weeks"])
    assert not assessment.supported_by([])
    assert not assess([]).supported_by(["chest_pain"])


def test_combinations_of_unclear_findings_are_weighed_as_independent():
    weights = {there: weight for weight, there in danger_probabilities([], {"chest_pain": 0.3, "seizure": 0.1})}
    assert weights == pytest.approx(
        {
            frozenset(): 0.63,
            frozenset({"chest_pain"}): 0.27,
            frozenset({"seizure"}): 0.07,
            frozenset({"chest_pain", "seizure"}): 0.03,
        }
    )


@pytest.mark.parametrize("number", range(8))
def test_weights_add_up_to_one_and_only_the_five_likeliest_are_weighed(number):
    probabilities = {finding: (place + 1) / 10 for place, finding in enumerate(list(vocabulary())[:number])}
    combinations = danger_probabilities([], probabilities)
    assert sum(weight for weight, _ in combinations) == pytest.approx(1)
    assert len(combinations) == 2 ** min(number, 5)
    likeliest = sorted(probabilities, key=lambda finding: -probabilities[finding])[:5]
    assert frozenset().union(*(there for _, there in combinations)) == set(likeliest)


def test_what_is_certain_is_not_weighed():
    assert danger_probabilities(["chest_pain"], {"chest_pain": 0.5}) == [(1.0, frozenset())]


@pytest.mark.parametrize(
    ("reported", "qualifying"),
    [
        (["speech_trouble", "gradual_onset"], ["gradual_onset"]),
        (["seizure", "known_epilepsy"], ["known_epilepsy"]),
        (["chest_pain", "seizure"], []),
        (["gradual_onset"], []),
        ([], []),
    ],
)
def test_what_makes_the_others_less_urgent_is_named(reported, qualifying):
    assert qualifying_findings(reported) == qualifying


@pytest.mark.parametrize("seed", range(200))
def test_what_calls_for_help_in_some_part_could_escalate(seed):
    findings = some_findings(seed, 5)
    parts = itertools.chain.from_iterable(itertools.combinations(findings, size) for size in range(len(findings) + 1))
    if any(assess(part).tier in ESCALATING_TIERS for part in parts):
        assert could_escalate(findings)


def test_what_is_harmless_in_every_part_could_not_escalate():
    assert not could_escalate([])
    assert not could_escalate(["spasm_present", "spasm_over_2_weeks", "gradual_onset", "not_a_finding"])

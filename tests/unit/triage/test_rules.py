from datetime import date

import pytest

from triage.evidence import sources
from triage.findings import vocabulary
from triage.rules import ESCALATING_TIERS, TIERS, rank, rule_table, tier_label


def test_tiers_rank_from_self_care_to_emergency():
    assert [rank(tier) for tier in reversed(TIERS)] == [1, 2, 3, 4, 5]
    assert rank(None) == 0


def test_an_unknown_tier_has_no_rank_and_no_label():
    with pytest.raises(ValueError):
        rank("soon")
    with pytest.raises(KeyError):
        tier_label("soon")


def test_the_escalating_tiers_are_the_highest():
    assert {rank(tier) for tier in ESCALATING_TIERS} == {4, 5}


def test_each_tier_is_an_instruction_of_its_own():
    labels = [tier_label(tier) for tier in TIERS]
    assert len(set(labels)) == len(TIERS)
    assert tier_label("emergency_now") == "Call the emergency number now"


@pytest.mark.parametrize("rule", rule_table(), ids=lambda rule: rule.id)
def test_a_rule_is_complete(rule):
    assert rule.tier in TIERS
    assert rule.name
    assert rule.why
    assert rule.what_to_do.endswith((".", "!"))
    assert rule.criteria.findings <= vocabulary().keys()
    assert date.fromisoformat(rule.reviewed)


@pytest.mark.parametrize("rule", rule_table(), ids=lambda rule: rule.id)
def test_a_rule_holds_for_the_findings_that_it_names_and_never_for_none(rule):
    assert rule.criteria.could_match(rule.criteria.findings)
    assert not rule.criteria.matches(())


@pytest.mark.parametrize("rule", rule_table(), ids=lambda rule: rule.id)
def test_what_a_rule_is_said_to_stand_on_was_read(rule):
    assert rule.sources
    if rule.verified:
        assert any(sources()[source].verified for source in rule.sources)


@pytest.mark.parametrize("rule", [rule for rule in rule_table() if rule.ask_about], ids=lambda rule: rule.id)
def test_a_bare_yes_confirms_what_the_rule_does_not_know_yet(rule):
    assert rule.ask_first
    assert rule.ask_first.rstrip().endswith("?")
    assert rule.ask_about in vocabulary()

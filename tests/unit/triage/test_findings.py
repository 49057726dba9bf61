import pytest

from triage.engine import assess
from triage.findings import ASSERTIONS, implied_findings, vocabulary, with_implied
from triage.rules import rank, rule_table


def test_findings_are_kept_under_their_ids():
    assert all(id_ == finding.id for id_, finding in vocabulary().items())
    assert vocabulary()["chest_pain"].kind == "symptom"
    assert "not_a_finding" not in vocabulary()


@pytest.mark.parametrize("finding", vocabulary().values(), ids=lambda finding: finding.id)
def test_a_finding_can_be_said_back_and_asked_about(finding):
    assert finding.kind in {"symptom", "context", "modifier"}
    assert finding.name[0].isupper() or not finding.name[0].isalpha()
    assert not finding.short[0].isupper() or finding.short[:2].isupper()
    assert finding.confirm.endswith("?")
    assert finding.patient_phrases


def test_every_finding_that_a_rule_names_is_known_and_the_other_way_round():
    named = frozenset().union(*(rule.criteria.findings for rule in rule_table()))
    asked_about = {rule.ask_about for rule in rule_table() if rule.ask_about}
    assert named | asked_about <= vocabulary().keys()


@pytest.mark.parametrize(
    ("finding", "implied"),
    [("temp_40", ("fever_38",)), ("both_legs_weak", ("leg_weakness",)), ("fever_38", ()), ("not_a_finding", ())],
)
def test_the_worse_implies_the_lesser(finding, implied):
    assert implied_findings(finding) == implied
    assert with_implied(finding) == (finding, *implied)


@pytest.mark.parametrize("assertion", [assertion for assertion in ASSERTIONS if assertion != "present"])
def test_what_is_not_present_implies_nothing(assertion):
    assert with_implied("temp_40", assertion) == ("temp_40",)


@pytest.mark.parametrize("finding", vocabulary())
def test_what_is_implied_implies_nothing_more_and_never_calms(finding):
    for implied in implied_findings(finding):
        assert implied != finding
        assert set(implied_findings(implied)) <= set(implied_findings(finding))
    assert rank(assess(with_implied(finding)).tier) >= rank(assess([finding]).tier)

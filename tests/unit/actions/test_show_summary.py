import pytest

from actions.apply_red_flag_rules import ActionApplyRedFlagRules
from actions.show_summary import ActionShowSummary
from tests.unit.actions.talk import Talk


def summary(talk):
    return talk.hears("ask_summary").runs(ActionShowSummary)


def test_findings_and_advice_are_listed(talk):
    talk.hears("report_emergency", "face_droop", "spasm_present")
    summary(talk.runs(ActionApplyRedFlagRules))
    assert talk.responses == ["utter_summary"]
    assert "- Face drooping on one side" in talk.messages[0]["reported"].splitlines()
    assert "emergency number" in talk.messages[0]["advice"]


def test_facts_and_background_follow_the_findings(talk):
    facts = [
        {"entity": "age", "value": "54"},
        {"entity": "side", "value": "left"},
        {"entity": "factor", "value": "statin", "background": "a statin"},
    ]
    summary(talk.hears("report_symptoms", "spasm_present", entities=facts))
    assert talk.messages[0]["reported"].splitlines()[1:] == ["- Age: 54", "- Side: left", "- You spoke of: a statin"]


def test_the_tier_is_put_in_front_of_the_advice_unless_the_advice_says_it(talk):
    summary(talk.hears("ask_causes", "leg_weakness"))
    assert talk.messages[0]["advice"].startswith("See a doctor in the next few days. ")


@pytest.mark.parametrize("finding", ["chest_pain", "face_droop"])
def test_the_advice_has_the_number_of_the_country(finding):
    talk = summary(Talk(country="GB").hears("report_emergency", finding))
    assert "all 999" in talk.messages[0]["advice"]


def test_findings_without_a_tier_get_the_advice_to_watch_them(talk):
    summary(talk.hears("report_symptoms", "hard_exertion"))
    assert talk.tier is None
    assert talk.messages[0]["advice"] == "watch it, and come back if it changes."


def test_facts_alone_are_no_summary(talk):
    summary(talk.hears("report_symptoms", entities=[{"entity": "age", "value": "54"}]))
    assert talk.responses == ["utter_summary_empty"]


def test_a_summary_closes_an_open_question(talk):
    talk.hears("report_urgent", "dark_urine").runs(ActionApplyRedFlagRules)
    assert talk.open_question != (None, None)
    assert summary(talk).open_question == (None, None)


@pytest.mark.parametrize("prepare", [summary, lambda talk: talk.runs(ActionShowSummary)], ids=["case", "no case"])
def test_an_empty_summary_offers_the_check(talk, prepare):
    prepare(talk)
    assert (talk.responses, talk.returned) == (["utter_summary_empty"], [])

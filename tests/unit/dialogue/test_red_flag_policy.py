"""What the RedFlagPolicy puts before any other answer, and the case that it folds once a turn."""

import pytest

from dialogue import red_flag_policy
from dialogue.current_case import current_case
from dialogue.red_flag_policy import RedFlagPolicy
from tests.unit.dialogue.conftest import made
from triage.case import Case

RULES = "action_apply_red_flag_rules"
QUESTION = {"confirming_finding": "chest_pain", "confirming_question": "has"}


@pytest.fixture(scope="module")
def policy():
    return made(RedFlagPolicy)


def possible(finding, chance):
    return {"entity": "possible_finding", "value": finding, "chance": chance}


def test_a_harmless_question_is_left_to_others(talk, policy):
    assert talk.hears("ask_causes").predicted(policy) is None


def test_nothing_is_planned_before_anybody_spoke(talk, policy):
    assert talk.predicted(policy) is None
    assert talk.tracker.get_slot("case") is None


def test_a_danger_in_one_message_has_its_own_rule(talk, policy):
    assert talk.hears("report_emergency", "chest_pain").predicted(policy) is None
    assert talk.tracker.get_slot("case")["tier"] == "emergency_now"


def test_a_danger_told_in_two_halves_gets_its_first_line_and_the_rules(talk, policy):
    assert talk.hears("report_symptoms", "calf_pain").turn(policy) == []
    assert talk.hears("ask_causes", "clot_risk").turn(policy) == ["utter_report_urgent", RULES]


def test_what_is_unclear_is_asked_about_before_the_answer(talk, policy):
    assert talk.hears("ask_causes", possible=[possible("chest_pain", 0.5)]).turn(policy) == ["action_ask_about_finding"]


def test_what_is_unlikely_is_not(talk, policy):
    assert talk.hears("ask_causes", possible=[possible("chest_pain", 0.01)]).turn(policy) == []


def test_a_recording_is_named_before_the_question(talk, policy):
    talk.hears("message_in_other_form", possible=[possible("chest_pain", 0.5)])
    assert talk.turn(policy) == ["utter_message_in_other_form", "action_ask_about_finding"]


def test_a_no_sets_the_question_that_waited_free(talk, policy):
    talk.hears("ask_causes", possible=[possible("chest_pain", 0.5)]).turn(policy)
    talk.sets(**QUESTION).hears("deny", text="no", reply=["no"])
    assert talk.turn(policy) == ["action_take_reply", "utter_ask_causes"]


def test_a_yes_raises_the_alarm(talk, policy):
    talk.hears("ask_causes", possible=[possible("chest_pain", 0.5)]).turn(policy)
    talk.sets(**QUESTION).hears("affirm", text="yes", reply=["yes"])
    assert talk.turn(policy) == ["utter_report_emergency", RULES]


def test_in_an_emergency_nothing_else_is_answered(talk, policy):
    talk.hears("report_emergency", "chest_pain").turn(policy)
    assert talk.hears("ask_causes").turn(policy) == ["utter_emergency_in_view", RULES]


def test_where_help_is_needed_today_the_answer_follows_unless_it_treats_the_leg(talk, policy):
    talk.hears("report_urgent", "dark_urine").turn(policy)
    assert talk.hears("ask_causes").turn(policy) == ["utter_urgent_in_view", "utter_ask_causes", RULES]
    assert talk.hears("ask_massage_heat_cold").turn(policy) == ["utter_urgent_in_view", RULES]


def test_help_that_was_reached_gives_rest_until_a_new_danger(talk, policy):
    talk.hears("report_emergency", "chest_pain").turn(policy)
    talk.hears("got_help").turn(policy)
    talk.sets(help_reached=True)
    assert talk.hears("ask_causes").turn(policy) == []


def test_forget_me_does_not_wipe_a_danger_away_at_the_first_try(talk, policy):
    talk.hears("report_emergency", "chest_pain").turn(policy)
    assert talk.hears("forget_me", text="forget i said it").turn(policy) == ["utter_emergency_in_view", RULES]
    assert talk.hears("forget_me", text="/forget_me").turn(policy) == []


def test_a_denial_is_asked_about_by_the_rules(talk, policy):
    talk.hears("report_emergency", "chest_pain").turn(policy)
    assert talk.hears("report_symptoms", "-chest_pain").turn(policy) == [RULES]


def test_the_case_is_folded_once_a_turn(talk, policy, monkeypatch):
    talk.hears("report_symptoms", "calf_pain").predicted(policy)
    monkeypatch.setattr("dialogue.current_case.fold", lambda *_: pytest.fail("folded again"))
    talk.does("utter_report_symptoms")
    talk.predicted(policy)
    assert current_case(talk.tracker).now.present == ("calf_pain",)


def test_a_new_message_is_folded_anew(talk, policy):
    talk.hears("report_symptoms", "calf_pain").predicted(policy)
    talk.hears("report_symptoms", "chest_pain").predicted(policy)
    assert Case.from_json(talk.tracker.get_slot("case")).now.present == ("calf_pain", "chest_pain")


def test_a_restart_leaves_no_case(talk, policy):
    talk.hears("report_emergency", "chest_pain").predicted(policy)
    talk.restarts()
    assert talk.tracker.get_slot("case") is None
    assert talk.predicted(policy) is None
    assert talk.tracker.get_slot("case") is None


def test_a_break_in_the_plan_leaves_the_case_and_abstains(talk, policy, monkeypatch):
    def broken(_):
        raise RuntimeError("broken")

    monkeypatch.setattr(red_flag_policy, "next_escalation_action", broken)
    assert talk.hears("report_emergency", "chest_pain").predicted(policy) is None
    assert talk.tracker.get_slot("case")["tier"] == "emergency_now"

"""Answers to several questions, to follow-ups, and for who the person is."""

import pytest

from dialogue.answer_policy import AnswerPolicy, answers_said
from dialogue.red_flag_policy import RedFlagPolicy
from nlu.intents.follow_ups import Answer
from tests.unit.dialogue.conftest import made

RULES = "action_apply_red_flag_rules"


@pytest.fixture(scope="module")
def policies():
    return made(RedFlagPolicy), made(AnswerPolicy)


def asked(topic, variant="general", entity="also_asked"):
    return {"entity": entity, "value": topic, "variant": variant}


def answered(talk, topic, variant="general", buttons=()):
    """Adds a message that was answered by a rule."""
    talk.hears(topic, answer_variant=[variant]).sets(answer_variant=variant)
    talk.does(f"utter_{topic}", "An answer.", buttons)


def test_one_topic_is_answered_by_the_response_of_its_name_then_the_rules(talk, policies):
    assert talk.hears("ask_causes").turn(*policies) == ["utter_ask_causes", RULES]
    assert talk.hears("greet").turn(*policies) == ["utter_greet", RULES]


@pytest.mark.parametrize("intent", ["affirm", "ask_summary", "got_help", "report_emergency", "report_urgent"])
def test_what_has_an_action_of_its_own_or_is_a_danger_is_left_to_the_rules(talk, policies, intent):
    assert talk.hears(intent).predicted(policies[1]) is None


def test_a_message_that_asks_nothing_gets_its_own_response_alone(talk, policies):
    talk.hears("message_too_long", several=[asked("ask_causes"), asked("ask_relief_now")])
    assert talk.turn(*policies) == ["utter_message_too_long", RULES]


def test_several_topics_are_answered_in_their_order_then_the_rules(talk, policies):
    talk.hears("ask_causes", several=[asked("ask_causes"), asked("ask_relief_now", "night")])
    assert talk.turn(*policies) == ["utter_ask_causes", "utter_ask_relief_now", RULES]


def test_the_variant_of_each_answer_is_set_before_it(talk, policies):
    talk.hears("ask_causes", several=[asked("ask_causes", "night"), asked("ask_relief_now")])
    assert talk.predicted(policies[1]) == "utter_ask_causes"
    assert talk.tracker.get_slot("answer_variant") == "night"
    assert talk.does("utter_ask_causes").predicted(policies[1]) == "utter_ask_relief_now"
    assert talk.tracker.get_slot("answer_variant") == "general"


def test_topics_beyond_the_third_are_named_at_the_end(talk, policies):
    topics = ["ask_causes", "ask_relief_now", "ask_prevention"]
    left_out = asked("ask_massage_heat_cold", entity="left_out")
    talk.hears("ask_causes", several=[*map(asked, topics), left_out])
    assert talk.turn(*policies) == [*(f"utter_{topic}" for topic in topics), RULES, "utter_left_out"]
    assert talk.tracker.get_slot("left_out") == "massage, heat, cold"


def test_a_medicine_called_by_its_name_is_said_back_first(talk, policies):
    medicine = {"entity": "factor", "value": "diuretics", "medicine": "furosemide, a water tablet"}
    talk.hears("ask_cause_medication", named=[medicine], answer_variant=["diuretics"])
    assert talk.turn(*policies) == ["utter_you_mentioned", "utter_ask_cause_medication", RULES]
    assert talk.tracker.get_slot("medicine") == "furosemide, a water tablet"


def test_who_the_person_is_chooses_later_answers(talk, policies):
    talk.hears("report_symptoms", "pregnant_or_postnatal").turn(*policies)
    talk.hears("ask_prevention", answer_variant=["general"])
    assert talk.turn(*policies) == ["utter_ask_prevention", RULES]
    assert talk.tracker.get_slot("answer_variant") == "pregnancy"


def test_a_detail_that_was_named_goes_before_who_the_person_is(talk, policies):
    talk.hears("report_symptoms", "pregnant_or_postnatal").turn(*policies)
    talk.hears("ask_prevention", answer_variant=["night"]).sets(answer_variant="night")
    assert talk.turn(*policies) == ["utter_ask_prevention", RULES]
    assert talk.tracker.get_slot("answer_variant") == "night"


def test_a_follow_up_is_read_in_the_light_of_the_last_answer(talk, policies):
    answered(talk, "ask_causes")
    talk.hears("nlu_fallback", follow_up=["how_long"])
    assert talk.turn(*policies) == ["utter_ask_duration", RULES]


def test_a_follow_up_to_nothing_is_left_to_others(talk, policies):
    assert talk.hears("ask_privacy", follow_up=["how_long"]).turn(*policies) == ["utter_ask_privacy", RULES]


def test_more_leads_to_the_first_button_that_was_not_answered(talk, policies):
    buttons = [{"payload": "/ask_causes"}, {"payload": '/ask_prevention{"answer_variant": "night"}'}]
    answered(talk, "ask_causes", buttons=buttons)
    assert talk.hears("ask_more").turn(*policies) == ["utter_ask_prevention", RULES]
    assert talk.tracker.get_slot("answer_variant") == "night"


def test_more_without_anything_left_is_told_by_an_action(talk, policies):
    answered(talk, "ask_causes")
    assert talk.hears("ask_more").turn(*policies) == ["action_tell_more", RULES]


def test_the_second_one_chooses_the_second_button(talk, policies):
    answered(talk, "ask_causes", buttons=[{"payload": "/ask_prevention"}, {"payload": "/ask_relief_now"}])
    talk.hears("nlu_fallback", text="the second one")
    assert talk.turn(*policies) == ["utter_ask_relief_now", RULES]


def test_answers_before_a_restart_are_forgotten(talk):
    answered(talk, "ask_causes")
    talk.hears("ask_more")
    assert answers_said(talk.tracker) == [Answer("ask_causes", "general")]
    talk.restarts().hears("ask_more")
    assert answers_said(talk.tracker) == []

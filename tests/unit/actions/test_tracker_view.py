import pytest
from rasa_sdk import Tracker

from actions.tracker_view import TrackerView
from tests.unit.actions.talk import Talk
from triage.case import Case

YES = {"title": "Yes", "payload": "/affirm"}


@pytest.mark.parametrize("latest", [None, {}, {"intent": None, "entities": None, "text": None}])
def test_an_empty_tracker_reads_as_nothing(latest):
    view = TrackerView(Tracker("somebody", {}, latest, [], False, None, {}, None))
    assert view.case == Case()
    assert (view.intent, view.text, view.country, view.last_response()) == ("", "", None, "")
    assert (view.suggestions(), view.facts(), view.last_answer()) == ([], {}, {})
    assert view.not_understood_in_a_row() == 0
    assert not view.asked_recently()
    assert view.open_question() == []


def test_the_case_is_read_from_its_slot(talk):
    assert talk.hears("report_emergency", "chest_pain").view().case.now.present == ("chest_pain",)


def test_the_latest_message_is_read():
    view = Talk().hears("affirm", text="  yes ").view()
    assert (view.intent, view.text) == ("affirm", "yes")


def test_the_persons_country_goes_before_the_channels():
    assert Talk(country="AU", country_hint="GB").view().country == "AU"
    assert Talk(country_hint="GB").view().country == "GB"


def test_suggestions_are_read_in_order_and_alone(talk):
    entities = [{"entity": "suggestion", "value": topic} for topic in ("ask_duration", "ask_causes")]
    assert talk.hears("nlu_fallback", "calf_pain", entities=entities).view().suggestions() == [
        "ask_duration",
        "ask_causes",
    ]


def test_facts_come_in_the_order_of_the_summary_the_latest_of_each(talk):
    told = [("duration", "two weeks"), ("age", "53"), ("age", "54")]
    talk.hears("report_symptoms", entities=[{"entity": kind, "value": value} for kind, value in told])
    assert list(talk.view().facts().items()) == [("Age", "54"), ("How long", "two weeks")]


def test_background_comes_last_on_one_line(talk):
    background = [{"entity": "factor", "value": "x", "background": words} for words in ("pregnancy", "a statin")]
    talk.hears("ask_causes", entities=[*background, {"entity": "age", "value": "30"}])
    assert list(talk.view().facts().items()) == [("Age", "30"), ("You spoke of", "pregnancy, a statin")]


@pytest.mark.parametrize(
    ("intents", "count"),
    [
        (["nlu_fallback"], 1),
        (["out_of_scope", "nlu_fallback"], 2),
        (["nlu_fallback", "ask_causes"], 0),
        (["nlu_fallback", "ask_causes", "out_of_scope"], 1),
    ],
)
def test_messages_without_an_answer_are_counted_up_to_the_latest(talk, intents, count):
    for intent in intents:
        talk.hears(intent).says("utter_nlu_fallback")
    assert talk.view().not_understood_in_a_row() == count


@pytest.mark.parametrize("event", ["session_started", "restart"])
def test_what_lies_before_a_new_start_is_not_looked_at(talk, event):
    talk.hears("nlu_fallback").says("utter_ask_danger", buttons=[YES], sources=["nhs_leg_cramps"]).starts_anew(event)
    assert talk.view().not_understood_in_a_row() == 0
    assert talk.view().last_answer() == {}
    assert not talk.view().asked_recently()


def test_the_last_answer_is_the_last_with_sources(talk):
    talk.hears("ask_causes").says("utter_ask_causes", sources=["a"]).says("utter_noted").says("utter_x", sources=[])
    assert talk.view().last_answer() == {"utter_action": "utter_ask_causes", "metadata": {"sources": ["a"]}}


def test_a_question_counts_as_recent_for_eight_messages_of_the_assistant(talk):
    talk.says("utter_ask_danger", buttons=[{"title": "More", "payload": "/ask_causes"}, YES])
    for _ in range(7):
        talk.says("utter_noted")
    assert talk.view().asked_recently()
    assert not talk.says("utter_noted").view().asked_recently()


def test_a_button_that_leads_to_a_topic_asks_nothing(talk):
    assert not talk.says("utter_noted", buttons=[{"title": "More", "payload": "/ask_causes"}]).view().asked_recently()


def test_the_last_response_is_that_before_the_latest_message(talk):
    talk.says("utter_greet")
    assert talk.view().last_response() == ""
    talk.hears("ask_causes").says("utter_ask_causes").says("utter_noted").hears("affirm").says("utter_kept")
    assert talk.view().last_response() == "utter_noted"
    assert talk.hears("affirm").hears("affirm").view().last_response() == ""


def test_a_bot_message_without_metadata_is_no_response(talk):
    talk.says("utter_noted")
    talk.events.append({"event": "bot", "text": "…"})
    assert talk.hears("affirm").view().last_response() == "utter_noted"


def test_only_what_changes_in_the_open_question_is_set():
    view = Talk(confirming_finding="chest_pain", confirming_question="has").view()
    assert view.open_question("chest_pain", "has") == []
    assert [(event["name"], event["value"]) for event in view.open_question("chest_pain", "gone")] == [
        ("confirming_question", "gone")
    ]
    assert {event["name"]: event["value"] for event in view.open_question()} == {
        "confirming_finding": None,
        "confirming_question": None,
    }

from dataclasses import replace

import pytest

from actions.wording import (
    NAVIGATION_TITLES,
    advice,
    dangers,
    finding_names,
    is_answer,
    lower_first,
    topic_buttons,
    with_emergency_number,
)
from triage.findings import vocabulary
from triage.rules import rule_table
from triage.topics import TOPICS

CALL = "Call your local emergency number now."


def rule(name="A thing", what_to_do="Rest."):
    return replace(rule_table()[0], name=name, what_to_do=what_to_do)


def test_dangers_are_joined_in_mid_sentence():
    assert dangers([rule("A stroke"), rule("Sepsis")]) == "a stroke; sepsis"


def test_a_danger_comes_once_and_no_more_than_three_do():
    assert dangers(map(rule, ["One", "Two", "One", "Three", "Four"])) == "one; two; three"


def test_no_rule_is_no_danger_and_no_advice():
    assert dangers([]) == ""
    assert advice([], "GB") == ""


def test_advice_of_the_first_two_rules_is_given():
    rules = [rule(what_to_do="Sit down."), rule(what_to_do="Drink water."), rule(what_to_do="Sleep.")]
    assert advice(rules, None) == "Sit down. Drink water."


def test_sentences_that_begin_alike_come_once():
    rules = [
        rule(what_to_do="Do not drive. Sit down."),
        rule(what_to_do="Do not drive. Sleep."),
        rule(what_to_do="Eat."),
    ]
    assert advice(rules, None) == "Do not drive. Sit down. Sleep."
    rules = [rule(what_to_do="Call your doctor today."), rule(what_to_do="Call your doctor soon.")]
    assert advice(rules, None) == "Call your doctor today."


def test_the_call_that_the_first_line_has_made_already_is_left_out_unless_it_is_all():
    assert advice([rule(what_to_do=f"{CALL} Lie down.")], "GB") == "Lie down."
    assert advice([rule(what_to_do=CALL)], "GB") == "Call 999 now."


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        (CALL, "AU", "Call 000 now."),
        ("If not, call your local emergency number.", "US", "If not, call 911."),
        (CALL, None, CALL),
        (CALL, "XX", CALL),
        ("Keep your local emergency number at hand.", "GB", "Keep your local emergency number at hand."),
        (f"{CALL} {CALL}", "GB", "Call 999 now. Call 999 now."),
    ],
)
def test_the_number_of_a_known_country_stands_in_the_advice(text, country, expected):
    assert with_emergency_number(text, country) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("A stroke", "a stroke"), ("DVT of the leg", "DVT of the leg"), ("", ""), ("a fall", "a fall")],
)
def test_a_name_goes_into_mid_sentence_unless_it_is_an_abbreviation(text, expected):
    assert lower_first(text) == expected


def test_findings_are_said_back_in_short():
    words = vocabulary()
    assert finding_names(["chest_pain", "calf_pain"]) == f"{words['chest_pain'].short}; {words['calf_pain'].short}"
    assert finding_names([]) == ""


@pytest.mark.parametrize("rule", rule_table(), ids=lambda rule: rule.id)
def test_advice_of_every_rule_can_be_said_in_a_known_country(rule):
    said = advice([rule], "GB")
    assert said
    assert "all your local emergency number" not in said
    assert "_" not in said + dangers([rule])


def test_a_button_leads_to_its_intent_under_its_plain_name():
    assert topic_buttons("ask_causes", "start_check") == [
        {"title": "What causes it", "payload": "/ask_causes"},
        {"title": "Check my symptoms", "payload": "/start_check"},
    ]


def test_each_intent_comes_once_in_the_order_given():
    assert [b["payload"] for b in topic_buttons("ask_duration", "ask_causes", "ask_duration")] == [
        "/ask_duration",
        "/ask_causes",
    ]


def test_an_intent_without_a_title_gets_no_button():
    assert topic_buttons("report_emergency", "no_such_topic") == []
    assert topic_buttons() == []


def test_no_title_stands_for_two_intents():
    titles = [*TOPICS.values(), *NAVIGATION_TITLES.values()]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("payload", ["/affirm", "/deny", "/unsure"])
def test_yes_no_and_not_sure_answer_a_question(payload):
    assert is_answer({"title": "…", "payload": payload})


@pytest.mark.parametrize(
    "button",
    [
        {"payload": "/ask_causes"},
        {"payload": "affirm"},
        {"payload": "/affirm and more"},
        {"payload": ""},
        {"payload": None},
        {"payload": 7},
        {"title": "Yes"},
        {},
    ],
)
def test_nothing_else_does(button):
    assert not is_answer(button)

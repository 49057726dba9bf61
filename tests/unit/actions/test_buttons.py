import pytest

from actions.buttons import NAVIGATION_TITLES, is_answer, topic_buttons
from triage.topics import TOPICS


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

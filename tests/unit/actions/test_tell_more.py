import json

import pytest

from actions.tell_more import ActionTellMore


def more(talk, responses):
    return talk.hears("ask_more").runs(ActionTellMore, {"responses": responses})


def variation(payload, *ids):
    return {"text": "…", "metadata": {"sources": list(ids)}, "buttons": [{"title": "More", "payload": payload}]}


def test_the_next_questions_of_the_last_topic_are_offered(talk):
    talk.hears("ask_cause_medication").says("utter_ask_cause_medication", sources=["nhs_leg_cramps"])
    talk.hears("ask_more").runs(ActionTellMore)
    assert talk.responses == ["utter_more_on_topic"]
    assert talk.messages[0]["buttons"]
    assert all("{{" not in button["payload"] for button in talk.messages[0]["buttons"])


def test_the_buttons_are_those_of_the_variant_that_was_given(talk):
    talk.hears("ask_causes").says("utter_ask_causes", sources=["b"])
    more(talk, {"utter_ask_causes": [variation("/ask_treatment", "a"), variation("/ask_duration", "b")]})
    assert [button["payload"] for button in talk.messages[0]["buttons"]] == ["/ask_duration"]


def test_braces_that_the_domain_doubles_come_single(talk):
    talk.hears("ask_causes").says("utter_ask_causes", sources=["a"])
    more(talk, {"utter_ask_causes": [variation('/ask_causes{{"answer_variant": "pregnancy"}}', "a")]})
    payload = talk.messages[0]["buttons"][0]["payload"]
    assert json.loads(payload.removeprefix("/ask_causes")) == {"answer_variant": "pregnancy"}


def test_a_question_of_ours_has_no_details(talk):
    talk.hears("ask_causes").says("utter_ask_causes", sources=["a"])
    assert more(talk, {"utter_ask_causes": [variation("/affirm", "a")]}).responses == ["utter_ask_more"]


@pytest.mark.parametrize("responses", [{}, None, {"utter_ask_causes": []}, {"utter_ask_causes": [{"text": "…"}]}])
def test_an_answer_without_buttons_or_gone_from_the_domain_asks_for_a_topic(talk, responses):
    talk.hears("ask_causes").says("utter_ask_causes", sources=["a"])
    assert more(talk, responses).responses == ["utter_ask_more"]


def test_more_without_a_topic_asks_for_one(talk):
    assert talk.hears("ask_more").runs(ActionTellMore).responses == ["utter_ask_more"]


def test_before_anything_is_said_it_asks_for_a_topic(talk):
    assert talk.runs(ActionTellMore, {}).responses == ["utter_ask_more"]

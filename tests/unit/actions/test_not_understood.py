import itertools

import pytest

from actions.not_understood import ActionNotUnderstood
from triage.topics import TOPICS


def misses(talk, intent="nlu_fallback", *topics):
    suggested = [{"entity": "suggestion", "value": topic} for topic in topics]
    return talk.hears(intent, entities=suggested).runs(ActionNotUnderstood)


def payloads(talk):
    return [button["payload"] for button in talk.messages[0]["buttons"]]


@pytest.mark.parametrize("intent", ["nlu_fallback", "out_of_scope"])
def test_no_two_answers_in_a_row_are_alike(talk, intent):
    given = [misses(talk, intent).responses for _ in range(6)]
    assert given[:4] == [
        [f"utter_{intent}"],
        [f"utter_{intent}_again"],
        ["utter_topic_list"],
        ["utter_topic_list_again"],
    ]
    assert all(one != other for one, other in itertools.pairwise(given))


def test_foreign_messages_and_those_not_understood_count_together(talk):
    misses(talk, "out_of_scope")
    misses(talk, "nlu_fallback")
    assert misses(talk, "out_of_scope").responses == ["utter_topic_list"]


def test_a_message_that_is_answered_begins_the_count_anew(talk):
    misses(talk)
    misses(talk)
    talk.hears("ask_causes")
    assert misses(talk).responses == ["utter_nlu_fallback"]


def test_the_list_of_topics_offers_the_check_and_a_person(talk):
    for _ in range(3):
        misses(talk)
    assert {"/start_check", "/ask_human"} <= set(payloads(talk))
    assert len(payloads(talk)) == 10


def test_two_likely_topics_are_both_offered(talk):
    misses(talk, "nlu_fallback", "ask_duration", "ask_cause_medication")
    assert talk.responses == ["utter_did_you_mean"]
    assert (talk.messages[0]["first"], talk.messages[0]["second"]) == ("how long it lasts", "is it my medicine")
    assert payloads(talk) == ["/ask_duration", "/ask_cause_medication"]


def test_of_two_topics_that_are_the_same_or_have_no_button_no_pair_is_made(talk):
    for topics in (["ask_duration", "ask_duration"], ["ask_duration", "no_such_topic"]):
        assert "utter_did_you_mean" not in misses(talk, "nlu_fallback", *topics).responses
        assert payloads(talk)[0] == "/ask_duration"


def test_the_nearest_topic_stands_before_the_common_ones(talk):
    misses(talk, "nlu_fallback", "ask_duration")
    assert payloads(talk) == ["/ask_duration", "/ask_causes", "/ask_relief_now"]


def test_a_foreign_message_is_named_as_such_even_with_two_near_topics(talk):
    misses(talk, "out_of_scope", "ask_duration", "ask_prevention")
    assert talk.responses == ["utter_out_of_scope"]
    assert payloads(talk)[:2] == ["/ask_duration", "/ask_prevention"]


def test_every_button_has_the_plain_name_of_its_topic(talk):
    misses(talk, "nlu_fallback", "ask_duration")
    assert talk.messages[0]["buttons"][0]["title"] == TOPICS["ask_duration"]


def test_no_slot_is_set(talk):
    assert misses(talk).returned == []

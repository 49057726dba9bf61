"""Rasa's rules see the last turns alone."""

from dialogue.last_turns_rule_policy import _last_turns


def test_a_short_conversation_is_seen_whole(talk, domain):
    talk.hears("greet").does("utter_greet").hears("ask_causes")
    assert _last_turns(talk.tracker, domain) is talk.tracker


def test_of_a_long_one_the_last_two_messages_are_seen_with_the_listening_before(talk, domain):
    for intent in ("greet", "ask_causes", "ask_prevention", "thank"):
        talk.hears(intent).does(f"utter_{intent}")
    events = [event.as_dict() for event in _last_turns(talk.tracker, domain).events]
    seen = [event.get("name") or (event.get("parse_data") or {}).get("intent", {}).get("name") for event in events]
    assert seen == [
        "action_listen", "ask_prevention", "utter_ask_prevention", "action_listen", "thank", "utter_thank",
    ]  # fmt: skip

"""What stands for messages that are gone must lead to the same reckoning as the messages themselves."""

import itertools
import json

import pytest

from dialogue.history import facts_told, questions_asked
from dialogue.snapshot import compact
from dialogue.state import replay, turns_from_events
from triage.case import ConversationState, Turn
from triage.contract import QuestionKind, Slot
from triage.rules import rule_table

FINDINGS = ["chest_pain", "calf_pain", "leg_warm_red", "leg_weakness", "gradual_onset", "speech_trouble"]
ASSERTIONS = ["present", "absent", "past", "hypothetical"]


def message(number):
    finding = FINDINGS[number % len(FINDINGS)]
    assertion = ASSERTIONS[number // 5 % len(ASSERTIONS)]
    entities = [
        {"entity": "finding", "value": finding, "assertion": assertion, "start": 0, "end": 5},
        {"entity": "finding", "value": "spasm_present", "assertion": "present", "start": 3, "end": 9},
        {"entity": "possible_finding", "value": FINDINGS[(number + 2) % 6], "chance": 0.2},
        {"entity": "duration", "value": f"{number} days"},
    ]
    kind = "take_back" if number % 7 == 6 else "report_symptoms"
    return {"event": "user", "parse_data": {"intent": {"name": kind}, "entities": entities, "text": "words here"}}


def conversation(length):
    events = [{"event": "session_started"}]
    for number in range(length):
        if number % 4 == 3:
            events += [
                {"event": "slot", "name": "confirming_finding", "value": FINDINGS[number % 5]},
                {"event": "slot", "name": "confirming_question", "value": QuestionKind.PRESENT},
            ]
        events += [message(number), {"event": "bot", "text": rule_table()[0].ask_first or "hello"}]
    return events


def shortened(events, cut):
    slots = {event["name"]: event["value"] for event in events[:cut] if event["event"] == "slot"}
    slots[Slot.SNAPSHOT] = json.loads(json.dumps(compact(events[:cut])))
    return [
        {"event": "session_started"},
        *({"event": "slot", "name": name, "value": value} for name, value in slots.items()),
        *events[cut:],
    ]


@pytest.mark.parametrize("cut", [1, 3, 8, 15, 22, 29])
def test_a_shortened_conversation_is_reckoned_alike(cut):
    events = conversation(14)
    short = shortened(events, cut)
    whole, part = replay(turns_from_events(events)), replay(turns_from_events(short))
    assert part == whole
    assert part.assessment.tier == whole.assessment.tier
    assert facts_told(short) == facts_told(events)


def test_shortening_again_and_again_changes_nothing():
    events = conversation(30)
    short = [events[0]]
    for event in events[1:]:
        short.append(event)
        if sum(e["event"] == "user" for e in short) > 3:
            messages = [number for number, e in enumerate(short) if e["event"] == "user"]
            short = shortened(short, messages[1])
    assert len(short) < 30
    assert replay(turns_from_events(short)) == replay(turns_from_events(events))


def test_what_was_asked_once_stays_asked():
    question = next(rule.ask_first for rule in rule_table() if rule.ask_first)
    events = [{"event": "session_started"}, message(0), {"event": "bot", "text": f"Hm. {question}"}, message(1)]
    short = shortened(events, 3)
    assert questions_asked(short) == [question]
    assert questions_asked([*short, {"event": "restart"}]) == []


def test_state_survives_json():
    state = replay([Turn((("chest_pain", "present"),), possible=(("seizure", 0.4),), reported_together=(("a", "b"),))])
    assert ConversationState.from_json(json.loads(json.dumps(state.to_json()))) == state


def test_a_new_start_forgets_what_is_condensed():
    short = shortened(conversation(5), 6)
    for start in ("restart", "session_started"):
        assert turns_from_events([*short, {"event": start}]) == []
        assert facts_told(itertools.chain(short, [{"event": start}])) == ({}, [])

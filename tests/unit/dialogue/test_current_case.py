"""The case of a tracker, folded anew for each message and read from its slot within a turn."""

import pytest

from dialogue.current_case import current_case, is_current


def test_before_anybody_spoke_there_is_no_case(talk):
    assert current_case(talk.tracker) is None
    assert not is_current(talk.tracker)


def test_the_slot_holds_the_case_of_the_latest_message_alone(talk):
    talk.hears("report_symptoms", "calf_pain")
    case = current_case(talk.tracker)
    assert case.now.present == ("calf_pain",)
    assert not is_current(talk.tracker)
    talk.sets(case=case.to_json())
    assert is_current(talk.tracker)
    talk.hears("ask_causes")
    assert not is_current(talk.tracker)
    assert current_case(talk.tracker).before.present == ("calf_pain",)


def test_within_a_turn_the_slot_is_read_and_nothing_folded(talk, monkeypatch):
    talk.hears("report_symptoms", "chest_pain")
    case = current_case(talk.tracker)
    talk.sets(case=case.to_json())
    monkeypatch.setattr("dialogue.current_case.fold", lambda *_: pytest.fail("folded again"))
    assert current_case(talk.tracker).tier == case.tier == "emergency_now"


def test_two_messages_with_the_same_words_are_two(talk):
    talk.hears("report_symptoms", "calf_pain")
    first = current_case(talk.tracker).message_id
    talk.hears("report_symptoms", "calf_pain")
    assert current_case(talk.tracker).message_id != first

from actions.apply_red_flag_rules import ActionApplyRedFlagRules
from actions.forget_me import ActionForgetMe


def test_slots_and_history_are_cleared(talk):
    talk.hears("forget_me").runs(ActionForgetMe)
    assert [event["event"] for event in talk.returned] == ["reset_slots", "restart"]
    assert talk.responses == ["utter_forget_me"]


def test_what_was_told_before_counts_no_more(talk):
    talk.hears("ask_causes", "leg_weakness").runs(ActionApplyRedFlagRules)
    talk.hears("forget_me").runs(ActionForgetMe)
    assert talk.hears("ask_causes").present == []


def test_before_anything_is_said_it_answers_too(talk):
    assert talk.runs(ActionForgetMe).responses == ["utter_forget_me"]

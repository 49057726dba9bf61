from actions.apply_red_flag_rules import ActionApplyRedFlagRules
from actions.note_help import ActionNoteHelp


def test_reached_help_ends_the_reminders(talk):
    talk.hears("report_urgent", "calf_swelling_one_side").runs(ActionApplyRedFlagRules)
    assert talk.hears("got_help").runs(ActionNoteHelp).responses == ["utter_help_reached"]
    assert talk.slots["help_reached"] is True
    assert talk.hears("ask_causes").runs(ActionApplyRedFlagRules).responses == []
    assert talk.tier == "urgent_same_day"


def test_a_new_danger_is_told_all_the_same_and_brings_the_reminders_back(talk):
    talk.hears("report_urgent", "calf_swelling_one_side").runs(ActionApplyRedFlagRules)
    talk.hears("got_help").runs(ActionNoteHelp)
    talk.hears("report_emergency", "chest_pain").runs(ActionApplyRedFlagRules)
    assert "utter_danger_named" in talk.responses
    assert talk.slots["help_reached"] is None
    assert talk.hears("ask_causes").runs(ActionApplyRedFlagRules).responses == ["utter_danger_in_view"]


def test_an_open_question_is_closed(talk):
    talk.hears("report_urgent", "dark_urine").runs(ActionApplyRedFlagRules)
    assert talk.hears("got_help").runs(ActionNoteHelp).open_question == (None, None)


def test_without_a_danger_it_is_noted_too(talk):
    talk.runs(ActionNoteHelp)
    assert [(event["name"], event["value"]) for event in talk.returned] == [("help_reached", True)]

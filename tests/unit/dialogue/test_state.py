"""Findings over several messages, as plain data."""

import pytest

from dialogue.state import fold, replay, turns_from_events
from triage.case import DeferredQuestion, Turn
from triage.clarification import ClarificationThresholds, driving_finding, next_clarification
from triage.contract import QuestionKind

THRESHOLDS = ClarificationThresholds(usual=0.06, beside_follow_up=0.12, self_harm=0.05)


def asked(state):
    return next_clarification(state, THRESHOLDS)


def deferred(events):
    return fold(events, "m1", THRESHOLDS).deferred


def present(*ids):
    return Turn(tuple((id_, "present") for id_ in ids))


def absent(*ids):
    return Turn(tuple((id_, "absent") for id_ in ids))


def test_findings_add_up_in_order():
    assert replay([present("calf_pain"), Turn(), present("dizzy_faint", "calf_pain")]).present == (
        "calf_pain",
        "dizzy_faint",
    )


def test_only_present_findings_count():
    turn = Turn(
        (
            ("chest_pain", "past"),
            ("seizure", "hypothetical"),
            ("collapse", "family_history"),
            ("fever_38", "figurative"),
        )
    )
    assert replay([turn]).present == ()


def test_a_denial_that_lowers_no_tier_counts_at_once():
    assert replay([present("chest_pain", "spasm_frequent"), absent("spasm_frequent")]).present == ("chest_pain",)


def test_a_denial_that_lowers_the_tier_waits_for_confirmation():
    state = replay([present("chest_pain"), absent("chest_pain")])
    assert (state.present, state.pending_retractions) == (("chest_pain",), ("chest_pain",))


def test_what_is_said_and_denied_in_one_message_counts_as_said():
    assert replay([Turn((("chest_pain", "absent"), ("chest_pain", "present")))]).pending_retractions == ()


def test_confirmed_gone_goes_and_may_come_back():
    gone = [
        present("chest_pain"),
        absent("chest_pain"),
        Turn(reply="yes", asked_finding="chest_pain", asked_kind=QuestionKind.RESOLVED),
    ]
    assert replay(gone).present == ()
    assert replay([*gone, present("chest_pain")]).present == ("chest_pain",)


def test_not_sure_counts_as_yes_for_a_danger_only():
    assert replay([Turn(reply="unsure", asked_finding="chest_pain", asked_kind=QuestionKind.PRESENT)]).present == (
        "chest_pain",
    )
    assert replay([Turn(reply="unsure", asked_finding="area_stiff", asked_kind=QuestionKind.PRESENT)]).present == ()


def test_no_to_a_question_adds_nothing():
    assert replay([Turn(reply="no", asked_finding="chest_pain", asked_kind=QuestionKind.PRESENT)]).present == ()


def test_events_give_turns_from_the_last_start_on():
    def said(intent, *findings):
        entities = [{"entity": "finding", "value": f, "assertion": "present"} for f in findings]
        return {"event": "user", "parse_data": {"intent": {"name": intent}, "entities": entities}}

    events = [
        said("report_emergency", "seizure"),
        {"event": "session_started"},
        said("ask_causes", "calf_pain"),
        {"event": "slot", "name": "confirming_finding", "value": "leg_warm_red"},
        {"event": "slot", "name": "confirming_question", "value": QuestionKind.PRESENT},
        said("affirm"),
    ]
    turns = turns_from_events(events)
    assert turns == [Turn((("calf_pain", "present"),)), Turn((), "yes", "leg_warm_red", QuestionKind.PRESENT)]
    assert replay(turns).present == ("calf_pain", "leg_warm_red")


def test_the_finding_that_carries_the_tier_is_named():
    assert driving_finding(replay([present("calf_pain", "chest_pain")])) == "chest_pain"
    assert driving_finding(replay([present("chest_pain", "seizure")])) in {"chest_pain", "seizure"}
    assert driving_finding(replay([])) is None


def test_an_unclear_danger_is_asked_about_once_it_would_matter():
    assert asked(replay([Turn(possible=(("chest_pain", 0.5),))])) == "chest_pain"
    assert asked(replay([Turn(possible=(("spasm_painful", 0.5),))])) is None
    assert asked(replay([Turn((("seizure", "present"),), possible=(("chest_pain", 0.5),))])) is None


def test_what_is_unlikely_is_not_asked_about_but_self_harm_sooner():
    assert asked(replay([Turn(possible=(("chest_pain", 0.055),))])) is None
    assert asked(replay([Turn(possible=(("suicidal", 0.06),))])) == "suicidal"


def test_the_finding_asked_about_is_the_one_most_likely_to_matter():
    unlikely, likely = ("wound_infection_signs", 0.09), ("leg_weakness", 0.5)
    state = replay([Turn((("sudden_onset", "present"),), possible=(unlikely, likely))])
    assert asked(state) == "leg_weakness"


def test_a_clear_half_makes_the_unclear_other_half_matter():
    told = Turn((("calf_pain", "present"),))
    assert asked(replay([Turn(possible=(("clot_risk", 0.5),))])) is None
    assert asked(replay([told, Turn(possible=(("clot_risk", 0.5),))])) == "clot_risk"


@pytest.mark.parametrize(("reply", "present"), [("yes", True), ("unsure", True), ("no", False)])
def test_the_answer_settles_it(reply, present):
    turns = [
        Turn(possible=(("chest_pain", 0.5),)),
        Turn(reply=reply, asked_finding="chest_pain", asked_kind=QuestionKind.PRESENT),
    ]
    state = replay(turns)
    assert ("chest_pain" in state.present) == present
    assert asked(state) is None
    again = replay([*turns, Turn(possible=(("chest_pain", 0.5),))])
    assert asked(again) == (None if present else "chest_pain")
    assert asked(replay([*turns, *turns, Turn(possible=(("chest_pain", 0.5),))])) is None


def test_a_question_that_goes_unanswered_is_put_twice():
    passed_over = Turn(asked_finding="chest_pain", asked_kind=QuestionKind.PRESENT)
    turns = [Turn(possible=(("chest_pain", 0.2),)), passed_over]
    assert asked(replay(turns)) == "chest_pain"
    assert asked(replay([*turns, passed_over])) is None
    assert replay([*turns, passed_over]).present == ()


def test_a_serious_question_passed_over_twice_counts_as_yes():
    passed_over = Turn(asked_finding="chest_pain", asked_kind=QuestionKind.PRESENT)
    turns = [Turn(possible=(("chest_pain", 0.45),)), passed_over, passed_over]
    assert replay(turns).present == ("chest_pain",)


def test_no_sets_the_waiting_question_free():
    def said(intent, *entities):
        return {"event": "user", "parse_data": {"intent": {"name": intent}, "entities": list(entities)}}

    unclear = {"entity": "possible_finding", "value": "chest_pain"}
    variant = {"entity": "answer_variant", "value": "running"}
    asked = [
        {"event": "slot", "name": "confirming_finding", "value": "chest_pain"},
        {"event": "slot", "name": "confirming_question", "value": QuestionKind.PRESENT},
    ]
    events = [said("ask_causes", unclear, variant), *asked, said("deny")]
    assert deferred(events) == DeferredQuestion("ask_causes", "running")
    assert deferred([said("report_symptoms", unclear), *asked, said("deny")]) is None
    assert deferred([said("ask_causes"), *asked, said("deny")]) is None


def _said(*entities, intent="report_symptoms"):
    return {"event": "user", "parse_data": {"intent": {"name": intent}, "entities": list(entities)}}


def _finding(id_, start, end, assertion="present"):
    return {"entity": "finding", "value": id_, "assertion": assertion, "start": start, "end": end}


def _reply(value):
    return {"entity": "reply", "value": value, "start": 0, "end": 1}


def _asks(finding, kind):
    return [
        {"event": "slot", "name": "confirming_finding", "value": finding},
        {"event": "slot", "name": "confirming_question", "value": kind},
    ]


CRASH = _said(_finding("recent_injury", 0, 20), _finding("high_energy_trauma", 2, 24))


def test_a_correction_that_names_nothing_is_about_the_latest_danger():
    told = [CRASH, _said(_reply("correction"))]
    state = replay(turns_from_events(told))
    assert state.assessment.tier == "urgent_same_day"
    assert state.pending_retractions == ("high_energy_trauma",)
    confirmed = [*told, *_asks("high_energy_trauma", QuestionKind.RESOLVED), _said(_reply("yes"))]
    assert replay(turns_from_events(confirmed)).present == ()


@pytest.mark.parametrize(
    ("words", "gone"),
    [
        (["no", "gone"], True),
        (["yes", "still"], False),
        (["no"], False),
        (["unsure"], False),
        (["yes"], True),
        ([], False),
    ],
)
def test_what_is_said_of_it_goes_before_a_bare_yes(words, gone):
    answer = _said(*map(_reply, words), intent="nlu_fallback")
    turns = turns_from_events([CRASH, *_asks("high_energy_trauma", QuestionKind.RESOLVED), answer])
    assert (replay(turns).present == ()) == gone


def test_what_was_said_in_other_words_stays():
    told = _said(_finding("chest_pain", 0, 10), _finding("face_droop", 15, 30))
    confirmed = [told, *_asks("chest_pain", QuestionKind.RESOLVED), _said(_reply("yes"))]
    assert replay(turns_from_events(confirmed)).present == ("face_droop",)


def test_a_correction_beside_a_new_danger_is_no_taking_back():
    state = replay(turns_from_events([CRASH, _said(_finding("chest_pain", 0, 5), _reply("correction"))]))
    assert state.pending_retractions == ()
    assert state.assessment.tier == "emergency_now"


def test_what_makes_a_danger_less_urgent_counts_only_within_its_message():
    slow_speech = present("speech_trouble", "gradual_onset")
    assert replay([slow_speech]).assessment.tier == "see_doctor_soon"
    assert replay([present("speech_trouble"), present("gradual_onset")]).assessment.tier == "emergency_now"
    assert replay([present("gradual_onset"), present("speech_trouble")]).assessment.tier == "emergency_now"
    assert replay([present("seizure"), present("known_epilepsy")]).assessment.tier == "emergency_now"


def test_what_is_gone_is_asked_about_when_it_comes_back_unclear():
    gone = [present("chest_pain"), Turn(reply="yes", asked_finding="chest_pain", asked_kind=QuestionKind.RESOLVED)]
    assert asked(replay([*gone, Turn(possible=(("chest_pain", 0.5),))])) == "chest_pain"


def test_a_yes_to_something_else_takes_no_danger_back():
    said = _said(_reply("yes"), intent="affirm")
    said["parse_data"]["text"] = "yes, i have got the number of the ward on my card"
    turns = turns_from_events([CRASH, *_asks("high_energy_trauma", QuestionKind.RESOLVED), said])
    assert "high_energy_trauma" in replay(turns).present


def test_a_rule_that_asks_by_itself_is_not_overtaken_by_an_unlikely_finding():
    both_legs = ("both_legs_weak", 0.09)
    assert asked(replay([Turn(possible=(both_legs,))])) == "both_legs_weak"
    assert asked(replay([Turn((("leg_weakness", "present"),), possible=(both_legs,))])) is None


def test_what_upholds_the_danger_does_not_take_it_back():
    weak = Turn((("leg_weakness", "present"), ("sudden_onset", "present")))
    assert replay([weak, Turn((("sudden_onset", "present"),), corrects=True)]).pending_retractions == ()
    assert replay([weak, Turn(corrects=True)]).pending_retractions != ()

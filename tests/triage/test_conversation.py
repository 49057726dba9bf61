"""Findings over several messages, as plain data."""

import pytest

from triage.conversation import ASK_GONE, ASK_HAS, Topic, Turn, remember, turns_from_events, waiting_topic


def present(*ids):
    return Turn(tuple((id_, "present") for id_ in ids))


def absent(*ids):
    return Turn(tuple((id_, "absent") for id_ in ids))


def test_findings_add_up_in_order():
    assert remember([present("calf_pain"), Turn(), present("dizzy_faint", "calf_pain")]).present == (
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
    assert remember([turn]).present == ()


def test_a_denial_that_lowers_no_tier_counts_at_once():
    assert remember([present("chest_pain", "spasm_frequent"), absent("spasm_frequent")]).present == ("chest_pain",)


def test_a_denial_that_lowers_the_tier_waits_for_confirmation():
    memory = remember([present("chest_pain"), absent("chest_pain")])
    assert (memory.present, memory.contested) == (("chest_pain",), ("chest_pain",))


def test_what_is_said_and_denied_in_one_message_counts_as_said():
    assert remember([Turn((("chest_pain", "absent"), ("chest_pain", "present")))]).contested == ()


def test_confirmed_gone_goes_and_may_come_back():
    gone = [
        present("chest_pain"),
        absent("chest_pain"),
        Turn(reply="yes", asked_finding="chest_pain", asked_kind=ASK_GONE),
    ]
    assert remember(gone).present == ()
    assert remember([*gone, present("chest_pain")]).present == ("chest_pain",)


def test_not_sure_counts_as_yes_for_a_danger_only():
    assert remember([Turn(reply="unsure", asked_finding="chest_pain", asked_kind=ASK_HAS)]).present == ("chest_pain",)
    assert remember([Turn(reply="unsure", asked_finding="area_stiff", asked_kind=ASK_HAS)]).present == ()


def test_no_to_a_question_adds_nothing():
    assert remember([Turn(reply="no", asked_finding="chest_pain", asked_kind=ASK_HAS)]).present == ()


def test_events_give_turns_from_the_last_start_on():
    def said(intent, *findings):
        entities = [{"entity": "finding", "value": f, "assertion": "present"} for f in findings]
        return {"event": "user", "parse_data": {"intent": {"name": intent}, "entities": entities}}

    events = [
        said("report_emergency", "seizure"),
        {"event": "session_started"},
        said("ask_causes", "calf_pain"),
        {"event": "slot", "name": "confirming_finding", "value": "leg_warm_red"},
        {"event": "slot", "name": "confirming_question", "value": ASK_HAS},
        said("affirm"),
    ]
    turns = turns_from_events(events)
    assert turns == [Turn((("calf_pain", "present"),)), Turn((), "yes", "leg_warm_red", ASK_HAS)]
    assert remember(turns).present == ("calf_pain", "leg_warm_red")


def test_the_finding_that_carries_the_tier_is_named():
    assert remember([present("calf_pain", "chest_pain")]).supporting() == "chest_pain"
    assert remember([present("chest_pain", "seizure")]).supporting() in {"chest_pain", "seizure"}
    assert remember([]).supporting() is None


def test_an_unclear_danger_is_asked_about_once_it_would_matter():
    assert remember([Turn(possible=(("chest_pain", 0.5),))]).unclear() == "chest_pain"
    assert remember([Turn(possible=(("spasm_painful", 0.5),))]).unclear() is None
    assert remember([Turn((("seizure", "present"),), possible=(("chest_pain", 0.5),))]).unclear() is None


def test_what_is_unlikely_is_not_asked_about_but_self_harm_sooner():
    assert remember([Turn(possible=(("chest_pain", 0.055),))]).unclear() is None
    assert remember([Turn(possible=(("suicidal", 0.06),))]).unclear() == "suicidal"


def test_the_finding_asked_about_is_the_one_most_likely_to_matter():
    unlikely, likely = ("wound_infection_signs", 0.09), ("leg_weakness", 0.5)
    memory = remember([Turn((("sudden_onset", "present"),), possible=(unlikely, likely))])
    assert memory.unclear() == "leg_weakness"


def test_a_clear_half_makes_the_unclear_other_half_matter():
    told = Turn((("calf_pain", "present"),))
    assert remember([Turn(possible=(("clot_risk", 0.5),))]).unclear() is None
    assert remember([told, Turn(possible=(("clot_risk", 0.5),))]).unclear() == "clot_risk"


@pytest.mark.parametrize(("reply", "present"), [("yes", True), ("unsure", True), ("no", False)])
def test_the_answer_settles_it(reply, present):
    turns = [Turn(possible=(("chest_pain", 0.5),)), Turn(reply=reply, asked_finding="chest_pain", asked_kind=ASK_HAS)]
    memory = remember(turns)
    assert ("chest_pain" in memory.present) == present
    assert memory.unclear() is None
    again = remember([*turns, Turn(possible=(("chest_pain", 0.5),))])
    assert again.unclear() == (None if present else "chest_pain")
    assert remember([*turns, *turns, Turn(possible=(("chest_pain", 0.5),))]).unclear() is None


def test_a_question_that_goes_unanswered_is_put_twice():
    passed_over = Turn(asked_finding="chest_pain", asked_kind=ASK_HAS)
    turns = [Turn(possible=(("chest_pain", 0.2),)), passed_over]
    assert remember(turns).unclear() == "chest_pain"
    assert remember([*turns, passed_over]).unclear() is None
    assert remember([*turns, passed_over]).present == ()


def test_a_serious_question_passed_over_twice_counts_as_yes():
    passed_over = Turn(asked_finding="chest_pain", asked_kind=ASK_HAS)
    turns = [Turn(possible=(("chest_pain", 0.45),)), passed_over, passed_over]
    assert remember(turns).present == ("chest_pain",)


def test_no_sets_the_waiting_question_free():
    def said(intent, *entities):
        return {"event": "user", "parse_data": {"intent": {"name": intent}, "entities": list(entities)}}

    unclear = {"entity": "possible_finding", "value": "chest_pain"}
    variant = {"entity": "answer_variant", "value": "running"}
    asked = [
        {"event": "slot", "name": "confirming_finding", "value": "chest_pain"},
        {"event": "slot", "name": "confirming_question", "value": ASK_HAS},
    ]
    events = [said("ask_causes", unclear, variant), *asked, said("deny")]
    assert waiting_topic(events) == Topic("ask_causes", "running")
    assert waiting_topic([said("report_symptoms", unclear), *asked, said("deny")]) is None
    assert waiting_topic([said("ask_causes"), *asked, said("deny")]) is None


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
    memory = remember(turns_from_events(told))
    assert memory.assessment.tier == "urgent_same_day"
    assert memory.contested == ("high_energy_trauma",)
    confirmed = [*told, *_asks("high_energy_trauma", ASK_GONE), _said(_reply("yes"))]
    assert remember(turns_from_events(confirmed)).present == ()


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
    turns = turns_from_events([CRASH, *_asks("high_energy_trauma", ASK_GONE), answer])
    assert (remember(turns).present == ()) == gone


def test_what_was_said_in_other_words_stays():
    told = _said(_finding("chest_pain", 0, 10), _finding("face_droop", 15, 30))
    confirmed = [told, *_asks("chest_pain", ASK_GONE), _said(_reply("yes"))]
    assert remember(turns_from_events(confirmed)).present == ("face_droop",)


def test_a_correction_beside_a_new_danger_is_no_taking_back():
    memory = remember(turns_from_events([CRASH, _said(_finding("chest_pain", 0, 5), _reply("correction"))]))
    assert memory.contested == ()
    assert memory.assessment.tier == "emergency_now"


def test_what_makes_a_danger_less_urgent_counts_only_within_its_message():
    slow_speech = present("speech_trouble", "gradual_onset")
    assert remember([slow_speech]).assessment.tier == "see_doctor_soon"
    assert remember([present("speech_trouble"), present("gradual_onset")]).assessment.tier == "emergency_now"
    assert remember([present("gradual_onset"), present("speech_trouble")]).assessment.tier == "emergency_now"
    assert remember([present("seizure"), present("known_epilepsy")]).assessment.tier == "emergency_now"


def test_what_is_gone_is_asked_about_when_it_comes_back_unclear():
    gone = [present("chest_pain"), Turn(reply="yes", asked_finding="chest_pain", asked_kind=ASK_GONE)]
    assert remember([*gone, Turn(possible=(("chest_pain", 0.5),))]).unclear() == "chest_pain"


def test_a_yes_to_something_else_takes_no_danger_back():
    said = _said(_reply("yes"), intent="affirm")
    said["parse_data"]["text"] = "yes, i have got the number of the ward on my card"
    turns = turns_from_events([CRASH, *_asks("high_energy_trauma", ASK_GONE), said])
    assert "high_energy_trauma" in remember(turns).present


def test_a_rule_that_asks_by_itself_is_not_overtaken_by_an_unlikely_finding():
    both_legs = ("both_legs_weak", 0.09)
    assert remember([Turn(possible=(both_legs,))]).unclear() == "both_legs_weak"
    assert remember([Turn((("leg_weakness", "present"),), possible=(both_legs,))]).unclear() is None


def test_what_upholds_the_danger_does_not_take_it_back():
    weak = Turn((("leg_weakness", "present"), ("sudden_onset", "present")))
    assert remember([weak, Turn((("sudden_onset", "present"),), corrects=True)]).contested == ()
    assert remember([weak, Turn(corrects=True)]).contested != ()

"""Findings over several messages, as plain data."""

from triage.conversation import ASK_HAS, ASK_STILL, Turn, remember, turns_from_events


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
        Turn(reply="no", asked_finding="chest_pain", asked_kind=ASK_STILL),
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

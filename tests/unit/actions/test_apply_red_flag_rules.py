import pytest

from actions.apply_red_flag_rules import ActionApplyRedFlagRules
from tests.unit.actions.talk import Talk


def rules(talk):
    return talk.runs(ActionApplyRedFlagRules)


def test_an_emergency_is_named_with_advice_and_a_general_number_and_the_country_is_asked_once(talk):
    rules(talk.hears("report_emergency", "chest_pain", "calf_pain"))
    assert talk.responses == ["utter_danger_named", "utter_emergency_number", "utter_ask_country"]
    assert "clot on the lung" in talk.messages[0]["danger"]
    assert "911" in talk.messages[1]["line"]
    assert "999" in talk.messages[1]["line"]
    assert talk.tier == "emergency_now"
    assert talk.present == ["chest_pain", "calf_pain"]
    assert talk.slots["country_asked"] is True
    assert "utter_ask_country" not in rules(talk.hears("report_emergency", "seizure")).responses


@pytest.mark.parametrize("slot", ["country", "country_hint"])
def test_the_number_of_a_known_country_is_given(slot):
    talk = rules(Talk(**{slot: "AU"}).hears("report_emergency", "face_droop"))
    assert talk.messages[1]["line"] == "Emergency number in Australia: 000."
    assert "utter_ask_country" not in talk.responses


def test_a_country_whose_numbers_are_unknown_gets_the_general_line_and_is_not_asked_for_again():
    talk = rules(Talk(country="XX").hears("report_emergency", "face_droop"))
    assert talk.responses == ["utter_danger_named", "utter_emergency_number"]
    assert "911 in the US" in talk.messages[1]["line"]


def test_a_same_day_danger_gets_no_emergency_number_but_its_follow_up_question(talk):
    rules(talk.hears("report_urgent", "dark_urine"))
    assert talk.responses == ["utter_danger_named", "utter_follow_up"]
    assert talk.tier == "urgent_same_day"
    assert talk.open_question == ("severe_muscle_pain", "has")


def test_a_follow_up_question_is_asked_once(talk):
    rules(talk.hears("report_urgent", "dark_urine"))
    rules(talk.hears("report_urgent"))
    assert talk.responses == ["utter_danger_named"]
    assert talk.open_question == (None, None)


@pytest.mark.parametrize(
    ("reply", "tier"), [("affirm", "emergency_now"), ("unsure", "emergency_now"), ("deny", "urgent_same_day")]
)
def test_the_answer_to_a_follow_up_question_counts(talk, reply, tier):
    rules(talk.hears("report_urgent", "dark_urine"))
    rules(talk.hears(reply))
    assert talk.tier == tier
    assert talk.open_question == (None, None)


def test_what_a_follow_up_question_asks_about_is_not_asked_where_it_was_told(talk):
    rules(talk.hears("ask_causes", "leg_weakness", "sudden_onset"))
    assert "utter_follow_up" not in talk.responses


def test_self_harm_gets_crisis_lines_and_no_other_danger():
    talk = rules(Talk(country="GB").hears("report_emergency", "suicidal"))
    assert talk.responses == ["utter_crisis_lines", "utter_emergency_number"]
    assert "116 123" in talk.messages[0]["lines"]


def test_crisis_lines_go_before_another_danger():
    talk = rules(Talk(country="GB").hears("report_emergency", "face_droop", "suicidal"))
    assert talk.responses == ["utter_crisis_lines", "utter_danger_named", "utter_emergency_number"]
    assert "stroke" in talk.messages[1]["danger"].lower()


def test_overdose_gets_poison_lines():
    talk = rules(Talk(country="US").hears("report_emergency", "overdose_taken"))
    lines = [message["lines"] for message in talk.messages if message["response"] == "utter_poison_lines"]
    assert lines == ["- Poison Help: 1-800-222-1222"]


def test_lower_advice_is_given_once(talk):
    rules(talk.hears("ask_causes", "leg_weakness"))
    assert talk.responses == ["utter_advice", "utter_follow_up"]
    assert talk.tier == "see_doctor_soon"
    assert rules(talk.hears("ask_treatment")).responses == []


def test_nothing_found_says_and_sets_nothing(talk):
    rules(talk.hears("ask_causes"))
    assert (talk.responses, talk.returned) == ([], [])


def test_before_anything_is_said_it_says_and_sets_nothing(talk):
    rules(talk)
    assert (talk.responses, talk.returned) == ([], [])


def test_a_plain_report_is_acknowledged(talk):
    rules(talk.hears("report_symptoms", "spasm_present", "night_only_cramp"))
    assert talk.responses == ["utter_noted"]
    assert talk.tier == "self_care"


def test_a_report_of_a_spasm_and_nothing_else_is_left_to_its_answer(talk):
    assert rules(talk.hears("report_symptoms", "spasm_present", "spasm_painful")).responses == []


def test_findings_add_up_over_messages(talk):
    rules(talk.hears("ask_causes", "calf_pain"))
    rules(talk.hears("ask_prevention", "breathing_trouble"))
    assert talk.tier == "emergency_now"
    assert "clot on the lung" in talk.messages[0]["danger"]


def test_a_danger_is_kept_in_view_until_it_is_taken_back(talk):
    rules(talk.hears("report_emergency", "chest_pain"))
    assert rules(talk.hears("ask_causes")).responses == ["utter_danger_in_view"]
    assert talk.tier == "emergency_now"


def test_a_danger_that_is_reported_again_is_told_again(talk):
    rules(talk.hears("report_emergency", "chest_pain"))
    assert rules(talk.hears("report_emergency", "chest_pain")).responses[0] == "utter_danger_named"


def test_self_harm_is_kept_in_view_in_its_own_words():
    talk = rules(Talk(country="IE").hears("report_emergency", "suicidal"))
    rules(talk.hears("thank"))
    assert talk.responses[0] == "utter_self_harm_in_view"
    assert "116 123" in talk.messages[0]["lines"]


@pytest.mark.parametrize("intent", ["deny", "take_back", "forget_me", "restart"])
def test_who_may_mean_that_it_is_over_is_asked_whether_it_is(talk, intent):
    rules(talk.hears("report_urgent", "calf_swelling_one_side"))
    rules(talk.hears(intent))
    assert talk.responses[-1] == "utter_confirm_gone"
    assert talk.open_question == ("calf_swelling_one_side", "gone")


def test_a_no_to_a_question_of_ours_is_not_taken_for_the_danger_being_over(talk):
    rules(talk.hears("report_urgent", "dark_urine"))
    assert talk.open_question == ("severe_muscle_pain", "has")
    assert "utter_confirm_gone" not in rules(talk.hears("deny")).responses


def test_a_denied_danger_is_asked_about_with_all_that_it_was_said_with(talk):
    crash = [
        {"entity": "finding", "value": finding, "assertion": "present", "start": 0, "end": 20}
        for finding in ("high_energy_trauma", "recent_injury")
    ]
    rules(talk.hears("report_urgent", entities=crash))
    rules(talk.hears("report_symptoms", "-high_energy_trauma"))
    assert talk.responses == ["utter_confirm_gone"]
    assert talk.messages[0]["finding"].count(";") == 1


def test_a_same_day_danger_asks_about_the_unclear_emergency_first(talk):
    rules(talk.hears("report_urgent", "calf_pain", "leg_warm_red", possible=["breathing_trouble"]))
    assert talk.responses[-1] == "utter_ask_danger"
    assert talk.open_question == ("breathing_trouble", "has")


@pytest.mark.parametrize("event", ["session_started", "restart"])
def test_a_new_start_is_clean(talk, event):
    rules(talk.hears("report_emergency", "chest_pain"))
    assert rules(talk.starts_anew(event).hears("ask_causes")).responses == []

import pytest

from actions.apply_red_flag_rules import ActionApplyRedFlagRules
from actions.ask_about_finding import ActionAskAboutFinding
from actions.take_reply import ActionTakeReply

YES = {"title": "Yes", "payload": "/affirm"}
TOPIC = {"title": "What helps", "payload": "/ask_treatment"}


def replies(talk, intent, text="", entities=()):
    return talk.hears(intent, text=text, entities=entities).runs(ActionTakeReply)


@pytest.fixture
def in_danger(talk):
    return talk.hears("report_emergency", "chest_pain").runs(ActionApplyRedFlagRules)


@pytest.fixture
def asked_whether_gone(in_danger):
    in_danger.hears("report_symptoms", "-chest_pain").runs(ActionApplyRedFlagRules)
    assert in_danger.responses == ["utter_confirm_gone"]
    return in_danger


@pytest.fixture
def asked_about_chest_pain(talk):
    return talk.hears("ask_causes", possible=["chest_pain"]).runs(ActionAskAboutFinding)


def test_a_tier_falls_only_after_confirmation(asked_whether_gone):
    assert asked_whether_gone.tier == "emergency_now"
    replies(asked_whether_gone, "affirm")
    assert asked_whether_gone.responses[0] == "utter_taken_back"
    assert asked_whether_gone.tier is None


@pytest.mark.parametrize("reply", ["deny", "unsure"])
def test_what_is_still_so_changes_nothing(asked_whether_gone, reply):
    replies(asked_whether_gone, reply)
    assert asked_whether_gone.responses[0] == "utter_kept"
    assert asked_whether_gone.tier == "emergency_now"


@pytest.mark.parametrize(
    ("intent", "responses"),
    [("take_back", ["utter_confirm_gone"]), ("deny", ["utter_danger_in_view", "utter_confirm_gone"])],
)
def test_taking_back_is_asked_about_then_counts(talk, intent, responses):
    talk.hears("report_urgent", "calf_swelling_one_side").runs(ActionApplyRedFlagRules)
    replies(talk, intent)
    assert talk.responses == responses
    assert talk.open_question == ("calf_swelling_one_side", "gone")
    replies(talk, "affirm")
    assert talk.responses[0] == "utter_taken_back"
    assert talk.tier is None


def test_yes_to_an_unclear_danger_raises_the_tier_and_names_the_danger(asked_about_chest_pain):
    replies(asked_about_chest_pain, "affirm")
    assert asked_about_chest_pain.tier == "emergency_now"
    assert asked_about_chest_pain.responses[:2] == ["utter_kept", "utter_danger_named"]


def test_not_sure_of_a_danger_counts_as_yes(asked_about_chest_pain):
    replies(asked_about_chest_pain, "unsure")
    assert asked_about_chest_pain.responses[0] == "utter_kept"
    assert asked_about_chest_pain.tier == "emergency_now"


def test_an_unclear_message_instead_of_an_answer_changes_nothing(asked_about_chest_pain):
    replies(asked_about_chest_pain, "nlu_fallback")
    assert asked_about_chest_pain.tier is None


def test_after_a_no_the_question_that_waited_is_answered(talk):
    variant = {"entity": "answer_variant", "value": "pregnancy"}
    talk.hears("ask_causes", possible=["chest_pain"], entities=[variant]).runs(ActionAskAboutFinding)
    replies(talk, "deny")
    assert talk.responses == ["utter_reply_no_go_on"]
    assert talk.slots["answer_variant"] == "pregnancy"
    assert talk.open_question == (None, None)
    assert talk.present == []


def test_a_no_to_the_question_of_a_report_is_thanked_for(talk):
    talk.hears("report_symptoms", possible=["chest_pain"]).runs(ActionAskAboutFinding)
    assert replies(talk, "deny").responses == ["utter_reply_no"]


@pytest.mark.parametrize(
    ("reply", "response"),
    [("affirm", "utter_check_which"), ("deny", "utter_check_clear"), ("unsure", "utter_check_unsure")],
)
def test_the_list_of_warning_signs_is_answered(talk, reply, response):
    talk.hears("start_check").says("utter_start_check")
    assert replies(talk, reply).responses == [response]


@pytest.mark.parametrize("question", ["utter_follow_up_in_words", "utter_check_which", "utter_yes_to_what"])
@pytest.mark.parametrize(
    ("reply", "response"),
    [("affirm", "utter_check_which"), ("unsure", "utter_check_which"), ("deny", "utter_reply_no")],
)
def test_what_takes_words_is_not_answered_by_yes(talk, question, reply, response):
    talk.hears("report_symptoms").says(question)
    assert replies(talk, reply).responses == [response]


@pytest.mark.parametrize("offer", ["utter_report_symptoms", "utter_noted", "utter_summary_empty"])
def test_yes_to_the_offered_check_starts_it(talk, offer):
    talk.hears("report_symptoms", "spasm_present").says(offer)
    assert replies(talk, "affirm").responses == ["utter_start_check"]


def test_no_to_the_offered_check_leads_on(talk):
    talk.hears("report_symptoms", "spasm_present").says("utter_noted")
    assert replies(talk, "deny").responses == ["utter_what_next"]


def test_a_reply_to_nothing_leaves_a_danger_in_view(in_danger):
    assert replies(in_danger, "affirm", "ok").responses == ["utter_danger_in_view"]


@pytest.mark.parametrize("intent", ["affirm", "unsure", "take_back"])
def test_nothing_calms_while_a_danger_is_in_force(in_danger, intent):
    calming = {"utter_what_next", "utter_unsure", "utter_good_to_know", "utter_yes_to_what"}
    assert not calming & set(replies(in_danger, intent).responses)


def test_taking_nothing_back_is_met_kindly(talk):
    assert replies(talk, "take_back").responses == ["utter_good_to_know"]


def test_a_denied_sign_is_met_kindly(talk):
    talk.hears("deny", "-fever_38").runs(ActionTakeReply)
    assert talk.responses == ["utter_good_to_know"]


@pytest.mark.parametrize(
    ("text", "response"),
    [
        ("yes", "utter_yes_to_what"),
        ("Yeah", "utter_yes_to_what"),
        ("/affirm", "utter_yes_to_what"),
        ("ok", "utter_what_next"),
        ("right", "utter_what_next"),
    ],
)
def test_a_late_yes_is_not_passed_over(talk, text, response):
    talk.hears("ask_causes").says("utter_ask_danger", buttons=[YES])
    talk.hears("ask_treatment").says("utter_ask_treatment", buttons=[TOPIC])
    assert replies(talk, "affirm", text).responses == [response]


def test_a_yes_after_no_question_leads_on(talk):
    talk.hears("ask_treatment").says("utter_ask_treatment", buttons=[TOPIC])
    assert replies(talk, "affirm", "yes").responses == ["utter_what_next"]


@pytest.mark.parametrize(
    ("reply", "response"), [("affirm", "utter_what_next"), ("deny", "utter_what_next"), ("unsure", "utter_unsure")]
)
def test_a_reply_to_nothing_leads_on(talk, reply, response):
    assert replies(talk, reply).responses == [response]


def test_without_a_case_it_leads_on(talk):
    talk.runs(ActionTakeReply)
    assert (talk.responses, talk.returned) == (["utter_unsure"], [])

"""Each custom action, run on a tracker: the events it returns and what it says."""

import json

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.apply_red_flag_rules import ActionApplyRedFlagRules
from actions.ask_about_finding import ActionAskAboutFinding
from actions.forget_me import ActionForgetMe
from actions.give_numbers import ActionGiveNumbers
from actions.not_understood import ActionNotUnderstood
from actions.note_help import ActionNoteHelp
from actions.show_sources import ActionShowSources
from actions.show_summary import ActionShowSummary
from actions.take_reply import ActionTakeReply
from actions.tell_more import ActionTellMore
from dialogue.state import fold
from tools.settings import ROOT
from triage.questions import ClarificationThresholds

THRESHOLDS = ClarificationThresholds(usual=0.06, beside_follow_up=0.12, self_harm=0.05)
DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))


class Talk:
    """Builds a tracker message by message, keeping the slots that actions set."""

    def __init__(self, **slots):
        self.events = [{"event": "session_started"}]
        self.slots = dict.fromkeys(DOMAIN["slots"]) | slots
        self.said = []

    def hears(self, intent, *findings, possible=(), **also):
        entities = [{"entity": "possible_finding", "value": finding} for finding in possible]
        reply = {"affirm": "yes", "deny": "no", "unsure": "unsure"}.get(intent)
        entities += [{"entity": "reply", "value": reply}] if reply else []
        entities += [
            {
                "entity": "finding",
                "value": finding.lstrip("-"),
                "assertion": "absent" if finding[0] == "-" else "present",
            }
            for finding in findings
        ]
        self.latest = {"intent": {"name": intent}, "entities": entities, **also}
        self.events.append({"event": "user", "parse_data": self.latest})
        case = fold(self.events, str(len(self.events)), THRESHOLDS)
        self.slots["case"] = json.loads(json.dumps(case.to_json()))
        return self

    def runs(self, action):
        dispatcher = CollectingDispatcher()
        tracker = Tracker("somebody", dict(self.slots), self.latest, list(self.events), False, None, {}, action.name())
        events = action.run(dispatcher, tracker, DOMAIN)
        self.said = dispatcher.messages
        for message in self.said:
            name = message["response"]
            text = DOMAIN["responses"][name][0]["text"]
            for key, value in message.items():
                text = text.replace("{" + key + "}", str(value))
            self.events.append({"event": "bot", "text": text, "metadata": {"utter_action": name}})
        for event in events:
            self.events.append(event)
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
        self.returned = events
        return self

    @property
    def tier(self):
        return (self.slots["case"] or {}).get("tier")

    @property
    def present(self):
        return list((self.slots["case"] or {"now": {"present": ()}})["now"]["present"])

    @property
    def responses(self):
        return [message["response"] for message in self.said]


def rules(talk):
    return talk.runs(ActionApplyRedFlagRules())


def test_every_action_of_the_domain_exists():
    named = {action if isinstance(action, str) else next(iter(action)) for action in DOMAIN["actions"]}
    classes = [
        ActionApplyRedFlagRules, ActionTakeReply, ActionShowSummary, ActionShowSources, ActionTellMore,
        ActionGiveNumbers, ActionForgetMe, ActionNoteHelp, ActionAskAboutFinding, ActionNotUnderstood,
    ]  # fmt: skip
    assert {action().name() for action in classes} == named


def test_an_emergency_is_named_with_advice_and_a_general_number_and_the_country_is_asked_once():
    talk = rules(Talk().hears("report_emergency", "chest_pain", "calf_pain"))
    assert talk.responses == ["utter_danger_named", "utter_emergency_number", "utter_ask_country"]
    assert "clot on the lung" in talk.said[0]["danger"]
    assert "911" in talk.said[1]["line"]
    assert "999" in talk.said[1]["line"]
    assert talk.tier == "emergency_now"
    assert talk.present == ["chest_pain", "calf_pain"]
    assert "utter_ask_country" not in rules(talk.hears("report_emergency", "seizure")).responses


def test_the_number_of_a_known_country_is_given():
    talk = rules(Talk(country="AU").hears("report_emergency", "face_droop"))
    assert talk.said[1]["line"] == "Emergency number in Australia: 000."
    assert "utter_ask_country" not in talk.responses


def test_a_same_day_danger_gets_no_emergency_number_but_its_follow_up_question():
    talk = rules(Talk().hears("report_urgent", "dark_urine"))
    assert talk.responses == ["utter_danger_named", "utter_follow_up"]
    assert talk.tier == "urgent_same_day"
    assert (talk.slots["confirming_finding"], talk.slots["confirming_question"]) == ("severe_muscle_pain", "has")


@pytest.mark.parametrize(
    ("reply", "tier"), [("affirm", "emergency_now"), ("unsure", "emergency_now"), ("deny", "urgent_same_day")]
)
def test_the_answer_to_a_follow_up_question_counts(reply, tier):
    talk = rules(Talk().hears("report_urgent", "dark_urine"))
    rules(talk.hears(reply))
    assert talk.tier == tier
    assert talk.slots["confirming_finding"] is None


def test_self_harm_gets_crisis_lines_first():
    talk = rules(Talk(country="GB").hears("report_emergency", "suicidal"))
    assert talk.responses[0] == "utter_crisis_lines"
    assert "116 123" in talk.said[0]["lines"]


def test_overdose_gets_poison_lines():
    talk = rules(Talk(country="US").hears("report_emergency", "overdose_taken"))
    assert "1-800-222-1222" in next(m["lines"] for m in talk.said if m["response"] == "utter_poison_lines")


def test_lower_advice_is_given_once():
    talk = rules(Talk().hears("ask_causes", "leg_weakness"))
    assert talk.responses == ["utter_advice", "utter_follow_up"]
    assert talk.tier == "see_doctor_soon"
    assert rules(talk.hears("ask_treatment")).responses == []


def test_nothing_found_says_and_sets_nothing():
    talk = rules(Talk().hears("ask_causes"))
    assert (talk.responses, talk.returned) == ([], [])


def test_a_plain_report_is_acknowledged():
    talk = rules(Talk().hears("report_symptoms", "spasm_present", "night_only_cramp"))
    assert talk.responses == ["utter_noted"]
    assert talk.tier == "self_care"


def test_findings_add_up_over_messages():
    talk = rules(Talk().hears("ask_causes", "calf_pain"))
    rules(talk.hears("ask_prevention", "breathing_trouble"))
    assert talk.tier == "emergency_now"
    assert "clot on the lung" in talk.said[0]["danger"]


def test_a_danger_is_kept_in_view_until_it_is_taken_back():
    talk = rules(Talk().hears("report_emergency", "chest_pain"))
    assert rules(talk.hears("ask_causes")).responses == ["utter_danger_in_view"]
    assert talk.tier == "emergency_now"


def test_a_tier_falls_only_after_confirmation():
    talk = rules(Talk().hears("report_emergency", "chest_pain"))
    rules(talk.hears("report_symptoms", "-chest_pain"))
    assert talk.responses == ["utter_confirm_gone"]
    assert talk.tier == "emergency_now"
    talk.hears("affirm").runs(ActionTakeReply())
    assert talk.responses[0] == "utter_taken_back"
    assert talk.tier is None


@pytest.mark.parametrize("reply", ["deny", "unsure"])
def test_what_is_still_so_changes_nothing(reply):
    talk = rules(Talk().hears("report_emergency", "chest_pain"))
    rules(talk.hears("report_symptoms", "-chest_pain"))
    talk.hears(reply).runs(ActionTakeReply())
    assert talk.responses[0] == "utter_kept"
    assert talk.tier == "emergency_now"


@pytest.mark.parametrize(
    ("intent", "responses"),
    [("take_back", ["utter_confirm_gone"]), ("deny", ["utter_danger_in_view", "utter_confirm_gone"])],
)
def test_taking_back_is_asked_about_then_counts(intent, responses):
    talk = rules(Talk().hears("report_urgent", "calf_swelling_one_side"))
    talk.hears(intent).runs(ActionTakeReply())
    assert talk.responses == responses
    assert talk.slots["confirming_finding"] == "calf_swelling_one_side"
    talk.hears("affirm").runs(ActionTakeReply())
    assert talk.responses[0] == "utter_taken_back"
    assert talk.tier is None


def test_reached_help_ends_the_reminders_until_a_new_danger():
    talk = rules(Talk().hears("report_urgent", "calf_swelling_one_side"))
    assert talk.hears("got_help").runs(ActionNoteHelp()).responses == ["utter_help_reached"]
    assert rules(talk.hears("ask_causes")).responses == []
    rules(talk.hears("report_emergency", "chest_pain"))
    assert "utter_danger_named" in talk.responses
    assert talk.slots["help_reached"] is None


def test_taking_nothing_back_is_met_kindly():
    assert Talk().hears("take_back").runs(ActionTakeReply()).responses == ["utter_good_to_know"]


def test_self_harm_is_kept_in_view_in_its_own_words():
    talk = rules(Talk(country="IE").hears("report_emergency", "suicidal"))
    rules(talk.hears("thank"))
    assert talk.responses[0] == "utter_self_harm_in_view"
    assert "116 123" in talk.said[0]["lines"]


def test_a_new_session_starts_clean():
    talk = rules(Talk().hears("report_emergency", "chest_pain"))
    talk.events.append({"event": "session_started"})
    talk.slots = dict.fromkeys(talk.slots)
    assert rules(talk.hears("ask_causes")).responses == []


@pytest.mark.parametrize(
    ("reply", "response"),
    [("affirm", "utter_check_which"), ("deny", "utter_check_clear"), ("unsure", "utter_check_unsure")],
)
def test_the_screening_message_is_answered(reply, response):
    talk = Talk().hears("start_check")
    talk.events.append({"event": "bot", "text": "…", "metadata": {"utter_action": "utter_start_check"}})
    assert talk.hears(reply).runs(ActionTakeReply()).responses == [response]


def test_yes_to_the_offered_check_starts_it():
    talk = Talk().hears("report_symptoms", "spasm_present")
    talk.events.append({"event": "bot", "text": "…", "metadata": {"utter_action": "utter_report_symptoms"}})
    assert talk.hears("affirm").runs(ActionTakeReply()).responses == ["utter_start_check"]


@pytest.mark.parametrize(("reply", "response"), [("affirm", "utter_what_next"), ("unsure", "utter_unsure")])
def test_a_reply_to_nothing_leads_on(reply, response):
    assert Talk().hears(reply).runs(ActionTakeReply()).responses == [response]


def test_the_summary_lists_findings_and_advice():
    talk = rules(Talk(country="GB").hears("report_emergency", "face_droop", "spasm_present"))
    talk.hears("ask_summary").runs(ActionShowSummary())
    assert talk.responses == ["utter_summary"]
    assert "Face drooping on one side" in talk.said[0]["reported"]
    assert "emergency number" in talk.said[0]["advice"]


def test_an_empty_summary_offers_the_check():
    assert Talk().hears("ask_summary").runs(ActionShowSummary()).responses == ["utter_summary_empty"]


def test_sources_of_the_last_answer_are_listed_with_addresses():
    talk = Talk().hears("ask_causes")
    metadata = {"utter_action": "utter_ask_causes", "metadata": {"sources": ["nhs_leg_cramps"]}}
    talk.events.append({"event": "bot", "text": "…", "metadata": metadata})
    talk.hears("ask_sources").runs(ActionShowSources())
    assert "Leg cramps" in talk.said[0]["sources"]
    assert "https://" in talk.said[0]["sources"]


def test_without_an_answer_the_sources_are_named_in_general():
    assert Talk().hears("ask_sources").runs(ActionShowSources()).responses == ["utter_sources_general"]


def test_more_offers_the_next_questions_of_the_last_topic():
    talk = Talk().hears("ask_cause_medication")
    metadata = {"utter_action": "utter_ask_cause_medication", "metadata": {"sources": ["nhs_leg_cramps"]}}
    talk.events.append({"event": "bot", "text": "…", "metadata": metadata})
    talk.hears("ask_more").runs(ActionTellMore())
    assert talk.responses == ["utter_more_on_topic"]
    assert talk.said[0]["buttons"]
    assert all("{{" not in button["payload"] for button in talk.said[0]["buttons"])


def test_more_without_a_topic_asks_for_one():
    assert Talk().hears("ask_more").runs(ActionTellMore()).responses == ["utter_ask_more"]


def test_a_named_country_gets_its_numbers():
    talk = Talk(country="GB").hears("tell_country").runs(ActionGiveNumbers())
    assert "999" in talk.said[0]["line"]
    assert "111" in talk.said[0]["advice"]


def test_forgetting_clears_slots_and_history():
    talk = Talk().hears("forget_me").runs(ActionForgetMe())
    assert [event["event"] for event in talk.returned] == ["reset_slots", "restart"]
    assert talk.responses == ["utter_forget_me"]


def test_an_unclear_danger_is_asked_about_and_the_answer_taken():
    talk = Talk().hears("ask_causes", possible=["chest_pain"]).runs(ActionAskAboutFinding())
    assert talk.responses == ["utter_ask_danger"]
    assert "chest" in talk.said[0]["question"]
    assert talk.slots["confirming_finding"] == "chest_pain"
    talk.hears("nlu_fallback").runs(ActionTakeReply())
    assert talk.tier is None
    yes = Talk().hears("ask_causes", possible=["chest_pain"]).runs(ActionAskAboutFinding())
    assert yes.hears("affirm").runs(ActionTakeReply()).tier == "emergency_now"


def test_after_a_no_the_question_that_waited_is_answered():
    talk = Talk().hears("ask_causes", possible=["fever_38", "knee_swollen"]).runs(ActionAskAboutFinding())
    assert talk.responses == ["utter_ask_finding"]
    talk.hears("deny").runs(ActionTakeReply())
    assert talk.responses == ["utter_reply_no_go_on"]
    assert talk.present == []


def test_a_same_day_danger_asks_about_the_unclear_emergency_first():
    talk = Talk().hears("report_urgent", "calf_pain", "leg_warm_red", possible=["breathing_trouble"])
    talk.runs(ActionApplyRedFlagRules())
    assert talk.responses[-1] == "utter_ask_danger"
    assert talk.slots["confirming_finding"] == "breathing_trouble"

"""Takes "yes", "no" and "not sure" as the answer to whatever was asked last."""

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.apply_red_flag_rules import apply_rules
from actions.tracker_view import Conversation, Events
from triage.conversation import ASK_GONE
from triage.rules import ESCALATING_TIERS

_AFTER_SCREENING = {"yes": "utter_check_which", "no": "utter_check_clear", "unsure": "utter_check_unsure"}
_OFFERS_A_CHECK = {"utter_report_symptoms", "utter_noted", "utter_summary_empty"}
_ASKED_IN_WORDS = {"utter_follow_up_in_words", "utter_check_which", "utter_yes_to_what"}
_PLAINLY_YES = re.compile(r"/?affirm\b|(?:ye[sap]*h?|yup|y)\b", re.IGNORECASE)
"""A pressed "yes", or one in so many words; "ok" and "right" may mean no more than that somebody has read us."""


class ActionTakeReply(Action):
    """Answers a bare yes, no or not sure."""

    def name(self) -> str:
        """Returns the action's name in the domain."""
        return "action_take_reply"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Says what the answer means, then lets the rules speak where it changed something."""
        conversation = Conversation(tracker)
        held_up = conversation.now.unclear() or _in_danger(conversation)
        waiting = None if held_up else conversation.waiting_topic()
        response = "utter_reply_no_go_on" if waiting else _response(conversation)
        if response:
            dispatcher.utter_message(response=response)
        if waiting:
            return [*conversation.record(), SlotSet("answer_variant", waiting.variant)]
        return conversation.record() if response == "utter_start_check" else apply_rules(dispatcher, conversation)


def _response(conversation: Conversation) -> str:
    """Returns the response to the reply, or an empty string where only the rules have something to say."""
    turn, last = conversation.turn, conversation.last_said()
    reply = turn.reply or "unsure"
    if turn.asked_finding:
        if turn.asked_kind == ASK_GONE:
            return "utter_taken_back" if reply == "yes" else "utter_kept"
        confirmed = turn.asked_finding in conversation.now.present
        return "utter_kept" if confirmed else "utter_reply_no"
    if last == "utter_start_check":
        return _AFTER_SCREENING[reply]
    if last in _ASKED_IN_WORDS:
        return "utter_reply_no" if reply == "no" else "utter_check_which"
    if last in _OFFERS_A_CHECK and reply == "yes":
        return "utter_start_check"
    if _in_danger(conversation) or conversation.now.contested:
        return ""  # the rules speak: they keep the danger in view and ask whether it is still so
    if conversation.intent == "take_back" or any(assertion == "absent" for _, assertion in turn.findings):
        return "utter_good_to_know"
    if reply == "yes" and _PLAINLY_YES.match(conversation.text) and conversation.asked_lately():
        return "utter_yes_to_what"  # to a sign that was asked about before; it must not be passed over
    return "utter_unsure" if reply == "unsure" else "utter_what_next"


def _in_danger(conversation: Conversation) -> bool:
    return conversation.now.assessment.tier in ESCALATING_TIERS

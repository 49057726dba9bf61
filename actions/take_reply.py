"""Takes "yes", "no" and "not sure" as the answer to whatever was asked last."""

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.apply_red_flag_rules import apply_rules
from actions.tracker_view import Events, TrackerView
from triage.contract import ActionName, Intent, QuestionKind, Slot
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
        return ActionName.TAKE_REPLY

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Says what the answer means, then lets the rules speak where it changed something."""
        view = TrackerView(tracker)
        is_held_up = view.case.clarification or _in_danger(view)
        deferred = None if is_held_up else view.case.deferred
        response = "utter_reply_no_go_on" if deferred else _response(view)
        if response:
            dispatcher.utter_message(response=response)
        if deferred:
            return [*view.open_question(), SlotSet(Slot.ANSWER_VARIANT, deferred.variant)]
        return view.open_question() if response == "utter_start_check" else apply_rules(dispatcher, view)


def _response(view: TrackerView) -> str:
    """Returns the response to the reply, or an empty string where only the rules have something to say."""
    turn, last = view.case.turn, view.last_said()
    reply = turn.reply or "unsure"
    if turn.asked_finding:
        if turn.asked_kind == QuestionKind.RESOLVED:
            return "utter_taken_back" if reply == "yes" else "utter_kept"
        confirmed = turn.asked_finding in view.case.now.present
        return "utter_kept" if confirmed else "utter_reply_no"
    if last == "utter_start_check":
        return _AFTER_SCREENING[reply]
    if last in _ASKED_IN_WORDS:
        return "utter_reply_no" if reply == "no" else "utter_check_which"
    if last in _OFFERS_A_CHECK and reply == "yes":
        return "utter_start_check"
    if _in_danger(view) or view.case.now.pending_retractions:
        return ""  # the rules speak: they keep the danger in view and ask whether it is still so
    if view.intent == Intent.TAKE_BACK or turn.reports("absent"):
        return "utter_good_to_know"
    if reply == "yes" and _PLAINLY_YES.match(view.text) and view.asked_lately():
        return "utter_yes_to_what"  # to a sign that was asked about before; it must not be passed over
    return "utter_unsure" if reply == "unsure" else "utter_what_next"


def _in_danger(view: TrackerView) -> bool:
    return view.case.tier in ESCALATING_TIERS

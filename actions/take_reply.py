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

_SCREENING_RESPONSES = {"yes": "utter_check_which", "no": "utter_check_clear", "unsure": "utter_check_unsure"}
"""Responses by the reply to the list of warning signs."""

_CHECK_OFFERS = {"utter_report_symptoms", "utter_noted", "utter_summary_empty"}
"""Responses that offer to go through the warning signs."""

_FREE_TEXT_QUESTIONS = {"utter_follow_up_in_words", "utter_check_which", "utter_yes_to_what"}
"""Responses that ask the person to tell something in their own words."""

_EXPLICIT_YES = re.compile(r"/?affirm\b|(?:ye[sap]*h?|yup|y)\b", re.IGNORECASE)
"""A pressed "yes", or one in so many words; "ok" and "right" may mean no more than that somebody has read us."""


class ActionTakeReply(Action):
    """Answers a bare yes, no or not sure."""

    def name(self) -> str:
        return ActionName.TAKE_REPLY

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Says what the reply means, then lets the rules speak where it changed something.

        Where the person's own question waited for a "no", its answer follows, planned by a policy.
        """
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
    """Returns the response to the reply, or an empty string where only the rules have something to say.

    The branches stand in order of precedence: the reply belongs to the first question below that was asked.
    """
    turn, last = view.case.turn, view.last_response()
    reply = turn.reply or "unsure"
    # A yes/no question about a finding is open. It goes first, because the reply has changed the case already.
    if turn.asked_finding:
        if turn.asked_kind == QuestionKind.RESOLVED:
            return "utter_taken_back" if reply == "yes" else "utter_kept"
        # "Not sure" of a danger counts as present, so the case is looked at and not the reply.
        is_in_force = turn.asked_finding in view.case.now.present
        return "utter_kept" if is_in_force else "utter_reply_no"
    # The list of warning signs names many findings at once: "yes" to it does not say which.
    if last == "utter_start_check":
        return _SCREENING_RESPONSES[reply]
    # A bare "yes" or "not sure" does not answer what takes words, so the words are asked for.
    if last in _FREE_TEXT_QUESTIONS:
        return "utter_reply_no" if reply == "no" else "utter_check_which"
    # Only "yes" takes up an offer; "no" and "not sure" to one are met as if nothing had been asked.
    if last in _CHECK_OFFERS and reply == "yes":
        return "utter_start_check"
    # The reply is to nothing above, and a danger is in force: the rules keep it in view, before anything below calms.
    if _in_danger(view) or view.case.now.pending_retractions:
        return ""
    # "It is gone now" where nothing was in force that needs to be confirmed.
    if view.intent == Intent.TAKE_BACK or turn.reports("absent"):
        return "utter_good_to_know"
    # A late "yes" may be for a sign that was asked about some messages ago; it must not be passed over.
    if reply == "yes" and _EXPLICIT_YES.match(view.text) and view.asked_recently():
        return "utter_yes_to_what"
    # The reply is to nothing that we asked.
    return "utter_unsure" if reply == "unsure" else "utter_what_next"


def _in_danger(view: TrackerView) -> bool:
    return view.case.tier in ESCALATING_TIERS

"""Says honestly that a message was not understood, or is not ours to answer, and shows a way on."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.buttons import topic_buttons
from actions.tracker_view import Events, TrackerView
from triage.contract import Intent

_ENOUGH = 3
"""Messages in a row that led nowhere, after which the whole list of topics and a person are offered."""

_MOST_ASKED_FOR = ("ask_causes", "ask_relief_now", Intent.START_CHECK)
_ALL_AT_ONCE = (
    "ask_causes", "ask_relief_now", "ask_treatment", "ask_prevention", "ask_when_to_see_doctor", "ask_medicines",
    "ask_stretching_exercise", "ask_duration", Intent.START_CHECK, Intent.ASK_HUMAN,
)  # fmt: skip
_MOST_BUTTONS = 3


class ActionNotUnderstood(Action):
    """Answers messages that are foreign to us or that nobody could make sense of."""

    def name(self) -> str:
        """Returns the action's name in the domain."""
        return "action_not_understood"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Speaks; changes nothing.

        A foreign message is named as such, with the nearest thing that we do know; where two topics are about as
        likely, both are offered; after three messages that led nowhere comes the list of topics. No two answers
        in a row are alike.
        """
        view = TrackerView(tracker)
        row = view.not_understood_in_a_row()
        nearest = view.suggestions()
        if row >= _ENOUGH:
            response = "utter_topic_list" if (row - _ENOUGH) % 2 == 0 else "utter_topic_list_again"
            dispatcher.utter_message(response=response, buttons=topic_buttons(*_ALL_AT_ONCE))
        elif view.intent != Intent.OUT_OF_SCOPE and len(nearest) > 1:
            first, second = topic_buttons(*nearest)[:2]
            dispatcher.utter_message(
                response="utter_did_you_mean",
                first=first["title"].lower().rstrip("?"),
                second=second["title"].lower().rstrip("?"),
                buttons=[first, second],
            )
        else:
            response = f"utter_{view.intent}" if row < 2 else f"utter_{view.intent}_again"
            buttons = topic_buttons(*nearest, *_MOST_ASKED_FOR)[:_MOST_BUTTONS]
            dispatcher.utter_message(response=response, buttons=buttons)
        return []

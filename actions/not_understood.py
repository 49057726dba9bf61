"""Says honestly that a message was not understood, or is not ours to answer, and shows a way on."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.tracker_view import Events, TrackerView
from actions.wording import topic_buttons
from triage.contract import Intent

_MISSES_BEFORE_TOPIC_LIST = 3
"""Messages in a row without an answer, from which on the whole list of topics and a person are offered."""

_COMMON_TOPICS = ("ask_causes", "ask_relief_now", Intent.START_CHECK)
_TOPIC_LIST = (
    "ask_causes", "ask_relief_now", "ask_treatment", "ask_prevention", "ask_when_to_see_doctor", "ask_medicines",
    "ask_stretching_exercise", "ask_duration", Intent.START_CHECK, Intent.ASK_HUMAN,
)  # fmt: skip
_MAX_BUTTONS = 3


class ActionNotUnderstood(Action):
    """Answers messages that are foreign to us or that nobody could make sense of."""

    def name(self) -> str:
        return "action_not_understood"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Offers the nearest thing that we know; no two answers in a row are alike.

        Where two topics are about as likely, both are offered; after three messages without an answer comes the list
        of topics.
        """
        view = TrackerView(tracker)
        misses = view.not_understood_in_a_row()
        nearest = topic_buttons(*view.suggestions())
        if misses >= _MISSES_BEFORE_TOPIC_LIST:
            is_first_list = (misses - _MISSES_BEFORE_TOPIC_LIST) % 2 == 0
            response = "utter_topic_list" if is_first_list else "utter_topic_list_again"
            dispatcher.utter_message(response=response, buttons=topic_buttons(*_TOPIC_LIST))
        elif view.intent != Intent.OUT_OF_SCOPE and len(nearest) > 1:
            first, second = nearest[:2]
            dispatcher.utter_message(
                response="utter_did_you_mean",
                first=first["title"].lower().rstrip("?"),
                second=second["title"].lower().rstrip("?"),
                buttons=[first, second],
            )
        else:
            response = f"utter_{view.intent}" if misses < 2 else f"utter_{view.intent}_again"
            buttons = topic_buttons(*view.suggestions(), *_COMMON_TOPICS)[:_MAX_BUTTONS]
            dispatcher.utter_message(response=response, buttons=buttons)
        return []

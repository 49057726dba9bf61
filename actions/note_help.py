"""Takes note that help has been reached, so that the danger is not repeated."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.tracker_view import Events, TrackerView
from triage.contract import Slot


class ActionNoteHelp(Action):
    """Says what to do until help comes; the reminders of the danger then stop until a new one is told."""

    def name(self) -> str:
        return "action_note_help"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        dispatcher.utter_message(response="utter_help_reached")
        return [*TrackerView(tracker).open_question(), SlotSet(Slot.HELP_REACHED, True)]

"""Takes note that help has been reached, so that the danger need not be repeated."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.tracker_view import Events, TrackerView
from triage.contract import Slot


class ActionNoteHelp(Action):
    """Answers "the ambulance is on its way"; a new danger ends the rest that this gives."""

    def name(self) -> str:
        """Returns the action's name in the domain."""
        return "action_note_help"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Says what to do until then; records that help was reached."""
        dispatcher.utter_message(response="utter_help_reached")
        return [*TrackerView(tracker).open_question(), SlotSet(Slot.HELP_REACHED, True)]

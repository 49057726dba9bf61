"""Clears what the person told us."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import AllSlotsReset, Restarted
from rasa_sdk.executor import CollectingDispatcher

from actions.tracker_view import Events


class ActionForgetMe(Action):
    """Drops the conversation so far, slots included."""

    def name(self) -> str:
        return "action_forget_me"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        dispatcher.utter_message(response="utter_forget_me")
        return [AllSlotsReset(), Restarted()]

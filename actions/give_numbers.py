"""Gives the emergency and advice numbers of the country a person names."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.tracker_view import Events, TrackerView
from triage.help_lines import countries, emergency_number


class ActionGiveNumbers(Action):
    """Answers "I'm in Leeds" with the numbers that hold there."""

    def name(self) -> str:
        return "action_give_numbers"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        country = TrackerView(tracker).country  # the slot was filled by the message itself
        number = emergency_number(country)
        if country not in countries():
            dispatcher.utter_message(response="utter_country_unknown", line=number.line)
            return []
        advice_line = f" For advice that can wait a little: {number.advice_line}." if number.advice_line else ""
        dispatcher.utter_message(response="utter_country_numbers", line=number.line, advice=advice_line)
        return []

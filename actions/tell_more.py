"""Leads deeper into the last topic."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.tracker_view import Events, TrackerView
from actions.wording import is_answer
from triage.contract import ActionName


class ActionTellMore(Action):
    """Offers the details of the last topic that have an answer of their own."""

    def name(self) -> str:
        return ActionName.TELL_MORE

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        answer = TrackerView(tracker).last_answer()
        variations = (domain.get("responses") or {}).get(str(answer.get("utter_action") or "")) or []
        sources = (answer.get("metadata") or {}).get("sources")
        given = [v for v in variations if (v.get("metadata") or {}).get("sources") == sources] or variations
        buttons = [button for variation in given[:1] for button in variation.get("buttons") or ()]
        if not buttons or any(map(is_answer, buttons)):  # a question of ours has no details to offer
            dispatcher.utter_message(response="utter_ask_more")
            return []
        # The domain doubles the braces of payloads, because Rasa fills in slots between single ones.
        unescaped = [{**b, "payload": b["payload"].replace("{{", "{").replace("}}", "}")} for b in buttons]
        dispatcher.utter_message(response="utter_more_on_topic", buttons=unescaped)
        return []

"""Leads deeper into the last topic."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import Conversation, Events

_TOPIC = "utter_"


class ActionTellMore(Action):
    """Offers the details of the last topic that have an answer of their own."""

    def name(self) -> str:
        """Returns the action's name in the domain."""
        return "action_tell_more"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Speaks; changes nothing."""
        topic = str(Conversation(tracker).last_answer().get("utter_action") or "")
        variations = (domain.get("responses") or {}).get(topic) or []
        details = [c["value"] for v in variations for c in v.get("condition") or () if c["name"] == "answer_variant"]
        buttons = [b for v in variations[:1] for b in v.get("buttons") or ()]
        if not details:
            dispatcher.utter_message(response="utter_ask_more")
            return []
        dispatcher.utter_message(
            response="utter_more_on_topic",
            details=", ".join(detail.replace("_", " ") for detail in details),
            buttons=[
                {"title": b["title"], "payload": b["payload"].replace("{{", "{").replace("}}", "}")} for b in buttons
            ],
        )
        return []

"""Names the sources of the last answer."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.tracker_view import Events, TrackerView
from triage.evidence import sources
from triage.rules import ESCALATING_TIERS

_MOST_LISTED = 8


class ActionShowSources(Action):
    """Lists title, publisher and address of each source of the last answer."""

    def name(self) -> str:
        """Returns the action's name in the domain."""
        return "action_show_sources"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Speaks; changes nothing."""
        view = TrackerView(tracker)
        ids = list((view.last_answer().get("metadata") or {}).get("sources") or [])
        assessment = view.case.now.assessment
        if assessment.tier in ESCALATING_TIERS:
            ids = list(dict.fromkeys(source for rule in assessment.rules for source in rule.sources))
        known = [sources()[id_] for id_ in ids if id_ in sources()]
        if not known:
            dispatcher.utter_message(response="utter_sources_general")
            return []
        lines = [
            f"- {source.title} ({source.publisher}){f': {source.url}' if source.url else ''}"
            for source in known[:_MOST_LISTED]
        ]
        dispatcher.utter_message(response="utter_sources", sources="\n".join(lines))
        return []

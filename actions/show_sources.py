"""Names the sources of the last answer."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.tracker_view import Events, TrackerView
from triage.evidence import sources
from triage.rules import ESCALATING_TIERS

_MAX_SOURCES = 8


class ActionShowSources(Action):
    """Lists title, publisher and address of each source of the last answer."""

    def name(self) -> str:
        return "action_show_sources"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        view = TrackerView(tracker)
        ids = list((view.last_answer().get("metadata") or {}).get("sources") or [])
        assessment = view.case.now.assessment
        if assessment.tier in ESCALATING_TIERS:  # the danger in force is what the person has just been told
            ids = list(dict.fromkeys(source for rule in assessment.rules for source in rule.sources))
        known = [sources()[id_] for id_ in ids if id_ in sources()]
        if not known:
            dispatcher.utter_message(response="utter_sources_general")
            return []
        lines = [
            f"- {source.title} ({source.publisher}){f': {source.url}' if source.url else ''}"
            for source in known[:_MAX_SOURCES]
        ]
        dispatcher.utter_message(response="utter_sources", sources="\n".join(lines))
        return []

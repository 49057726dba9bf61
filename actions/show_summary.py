"""Sums up what was said and advised."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.tracker_view import Events, TrackerView
from actions.wording import advice
from triage.findings import vocabulary
from triage.rules import tier_label


class ActionShowSummary(Action):
    """Lists the findings in force, the facts told beside them, and the advice that follows."""

    def name(self) -> str:
        return "action_show_summary"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        view = TrackerView(tracker)
        present = view.case.now.present
        if not present:
            dispatcher.utter_message(response="utter_summary_empty")
            return view.open_question()
        assessment = view.case.now.assessment
        signs = [vocabulary()[finding].name for finding in present]
        facts = [f"{label}: {value}" for label, value in view.facts().items()]
        said = advice(assessment.rules, view.country, after_first_line=False)
        what_to_do = said or "watch it, and come back if it changes."
        label = f"{tier_label(assessment.tier)}. " if assessment.tier else ""
        label = "" if label.strip() in what_to_do else label
        dispatcher.utter_message(
            response="utter_summary",
            reported="\n".join(f"- {line}" for line in (*signs, *facts)),
            advice=f"{label}{what_to_do}",
        )
        return view.open_question()

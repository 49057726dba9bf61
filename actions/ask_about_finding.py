"""Asks one yes/no question about a danger that the message may report."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.tracker_view import Events, TrackerView
from triage.contract import ActionName, QuestionKind
from triage.engine import assess
from triage.findings import vocabulary
from triage.rules import TIERS


class ActionAskAboutFinding(Action):
    """Asks before anything is answered; records what a bare "yes" would confirm."""

    def name(self) -> str:
        return ActionName.ASK_ABOUT_FINDING

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        view = TrackerView(tracker)
        return view.open_question(*ask_about_unclear(dispatcher, view))


def ask_about_unclear(dispatcher: CollectingDispatcher, view: TrackerView) -> tuple[str | None, str | None]:
    """Asks about the unclear finding that is worth a question, if there is one.

    Returns:
        The finding and the kind of question, or twice None.
    """
    finding = view.case.clarification
    if finding is None:
        return None, None
    tier = assess([*view.case.now.present, finding]).tier
    response = "utter_ask_danger" if tier == TIERS[0] else "utter_ask_finding"
    dispatcher.utter_message(response=response, question=vocabulary()[finding].confirm)
    return finding, QuestionKind.PRESENT

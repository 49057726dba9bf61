"""What policies of ours have in common: nothing to learn, and one next action that a function of the tracker names."""

from __future__ import annotations

from typing import Any

from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.engine.storage.resource import Resource
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from nlu.base import faults

PlannedAction = tuple[str, dict[str, Any]]
"""An action, and the slots that must be set for it."""


class PlanningPolicy(Policy):
    """A policy that predicts the action which `next_action` names, and abstains where it names none or breaks."""

    def train(self, training_trackers: list[TrackerWithCachedStates], domain: Domain, **kwargs: Any) -> Resource:
        """Has nothing to learn."""
        return self._resource

    def next_action(self, tracker: DialogueStateTracker) -> PlannedAction | None:
        """Returns the next action, or None where another policy should decide."""
        raise NotImplementedError

    def events(self, tracker: DialogueStateTracker) -> list[Event]:
        """Returns events that hold whichever policy decides."""
        return []

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Predicts the next action and sets its slots; else abstains."""
        events: list[Event] = []
        try:
            events = self.events(tracker)
            planned = self.next_action(tracker)
        except Exception as error:
            faults.report(type(self).__name__, error)
            planned = None
        probabilities = self._default_predictions(domain)
        if planned is None or planned[0] not in domain.action_names_or_texts:
            return self._prediction(probabilities, events=events)
        action, slots = planned
        probabilities[domain.index_for_action(action)] = 1.0
        changed: list[Event] = [SlotSet(name, v) for name, v in slots.items() if tracker.get_slot(name) != v]
        return self._prediction(probabilities, events=events, optional_events=changed)


def next_pending_action(tracker: DialogueStateTracker, actions: list[str]) -> str:
    """Returns the first of some actions that has not run since the latest message; listening when all have."""
    done = set()
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, ActionExecuted) and event.action_name:
            done.add(event.action_name)
    return next((action for action in actions if action not in done), ACTION_LISTEN_NAME)

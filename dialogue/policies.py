"""What policies of ours have in common: nothing to learn, and one next step that a function of the tracker names."""

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

APPLY_RULES = "action_apply_red_flag_rules"
Step = tuple[str, dict[str, Any]]
"""An action, and the slots that must be set for it."""


class PlanningPolicy(Policy):
    """A policy that predicts the step which `next_step` names, and abstains where it names none or breaks."""

    def train(self, training_trackers: list[TrackerWithCachedStates], domain: Domain, **kwargs: Any) -> Resource:
        """Has nothing to learn."""
        return self._resource

    def next_step(self, tracker: DialogueStateTracker) -> Step | None:
        """Returns the next step, or None where another policy should decide."""
        raise NotImplementedError

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Predicts the next step and sets its slots; else abstains."""
        try:
            step = self.next_step(tracker)
        except Exception as error:
            faults.note(type(self).__name__, error)
            step = None
        chances = self._default_predictions(domain)
        if step is None or step[0] not in domain.action_names_or_texts:
            return self._prediction(chances)
        action, slots = step
        chances[domain.index_for_action(action)] = 1.0
        events: list[Event] = [SlotSet(name, v) for name, v in slots.items() if tracker.get_slot(name) != v]
        return self._prediction(chances, optional_events=events)


def first_not_done(tracker: DialogueStateTracker, actions: list[str]) -> str:
    """Returns the first of some actions that has not run since the latest message; listening when all have."""
    done = set()
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, ActionExecuted) and event.action_name:
            done.add(event.action_name)
    return next((action for action in actions if action not in done), ACTION_LISTEN_NAME)

"""Red flags over several messages: what only the whole conversation shows goes before the answer, too.

The red-flag screen sees one message. This policy adds up the findings of all of them, in the Rasa process, so that
a danger told in two halves is met with the same plain first line even when the action server is dead.
"""

from __future__ import annotations

from typing import Any

from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Restarted, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from nlu.rasa_adjustments import adjust_rasa
from nlu.red_flag_screen import ESCALATION_INTENTS
from triage.conversation import remember, turns_from_events
from triage.rules import rank

_FIRST_LINES = {tier: f"utter_{intent}" for tier, intent in ESCALATION_INTENTS.items()}
_APPLY_RULES = "action_apply_red_flag_rules"

adjust_rasa()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=False)
class RedFlagPolicy(Policy):
    """Predicts the escalation where this message raised the tier of the whole conversation."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``priority`` must lie above the RulePolicy's 6."""
        return {"priority": 7, "max_history": None}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> RedFlagPolicy:
        """Creates the policy."""
        return cls(config, model_storage, resource, execution_context)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> RedFlagPolicy:
        """Loads the policy; there is nothing to load."""
        return cls(config, model_storage, resource, execution_context)

    def train(self, training_trackers: list[TrackerWithCachedStates], domain: Domain, **kwargs: Any) -> Resource:
        """Has nothing to learn."""
        return self._resource

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Predicts first line, rules and listening where a danger grew over several messages; else abstains."""
        action = next_escalation_action(tracker)
        if action is None or action not in domain.action_names_or_texts:
            return self._prediction(self._default_predictions(domain))
        chances = self._default_predictions(domain)
        chances[domain.index_for_action(action)] = 1.0
        return self._prediction(chances)


def next_escalation_action(tracker: DialogueStateTracker) -> str | None:
    """Returns the next action of an escalation that the latest message completed, or None.

    Only where the message alone did not show it: messages that did carry an intent with a rule of its own.
    """
    message = tracker.latest_message
    if message is None or message.intent.get("name") in ESCALATION_INTENTS.values():
        return None
    events = [event for event in tracker.events if isinstance(event, (UserUttered, SlotSet, SessionStarted, Restarted))]
    turns = turns_from_events(event.as_dict() for event in events)
    if len(turns) < 2:
        return None
    before, now = remember(turns[:-1]).assessment, remember(turns).assessment
    first_line = _FIRST_LINES.get(now.tier or "")
    if first_line is None or rank(now.tier) <= rank(before.tier):
        return None
    done = _actions_since_message(tracker)
    for action in (first_line, _APPLY_RULES):
        if action not in done:
            return action
    return ACTION_LISTEN_NAME


def _actions_since_message(tracker: DialogueStateTracker) -> set[str]:
    done = set()
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, ActionExecuted) and event.action_name:
            done.add(event.action_name)
    return done

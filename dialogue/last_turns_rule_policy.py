"""Rasa's RulePolicy, looking at the last turns alone: no rule of ours reaches further back, and a turn costs less."""

from __future__ import annotations

from typing import Any

from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

_MESSAGES_SEEN = 2


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class LastTurnsRulePolicy(RulePolicy):
    """Predicts as Rasa's RulePolicy does from the latest message and the one before it."""

    def _prediction_states(
        self, tracker: DialogueStateTracker, domain: Domain, *args: Any, **kwargs: Any
    ) -> list[State]:
        return super()._prediction_states(_last_turns(tracker, domain), domain, *args, **kwargs)


def _last_turns(tracker: DialogueStateTracker, domain: Domain) -> DialogueStateTracker:
    events = list(tracker.events)
    messages = [number for number, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(messages) <= _MESSAGES_SEEN:
        return tracker
    short = tracker.init_copy()
    for event in events[messages[-_MESSAGES_SEEN] - 1 :]:  # with the listening before it
        short.update(event, domain)
    return short

"""Chooses the answers where one topic is not all: several questions at once, and follow-ups to the last answer.

Rasa's rules map one intent to one answer. This policy stands between the red flags, which go first, and the rules: it
plans the answers to a message that asks about several topics, and reads a follow-up in the light of the answer before.
It sets the slot of the detail by itself, so that all of this works without the action server.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.events import ActionExecuted, Restarted, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from nlu.follow_ups import FOLLOW_UP, WHY, Answer, resolve
from nlu.planning_policy import PlanningPolicy, Step, first_not_done
from nlu.topic_details import ALSO_ASKED, ANSWER_VARIANT, GENERAL
from triage.topics import TOPICS

_APPLY_RULES = "action_apply_red_flag_rules"
_TELL_MORE = "action_tell_more"
_UTTER = "utter_"
_SAYS_ENOUGH = frozenset({"report_emergency", "report_urgent", "message_too_long", "message_without_words"})


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=False)
class AnswerPolicy(PlanningPolicy):
    """Predicts the answers to several questions and to follow-ups."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``priority`` must lie between the RulePolicy's 6 and that of the RedFlagPolicy."""
        return {"priority": 7, "max_history": None}

    def next_step(self, tracker: DialogueStateTracker) -> Step | None:
        """Returns the next of the planned answers and its detail, or None where one intent has one answer."""
        message = tracker.latest_message
        if message is None or message.intent.get("name") in _SAYS_ENOUGH:
            return None
        planned = {
            answer.intent if answer.intent == _TELL_MORE else _UTTER + answer.intent: answer.variant
            for answer in planned_answers(tracker, message)
        }
        if not planned:
            return None
        action = first_not_done(tracker, [*planned, _APPLY_RULES])
        return action, planned.get(action)


def planned_answers(tracker: DialogueStateTracker, message: UserUttered) -> list[Answer]:
    """Returns the answers that a message calls for; none where its intent says it all."""
    entities = message.entities or []
    several = [Answer(e["value"], e.get("variant") or GENERAL) for e in entities if e.get("entity") == ALSO_ASKED]
    if several:
        return several
    kind = next((e["value"] for e in entities if e.get("entity") == FOLLOW_UP), None)
    last = last_answer(tracker) if kind else None
    if kind is None or last is None:
        return []
    answer = resolve(kind, [e["value"] for e in entities if e.get("entity") == "factor"], last)
    if answer is None and kind == WHY:
        return [Answer(_TELL_MORE, last.variant)]
    return [answer] if answer else []


def last_answer(tracker: DialogueStateTracker) -> Answer | None:
    """Returns topic and detail of the last answer before the latest message, in this session, or None."""
    said, before, variant = None, None, GENERAL
    for event in tracker.events:
        if isinstance(event, (SessionStarted, Restarted)):
            said = None
        elif isinstance(event, UserUttered):
            before = said
        elif isinstance(event, SlotSet) and event.key == ANSWER_VARIANT:
            variant = event.value or GENERAL
        elif isinstance(event, ActionExecuted):
            intent = (event.action_name or "").removeprefix(_UTTER)
            if intent in TOPICS or intent == "report_symptoms":
                said = Answer(intent, variant)
    return before

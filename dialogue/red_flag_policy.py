"""Red flags over several messages: what only the whole conversation shows goes before the answer, too.

The red-flag screen sees one message. This policy adds up the findings of all of them, in the Rasa process, so that
a danger told in two halves is met with the same plain first line even when the action server is dead.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.events import Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from dialogue import rasa_patches
from dialogue.current_case import current_case, is_current
from dialogue.planning_policy import PlannedAction, PlanningPolicy, next_pending_action
from triage.case import Case
from triage.contract import (
    ESCALATION_INTENTS,
    FIRST_LINES,
    RESPONSE_PREFIX,
    TOPIC_PREFIX,
    ActionName,
    Intent,
    QuestionKind,
    Slot,
)
from triage.rules import rank

_IN_VIEW = {"emergency_now": "utter_emergency_in_view", "urgent_same_day": "utter_urgent_in_view"}
_NOT_HEARD = "utter_message_in_other_form"
_MORE_THAN_A_REPLY = frozenset(
    {
        Intent.TAKE_BACK,
        Intent.GOT_HELP,
        Intent.RESTART,
        Intent.FORGET_ME,
        Intent.REPORT_EMERGENCY,
        Intent.REPORT_URGENT,
    }
)
"""Messages that mean more than an answer to the open question."""

_NOT_TO_BE_QUESTIONED = _MORE_THAN_A_REPLY - {Intent.TAKE_BACK}
"""Messages before which no question is put."""

_ANSWERED_IN_DANGER = _MORE_THAN_A_REPLY | {
    Intent.AFFIRM,
    Intent.DENY,
    Intent.UNSURE,
    Intent.START_CHECK,
    Intent.ASK_SUMMARY,
    Intent.ASK_HUMAN,
    Intent.TELL_COUNTRY,
}
"""Messages that are answered as ever while a danger is in force: replies, ways to help, and control."""

_WIPES = frozenset({Intent.FORGET_ME, Intent.RESTART})
"""Messages that would wipe a danger away with all else ("forget i said it"): asked first, obeyed when repeated."""

_TREATS_THE_LEG = frozenset(
    {"ask_relief_now", "ask_massage_heat_cold", "ask_stretching_exercise", "ask_treatment", "ask_physical_therapy"}
)
"""Topics whose advice (stretch, rub, warm) could do harm while a danger is in force."""

rasa_patches.install()  # here, because Rasa imports every component before it loads the domain


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=False)
class RedFlagPolicy(PlanningPolicy):
    """Predicts the escalation where this message raised the tier of the whole conversation."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``priority`` must lie above that of all other policies."""
        return {"priority": 8, "max_history": None}

    def events(self, tracker: DialogueStateTracker) -> list[Event]:
        """Returns the event that puts the case of this turn into its slot, once per turn."""
        if is_current(tracker):
            return []
        case = current_case(tracker)
        return [SlotSet(Slot.CASE, case.to_json())] if case else []

    def next_action(self, tracker: DialogueStateTracker) -> PlannedAction | None:
        """Returns first line, rules and listening where a danger grew over several messages."""
        action = next_escalation_action(tracker)
        return (action, {}) if action else None


def next_escalation_action(tracker: DialogueStateTracker) -> str | None:
    """Returns the next action where the whole conversation calls for more than the latest message shows, or None.

    * The message completed a danger told in parts: the plain first line comes, and the rules.
    * It may report a danger, but its words are unclear: one yes/no question comes before anything else.
    * It answers a question of ours in words of its own: the answer is taken; after a "no", the topic that had to
      wait for it is answered.
    * It would wipe a danger away ("forget i said it"): it is kept in view, and asked whether it is gone.
    * A danger told before is still in force: a plain reminder goes before any other answer. In an emergency nothing
      else is answered; where help is needed today, the answer to a question follows.
    """
    message, case = tracker.latest_message, current_case(tracker)
    if message is None or case is None:
        return None
    intent, turn = str(message.intent.get("name")), case.turn
    tier = case.tier or ""
    if tier in FIRST_LINES and rank(tier) > rank(case.before.assessment.tier):
        if intent == ESCALATION_INTENTS[tier]:
            return None
        return next_pending_action(tracker, [FIRST_LINES[tier], ActionName.APPLY_RED_FLAG_RULES])
    if turn.asked_finding and turn.reply and intent not in _MORE_THAN_A_REPLY:
        return next_pending_action(tracker, [ActionName.TAKE_REPLY, *_answer_after_reply(case, intent)])
    if case.clarification and intent not in _NOT_TO_BE_QUESTIONED:
        first = [_NOT_HEARD] if intent == Intent.MESSAGE_IN_OTHER_FORM else []
        return next_pending_action(tracker, [*first, ActionName.ASK_ABOUT_FINDING])
    is_meant = str(message.text or "").startswith("/") or turn.asked_kind == QuestionKind.RESOLVED
    if tier in FIRST_LINES and intent in _WIPES and not is_meant and not tracker.get_slot(Slot.HELP_REACHED):
        return next_pending_action(tracker, [_IN_VIEW[tier], ActionName.APPLY_RED_FLAG_RULES])
    if intent in _ANSWERED_IN_DANGER:
        return None
    if case.now.pending_retractions:
        return next_pending_action(tracker, [ActionName.APPLY_RED_FLAG_RULES])
    if tier not in FIRST_LINES or tracker.get_slot(Slot.HELP_REACHED):
        return None
    if tier == "urgent_same_day" and intent.startswith(TOPIC_PREFIX) and intent not in _TREATS_THE_LEG:
        return next_pending_action(
            tracker, [_IN_VIEW[tier], f"{RESPONSE_PREFIX}{intent}", ActionName.APPLY_RED_FLAG_RULES]
        )
    return next_pending_action(tracker, [_IN_VIEW[tier], ActionName.APPLY_RED_FLAG_RULES])


def _answer_after_reply(case: Case, intent: str) -> list[str]:
    """Returns the answer that follows a taken reply: what this message asks, else what had to wait for our question."""
    if case.clarification or case.tier in FIRST_LINES:
        return []
    if intent.startswith(TOPIC_PREFIX):
        return [f"{RESPONSE_PREFIX}{intent}"]
    return [f"{RESPONSE_PREFIX}{case.deferred.intent}"] if case.deferred else []

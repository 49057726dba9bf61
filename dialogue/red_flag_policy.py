"""Red flags over several messages: what only the whole conversation shows goes before the answer, too.

The red-flag screen sees one message. This policy adds up the findings of all of them, in the Rasa process, so that
a danger told in two halves is met with the same plain first line even when the action server is dead.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.events import Restarted, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from dialogue.policies import APPLY_RULES, PlanningPolicy, Step, first_not_done
from dialogue.rasa_patches import adjust_rasa
from nlu.intents.red_flag_screen import ESCALATION_INTENTS, FIRST_LINES
from triage.conversation import ASK_GONE, ASK_HAS, Memory, Turn, before_and_now, turns_from_events, waiting_topic
from triage.rules import rank

_IN_VIEW = {"emergency_now": "utter_emergency_in_view", "urgent_same_day": "utter_urgent_in_view"}
_ASK_ABOUT_FINDING = "action_ask_about_finding"
_TAKE_REPLY = "action_take_reply"
_NOT_HEARD = "utter_message_in_other_form"
_CONTROL = frozenset({"take_back", "got_help", "restart", "forget_me", "report_emergency", "report_urgent"})
"""Messages that mean more than an answer to the open question."""

_NOT_HELD_UP = frozenset({"got_help", "restart", "forget_me", "report_emergency", "report_urgent"})
"""Messages before which no question is put."""

_GOES_ON_AS_EVER = frozenset(
    {
        "affirm", "deny", "unsure", "take_back", "got_help", "start_check", "ask_summary", "restart", "forget_me",
        "ask_human", "tell_country", "report_emergency", "report_urgent",
    }
)  # fmt: skip
"""Messages that are answered as ever while a danger is in force: replies, ways to help, and control."""

_WIPES = frozenset({"forget_me", "restart"})
"""Messages that would wipe a danger away with all else ("forget i said it"): asked first, obeyed when repeated."""

_TREATS_THE_LEG = frozenset(
    {"ask_relief_now", "ask_massage_heat_cold", "ask_stretching_exercise", "ask_treatment", "ask_physical_therapy"}
)
"""Topics whose advice (stretch, rub, warm) could do harm while a danger is in force."""

_READ = (UserUttered, SlotSet, SessionStarted, Restarted)

adjust_rasa()  # here, because Rasa imports every component before it loads the domain


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=False)
class RedFlagPolicy(PlanningPolicy):
    """Predicts the escalation where this message raised the tier of the whole conversation."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``priority`` must lie above that of all other policies."""
        return {"priority": 8, "max_history": None}

    def next_step(self, tracker: DialogueStateTracker) -> Step | None:
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
    message = tracker.latest_message
    if message is None:
        return None
    events = [event.as_dict() for event in tracker.events if isinstance(event, _READ)]
    turns = turns_from_events(events)
    if not turns:
        return None
    intent = str(message.intent.get("name"))
    before, now = before_and_now(turns)
    tier = now.assessment.tier or ""
    if tier in FIRST_LINES and rank(tier) > rank(before.assessment.tier):
        if intent == ESCALATION_INTENTS[tier]:
            return None
        return first_not_done(tracker, [FIRST_LINES[tier], APPLY_RULES])
    turn = turns[-1]
    if turn.asked_finding and turn.reply and intent not in _CONTROL:
        return first_not_done(tracker, [_TAKE_REPLY, *_answer_after_reply(events, turn, now, intent)])
    if now.unclear() and intent not in _NOT_HELD_UP:
        first = [_NOT_HEARD] if intent == "message_in_other_form" else []
        return first_not_done(tracker, [*first, _ASK_ABOUT_FINDING])
    is_meant = str(message.text or "").startswith("/") or turn.asked_kind == ASK_GONE
    if tier in FIRST_LINES and intent in _WIPES and not is_meant and not tracker.get_slot("help_reached"):
        return first_not_done(tracker, [_IN_VIEW[tier], APPLY_RULES])
    if intent in _GOES_ON_AS_EVER:
        return None
    if now.contested:
        return first_not_done(tracker, [APPLY_RULES])
    if tier not in FIRST_LINES or tracker.get_slot("help_reached"):
        return None
    if tier == "urgent_same_day" and intent.startswith("ask_") and intent not in _TREATS_THE_LEG:
        return first_not_done(tracker, [_IN_VIEW[tier], f"utter_{intent}", APPLY_RULES])
    return first_not_done(tracker, [_IN_VIEW[tier], APPLY_RULES])


def _answer_after_reply(events: list[dict[str, Any]], turn: Turn, now: Memory, intent: str) -> list[str]:
    """Returns the answer that follows a taken reply: what this message asks, else what had to wait for our question."""
    if now.unclear() or now.assessment.tier in FIRST_LINES:
        return []
    if intent.startswith("ask_"):
        return [f"utter_{intent}"]
    waiting = waiting_topic(events) if turn.reply == "no" and turn.asked_kind == ASK_HAS else None
    return [f"utter_{waiting.intent}"] if waiting else []

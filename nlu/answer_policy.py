"""Chooses the answers where one topic is not all: several questions at once, and follow-ups to the last answer.

Rasa's rules map one intent to one answer. This policy stands between the red flags, which go first, and the rules: it
plans the answers to a message that asks about several topics, and reads a follow-up in the light of the answer before.
It sets the slot of the detail by itself, so that all of this works without the action server.
"""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.events import ActionExecuted, BotUttered, Restarted, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from nlu.follow_ups import FOLLOW_UP, WHY, Answer, resolve
from nlu.planning_policy import APPLY_RULES, PlanningPolicy, Step, first_not_done
from nlu.topic_details import ALSO_ASKED, ANSWER_VARIANT, GENERAL
from triage.topics import TOPICS

_TELL_MORE = "action_tell_more"
_ASK_MORE = "ask_more"
_PAYLOAD = re.compile(r'/(?P<intent>\w+)(?:\{"answer_variant": "(?P<variant>\w+)"\})?')
_YOU_MENTIONED = "utter_you_mentioned"
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
        """Returns the next of the planned answers and its slots, or None where one intent has one answer."""
        message = tracker.latest_message
        if message is None or message.intent.get("name") in _SAYS_ENOUGH:
            return None
        answers = planned_answers(tracker, message)
        medicine = _medicine_named(message)
        if medicine and not answers and message.intent.get("name") in TOPICS:
            answers = [Answer(str(message.intent["name"]), tracker.get_slot(ANSWER_VARIANT) or GENERAL)]
        if not answers:
            return None
        planned = {
            answer.intent if answer.intent == _TELL_MORE else _UTTER + answer.intent: {ANSWER_VARIANT: answer.variant}
            for answer in answers
        }
        if medicine:
            planned = {_YOU_MENTIONED: {"medicine": medicine}, **planned}
        action = first_not_done(tracker, [*planned, APPLY_RULES])
        return action, planned.get(action, {})


def _medicine_named(message: UserUttered) -> str:
    """Returns name and kind of the first medicine that a message calls by its name, or an empty string."""
    return next((str(e["medicine"]) for e in message.entities or () if e.get("medicine")), "")


def planned_answers(tracker: DialogueStateTracker, message: UserUttered) -> list[Answer]:
    """Returns the answers that a message calls for; none where its intent says it all."""
    entities = message.entities or []
    several = [Answer(e["value"], e.get("variant") or GENERAL) for e in entities if e.get("entity") == ALSO_ASKED]
    if several:
        return several
    kind = next((e["value"] for e in entities if e.get("entity") == FOLLOW_UP), None)
    wants_more = message.intent.get("name") == _ASK_MORE
    said = answers_said(tracker) if kind or wants_more else []
    if not said:
        return []
    answer = resolve(kind, [e["value"] for e in entities if e.get("entity") == "factor"], said[-1]) if kind else None
    if answer is None and (wants_more or kind == WHY):
        answer = _next_detail(tracker, said) or Answer(_TELL_MORE, said[-1].variant)
    return [answer] if answer else []


def answers_said(tracker: DialogueStateTracker) -> list[Answer]:
    """Returns the answers given in this session before the latest message, oldest first."""
    said: list[Answer] = []
    before: list[Answer] = []
    variant = GENERAL
    for event in tracker.events:
        if isinstance(event, (SessionStarted, Restarted)):
            said = []
        elif isinstance(event, UserUttered):
            before = list(said)
        elif isinstance(event, SlotSet) and event.key == ANSWER_VARIANT:
            variant = event.value or GENERAL
        elif isinstance(event, ActionExecuted):
            intent = (event.action_name or "").removeprefix(_UTTER)
            if intent in TOPICS or intent == "report_symptoms":
                said.append(Answer(intent, variant))
    return before


def _next_detail(tracker: DialogueStateTracker, said: list[Answer]) -> Answer | None:
    """Returns the first answer that the buttons of the last one lead to and that has not been given yet."""
    events = list(tracker.events)
    message = max(number for number, event in enumerate(events) if isinstance(event, UserUttered))
    for event in reversed(events[:message]):
        if isinstance(event, BotUttered) and (event.metadata or {}).get("utter_action") == _UTTER + said[-1].intent:
            targets = [_PAYLOAD.fullmatch(b.get("payload") or "") for b in event.data.get("buttons") or ()]
            answers = [Answer(found["intent"], found["variant"] or GENERAL) for found in targets if found]
            return next((a for a in answers if a.intent in TOPICS and a not in said), None)
    return None

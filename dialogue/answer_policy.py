"""Chooses the answers: one for each intent, several where a message asks about several topics, and follow-ups.

This policy stands between the red flags, which go first, and the rules, which answer by an action of their own. It
plans the response that bears the intent's name, reads a follow-up in the light of the answer before, and sets the slot
of the detail by itself, so that all of this works without the action server.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, Restarted, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from dialogue.current_case import current_case
from dialogue.planning_policy import PlannedAction, PlanningPolicy, next_pending_action
from nlu.intents.factors import FACTOR_OF_FINDING, GOES_FIRST, factor_table
from nlu.intents.follow_ups import WHY, Answer, resolve
from nlu.text.choices import chosen_positions
from triage.contract import GENERAL, RESPONSE_PREFIX, ActionName, Entity, Intent, Slot, decode
from triage.topics import TOPICS

_YOU_MENTIONED = "utter_you_mentioned"
_LEFT_OUT = "utter_left_out"
ANSWERED_BY_A_RULE = frozenset(
    {
        Intent.REPORT_EMERGENCY,
        Intent.REPORT_URGENT,
        Intent.AFFIRM,
        Intent.DENY,
        Intent.UNSURE,
        Intent.TAKE_BACK,
        Intent.GOT_HELP,
        Intent.ASK_SUMMARY,
        Intent.ASK_SOURCES,
        Intent.ASK_MORE,
        Intent.TELL_COUNTRY,
        Intent.RESTART,
        Intent.FORGET_ME,
        Intent.OUT_OF_SCOPE,
        Intent.FALLBACK,
    }
)
"""Messages that have a rule in ``data/rules.yml``: an action of their own answers them, or they are dangers, whose
first lines must come even where this policy breaks."""

_WITHOUT_A_QUESTION = frozenset(
    {
        Intent.REPORT_EMERGENCY,
        Intent.REPORT_URGENT,
        Intent.MESSAGE_TOO_LONG,
        Intent.MESSAGE_WITHOUT_WORDS,
        Intent.MESSAGE_IN_OTHER_FORM,
    }
)
"""Messages that ask nothing beyond their intent."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=False)
class AnswerPolicy(PlanningPolicy):
    """Predicts the answers to a question, to several at once, and to follow-ups."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``priority`` must lie between the RulePolicy's 6 and that of the RedFlagPolicy."""
        return {"priority": 7, "max_history": None}

    def next_action(self, tracker: DialogueStateTracker) -> PlannedAction | None:
        """Returns the next of the planned answers and its slots, or None where a rule answers."""
        message = tracker.latest_message
        if message is None or not message.intent.get("name"):
            return None
        intent = str(message.intent["name"])
        answers = [] if intent in _WITHOUT_A_QUESTION else planned_answers(tracker, message)
        medicine = _medicine_named(message)
        if medicine and not answers and intent in TOPICS:
            answers = [Answer(intent, tracker.get_slot(Slot.ANSWER_VARIANT) or GENERAL)]
        answers = answers or _for_this_person(tracker, message)
        if not answers and intent in ANSWERED_BY_A_RULE:
            return None
        if not answers:  # one intent, one answer
            return next_pending_action(tracker, [RESPONSE_PREFIX + intent, ActionName.APPLY_RED_FLAG_RULES]), {}
        planned: dict[str, dict[str, Any]] = {
            answer.intent if answer.intent == ActionName.TELL_MORE else RESPONSE_PREFIX + answer.intent: {
                Slot.ANSWER_VARIANT: answer.variant
            }
            for answer in answers
        }
        if medicine:
            planned = {_YOU_MENTIONED: {Slot.MEDICINE: medicine}, **planned}
        left_out = _left_out(message)
        last: dict[str, dict[str, Any]] = {_LEFT_OUT: {Slot.LEFT_OUT: left_out}} if left_out else {}
        action = next_pending_action(tracker, [*planned, ActionName.APPLY_RED_FLAG_RULES, *last])
        return action, {**planned, **last}.get(action, {})


def _for_this_person(tracker: DialogueStateTracker, message: UserUttered) -> list[Answer]:
    """Returns the answer meant for who the person is, where an earlier message told that and this one names nothing."""
    topic = str(message.intent.get("name"))
    names_a_detail = any(
        e.get("entity") == Entity.ANSWER_VARIANT and e["value"] != GENERAL for e in message.entities or ()
    )
    if topic not in TOPICS or names_a_detail:
        return []
    case = current_case(tracker)
    told = {FACTOR_OF_FINDING.get(finding) for finding in case.before.present} if case else set()
    fitting = [name for name in GOES_FIRST if name in told and topic in factor_table()[name].topics]
    return [Answer(topic, name) for name in fitting[:1]]


def _left_out(message: UserUttered) -> str:
    """Returns the names of the topics that a message asks about beyond those answered, as part of a sentence."""
    return "; ".join(TOPICS[e["value"]].lower() for e in message.entities or () if e.get("entity") == Entity.LEFT_OUT)


def _medicine_named(message: UserUttered) -> str:
    """Returns name and kind of the first medicine that a message calls by its name, or an empty string."""
    return next((str(e["medicine"]) for e in message.entities or () if e.get("medicine")), "")


def planned_answers(tracker: DialogueStateTracker, message: UserUttered) -> list[Answer]:
    """Returns the answers that a message calls for; none where its intent says it all."""
    entities = message.entities or []
    several = [
        Answer(e["value"], e.get("variant") or GENERAL) for e in entities if e.get("entity") == Entity.ALSO_ASKED
    ]
    if several:
        return several
    picked = _picked(tracker, message)
    if picked:
        return picked
    kind = next((e["value"] for e in entities if e.get("entity") == Entity.FOLLOW_UP), None)
    wants_more = message.intent.get("name") == Intent.ASK_MORE
    said = answers_said(tracker) if kind or wants_more else []
    if not said:
        return []
    factors = [e["value"] for e in entities if e.get("entity") == Entity.FACTOR]
    answer = resolve(kind, factors, said[-1]) if kind else None
    if answer is None and wants_more and kind != WHY:
        answer = _next_detail(tracker, said)
    if answer is None and (wants_more or kind == WHY):
        answer = Answer(ActionName.TELL_MORE, said[-1].variant)
    return [answer] if answer else []


def _picked(tracker: DialogueStateTracker, message: UserUttered) -> list[Answer]:
    """Returns the topics of the buttons shown last that a message names by their places: "the first one"."""
    shown = _last_shown(tracker)
    answers = [shown[position] for position in chosen_positions(message.text or "", len(shown))]
    return [answer for answer in answers if answer.intent in TOPICS]


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
        elif isinstance(event, SlotSet) and event.key == Slot.ANSWER_VARIANT:
            variant = event.value or GENERAL
        elif isinstance(event, ActionExecuted):
            intent = (event.action_name or "").removeprefix(RESPONSE_PREFIX)
            if intent in TOPICS or intent == Intent.REPORT_SYMPTOMS:
                said.append(Answer(intent, variant))
    return before


def _next_detail(tracker: DialogueStateTracker, said: list[Answer]) -> Answer | None:
    """Returns the first answer that the buttons of the last one lead to and that has not been given yet."""
    response = RESPONSE_PREFIX + said[-1].intent
    for event in reversed(_before_latest(tracker)):
        if isinstance(event, BotUttered) and (event.metadata or {}).get("utter_action") == response:
            return next((a for a in _targets(event) if a.intent in TOPICS and a not in said), None)
    return None


def _before_latest(tracker: DialogueStateTracker) -> list[Event]:
    """Returns the events before the latest message."""
    events = list(tracker.events)
    return events[: max(number for number, event in enumerate(events) if isinstance(event, UserUttered))]


def _last_shown(tracker: DialogueStateTracker) -> list[Answer]:
    """Returns where the buttons lead that stood below the last answer, in their order."""
    for event in reversed(_before_latest(tracker)):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, BotUttered) and event.data.get("buttons"):
            return _targets(event)
    return []


def _targets(event: BotUttered) -> list[Answer]:
    found = [decode(button.get("payload") or "") for button in event.data.get("buttons") or ()]
    return [Answer(target.intent, target.variant) if target else Answer("") for target in found]

"""Folds the tracker's events into the case: findings add up over turns, and go only when the person confirms it.

Once per turn, in the Rasa process, so that what the conversation amounts to is known even when the action server is
dead. Works on events in Rasa's dictionary form.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dialogue.history import facts_told, questions_asked
from triage.case import Case, ConversationState, DeferredQuestion, Turn
from triage.clarification import MOST_ASKED, ClarificationThresholds, next_clarification
from triage.contract import NEW_START, REPLIES, TOPIC_PREFIX, Entity, Intent, QuestionKind, Slot
from triage.engine import assess, qualifying_findings
from triage.rules import ESCALATING_TIERS, rank

RETRACTING = frozenset({"absent", "past"})
"""Assertions that speak against a finding in force ("no, it can bend", "sorry, that was last year")."""

_SERIOUS = 0.3
"""Probability from which a finding counts when the question about it has been passed over as often as it is put."""

_LEAST_KEPT = 0.05
"""Probability below which an unclear finding is forgotten when the next message comes."""

_WORTH_CONFIRMING = rank("see_doctor_soon")
"""From this tier on, what is denied or corrected goes only when the person confirms that it is gone."""

_LONGEST_BARE_REPLY = 3
"""Words; a longer message is an answer by the words it begins with, not by its intent ("i feel all right though")."""

_MOST_GROUPS = 60
"""Groups of findings reported in the same words that are kept."""


def fold(events: Sequence[Mapping[str, Any]], message_id: str, thresholds: ClarificationThresholds) -> Case | None:
    """Folds a conversation into its case.

    Args:
        events: tracker events in Rasa's dictionary form, from the beginning or from a snapshot on.
        message_id: of the latest message.
        thresholds: from which a clarifying question is asked.

    Returns:
        The case, or None where nobody has said anything since the last start.
    """
    turns = turns_from_events(events)
    if not turns:
        return None
    before, now = before_and_now(turns)
    turn = turns[-1]
    facts, background = facts_told(events)
    is_answered_no = turn.reply == "no" and turn.asked_kind == QuestionKind.PRESENT
    return Case(
        message_id=message_id,
        before=before,
        now=now,
        turn=turn,
        clarification=next_clarification(now, thresholds),
        deferred=deferred_question(events, before, turn, thresholds) if is_answered_no else None,
        facts=facts,
        background=tuple(background),
        questions_asked=tuple(questions_asked(events)),
    )


def turns_from_events(events: Iterable[Mapping[str, Any]]) -> list[Turn]:
    """Reads turns from tracker events, from the last session start or restart on.

    Where the slot `Slot.SNAPSHOT` stands for messages that are not at hand, the first turn does.
    """
    turns: list[Turn] = []
    slots: dict[str, Any] = {}
    for event in events:
        kind = event.get("event")
        if kind in NEW_START:
            turns, slots = [], {}
        elif kind == "slot":
            slots[event["name"]] = event.get("value")
            if event["name"] == Slot.SNAPSHOT and event.get("value"):
                turns = [Turn(snapshot=ConversationState.from_json(event["value"]["state"]))]
        elif kind == "user":
            turns.append(_turn(event.get("parse_data") or {}, slots))
    return turns


def _turn(parsed: Mapping[str, Any], slots: Mapping[str, Any]) -> Turn:
    intent = (parsed.get("intent") or {}).get("name")
    entities = parsed.get("entities") or ()
    found = [entity for entity in entities if entity.get("entity") == Entity.FINDING]
    findings = tuple((entity["value"], entity.get("assertion", "present")) for entity in found)
    words = [entity["value"] for entity in entities if entity.get("entity") == Entity.REPLY]
    asked = slots.get(Slot.CONFIRMING_FINDING)
    kind = slots.get(Slot.CONFIRMING_QUESTION) if asked else None
    is_short = len(str(parsed.get("text") or "").split()) <= _LONGEST_BARE_REPLY
    reply = REPLIES.get(intent or "") if is_short else None
    if asked and kind == QuestionKind.RESOLVED:
        assertions = {assertion for finding, assertion in findings if finding == asked}
        reply = _whether_resolved(assertions, words)
        if reply == "yes" and not (is_short or "gone" in words or assertions & RETRACTING):
            reply = None  # "yes, i have the ward's number" does not say that the danger is gone
    elif asked:
        assertions = {assertion for finding, assertion in findings if finding == asked}
        reply = _whether_present(assertions, words) or reply
    return Turn(
        findings,
        reply,
        asked,
        kind,
        possible=tuple(
            (entity["value"], float(entity.get("chance", 0.5)))
            for entity in entities
            if entity.get("entity") == Entity.POSSIBLE_FINDING
        ),
        reported_together=_reported_together([e for e in found if e.get("assertion", "present") == "present"]),
        corrects=intent == Intent.TAKE_BACK or "correction" in words,
    )


def _whether_present(assertions: set[str], words: Sequence[str]) -> str | None:
    """Reads the answer to "do you have it?": the finding itself said or denied, else the first words."""
    if "present" in assertions:
        return "yes"
    return _first_reply(words) or ("no" if "absent" in assertions else None)


def _whether_resolved(assertions: set[str], words: Sequence[str]) -> str | None:
    """Reads the answer to "is it gone now?": what is said of it goes before a bare yes or no."""
    if "still" in words or "present" in assertions:
        return "no"
    if "gone" in words:
        return "yes"
    return _first_reply(words) or ("yes" if assertions & RETRACTING else None)


def _first_reply(words: Sequence[str]) -> str | None:
    return next((word for word in words if word in REPLIES.values()), None)


def _reported_together(entities: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, ...], ...]:
    """Groups findings whose words overlap."""
    groups: list[tuple[list[str], int]] = []
    for entity in sorted(entities, key=lambda e: (e.get("start") or 0, e.get("end") or 0)):
        start, end = entity.get("start") or 0, entity.get("end") or 0
        if groups and start < groups[-1][1]:
            groups[-1] = ([*groups[-1][0], entity["value"]], max(end, groups[-1][1]))
        else:
            groups.append(([entity["value"]], end))
    return tuple(tuple(dict.fromkeys(group)) for group, _ in groups if len(set(group)) > 1)


def deferred_question(
    events: Sequence[Mapping[str, Any]], before: ConversationState, turn: Turn, thresholds: ClarificationThresholds
) -> DeferredQuestion | None:
    """Returns what the person asked when, instead of an answer, our open yes/no question came; or None.

    Args:
        events: tracker events; slots and messages of the person are enough.
        before: the state before the latest message.
        turn: the latest message.
        thresholds: from which our question was asked.
    """
    messages = [event for event in events if event.get("event") == "user"]
    if len(messages) < 2:
        return None
    parsed = messages[-2].get("parse_data") or {}
    intent = str((parsed.get("intent") or {}).get("name"))
    asked = next_clarification(before, thresholds)
    if not intent.startswith(TOPIC_PREFIX) or asked is None or asked != turn.asked_finding:
        return None
    variants = [e.get("value") for e in parsed.get("entities") or () if e.get("entity") == Entity.ANSWER_VARIANT]
    return DeferredQuestion(intent, variants[0] if variants else None)


def replay(turns: Iterable[Turn]) -> ConversationState:
    """Adds up the findings of a conversation.

    A finding enters when it is reported as present. A denied one goes at once only where that does
    not lower the tier; otherwise it is kept as a pending retraction until the person confirms that it is gone.
    "Not sure" counts as yes for a finding that would call for help today or now.
    """
    state = ConversationState()
    for turn in turns:
        state = _after(state, turn)
    return state


def before_and_now(turns: Sequence[Turn]) -> tuple[ConversationState, ConversationState]:
    """Returns the state before the latest turn and the one after it."""
    before = replay(turns[:-1])
    return before, _after(before, turns[-1]) if turns else before


class _Draft:
    """A state while one turn is added to it."""

    def __init__(self, state: ConversationState) -> None:
        self.before = state
        self.present = dict.fromkeys(state.present)
        self.possible = {finding: value for finding, value in state.possible if value >= _LEAST_KEPT}
        self.unanswered = dict(state.unanswered)
        self.denials = dict(state.denials)
        self.pending: list[str] = []
        self.corrected: tuple[str, ...] = ()

    def take_answer(self, turn: Turn) -> None:
        """Takes the answer to the open yes/no question, or that there was none."""
        finding = str(turn.asked_finding)
        if turn.reply is None:
            self.unanswered[finding] = self.unanswered.get(finding, 0) + 1
            if self.unanswered[finding] == MOST_ASKED and self.possible.get(finding, 0.0) >= _SERIOUS:
                self.present[finding] = None  # passed over twice: it cannot be ruled out
        elif turn.asked_kind == QuestionKind.RESOLVED and turn.reply == "yes":
            for covered in self.before.covered_by(finding):
                self.present.pop(covered, None)
                self.possible.pop(covered, None)
        elif turn.asked_kind == QuestionKind.PRESENT and (turn.reply == "yes" or self._better_safe(turn)):
            self.present[finding] = None
        elif turn.asked_kind == QuestionKind.PRESENT:
            self.possible.pop(finding, None)
            self.denials[finding] = self.denials.get(finding, 0) + 1

    def _better_safe(self, turn: Turn) -> bool:
        is_danger = assess([*self.present, str(turn.asked_finding)]).tier in ESCALATING_TIERS
        return turn.reply == "unsure" and is_danger

    def retract(self, denied: set[str]) -> None:
        """Drops what was denied, or keeps it until that is confirmed where the tier would be lower without it."""
        for finding in [finding for finding in self.present if finding in denied]:
            if _lowers(self.present, [finding]) and rank(assess(self.present).tier) >= _WORTH_CONFIRMING:
                self.pending.append(finding)
            else:
                del self.present[finding]

    def correct(self, reported: Iterable[str]) -> None:
        """Asks to confirm that the latest danger is gone, where the message takes it back without naming it."""
        in_force = assess(self.present)
        if self.pending or rank(in_force.tier) < _WORTH_CONFIRMING or in_force.supported_by(reported):
            return
        corrected = tuple(finding for finding in self.before.latest_danger if finding in self.present)
        if corrected and _lowers(self.present, corrected):
            alone = (finding for finding in corrected if _lowers(self.present, [finding]))
            self.pending.append(next(alone, corrected[0]))
            self.corrected = corrected

    def bring_up(self, possible: Iterable[tuple[str, float]]) -> None:
        """Notes unclear findings; what is brought up anew may be asked about anew."""
        for finding, value in possible:
            self.possible[finding] = max(value, self.possible.get(finding, 0.0))
            self.unanswered[finding] = min(self.unanswered.get(finding, 0), MOST_ASKED - 1)


def _after(state: ConversationState, turn: Turn) -> ConversationState:
    if turn.snapshot is not None:
        return turn.snapshot
    draft = _Draft(state)
    if turn.asked_finding:
        draft.take_answer(turn)
    reported = dict.fromkeys(turn.reports("present"))
    denied = {finding for finding, assertion in turn.findings if assertion in RETRACTING} - reported.keys()
    draft.present.update(reported)
    draft.retract(denied)
    latest_danger = tuple(reported) if _lowers(draft.present, reported) else state.latest_danger
    if turn.corrects:
        draft.correct(reported)
    draft.bring_up(turn.possible)
    known = draft.present.keys() | denied
    return ConversationState(
        present=tuple(draft.present),
        pending_retractions=tuple(draft.pending),
        possible=tuple(entry for entry in draft.possible.items() if entry[0] not in known),
        denials=tuple(draft.denials.items()),
        unanswered=tuple(draft.unanswered.items()),
        reported_together=tuple(dict.fromkeys([*turn.reported_together, *state.reported_together]))[:_MOST_GROUPS],
        latest_danger=latest_danger,
        corrected=draft.corrected,
        qualifying=tuple(dict.fromkeys([*state.qualifying, *qualifying_findings(reported)])),
    )


def _lowers(present: Iterable[str], without: Iterable[str]) -> bool:
    """Tells whether the tier would be lower without some findings."""
    everything, left_out = list(present), set(without)
    return rank(assess([f for f in everything if f not in left_out]).tier) < rank(assess(everything).tier)

"""What a whole conversation reports: findings add up over turns, and go only when the person confirms it.

Works on plain data, so that the policy in the Rasa process and the custom actions reckon alike.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from triage.engine import Assessment, assess
from triage.rules import ESCALATING_TIERS, rank

ASK_HAS = "has"
ASK_STILL = "still"
_REPLIES = {"affirm": "yes", "deny": "no", "unsure": "unsure", "take_back": "no"}
_NEW_START = {"session_started", "restart"}


@dataclass(frozen=True)
class Turn:
    """One message of the person.

    Attributes:
        findings: pairs of finding id and assertion, as extracted.
        reply: ``yes``, ``no`` or ``unsure`` where the message is an answer, else None.
        asked_finding: the finding that the open yes/no question is about, or None.
        asked_kind: `ASK_HAS` ("do you have it?") or `ASK_STILL` ("do you still have it?"), or None.
    """

    findings: tuple[tuple[str, str], ...] = ()
    reply: str | None = None
    asked_finding: str | None = None
    asked_kind: str | None = None


@dataclass(frozen=True)
class Memory:
    """What is known after some turns.

    Attributes:
        present: ids of the findings in force, oldest first.
        contested: findings in force that the latest message denied; to be asked about.
    """

    present: tuple[str, ...] = ()
    contested: tuple[str, ...] = ()

    def supporting(self) -> str | None:
        """Returns the finding in force that carries the tier: without it the tier would be lower; or None.

        Where no finding carries it alone, the first one that a rule in force names.
        """
        tier = self.assessment.tier
        for finding in self.present:
            if rank(assess([other for other in self.present if other != finding]).tier) < rank(tier):
                return finding
        named = [
            finding
            for finding in self.present
            for rule in self.assessment.rules[:1]
            if finding in rule.criteria.findings
        ]
        return named[0] if named else None

    @property
    def assessment(self) -> Assessment:
        """What the rules say about the findings in force."""
        return assess(self.present)


def turns_from_events(events: Iterable[Mapping[str, Any]]) -> list[Turn]:
    """Reads turns from tracker events in Rasa's dictionary form, from the last session start or restart on."""
    turns: list[Turn] = []
    slots: dict[str, Any] = {}
    for event in events:
        kind = event.get("event")
        if kind in _NEW_START:
            turns, slots = [], {}
        elif kind == "slot":
            slots[event["name"]] = event.get("value")
        elif kind == "user":
            turns.append(_turn(event.get("parse_data") or {}, slots))
    return turns


def _turn(parsed: Mapping[str, Any], slots: Mapping[str, Any]) -> Turn:
    intent = (parsed.get("intent") or {}).get("name")
    findings = tuple(
        (entity["value"], entity.get("assertion", "present"))
        for entity in parsed.get("entities") or ()
        if entity.get("entity") == "finding"
    )
    asked = slots.get("confirming_finding")
    return Turn(findings, _REPLIES.get(intent or ""), asked, slots.get("confirming_question") if asked else None)


def remember(turns: Sequence[Turn]) -> Memory:
    """Adds up the findings of a conversation.

    A finding enters when it is reported as present. A denied one goes at once only where that does
    not lower the tier; otherwise it is kept as contested until the person confirms that it is gone.
    "Not sure" counts as yes for a finding that would call for help today or now.
    """
    memory = Memory()
    for turn in turns:
        memory = _after(memory, turn)
    return memory


def before_and_now(turns: Sequence[Turn]) -> tuple[Memory, Memory]:
    """Returns what was known before the latest turn, and what is known after it."""
    before = remember(turns[:-1])
    return before, _after(before, turns[-1]) if turns else before


def _after(memory: Memory, turn: Turn) -> Memory:
    present = dict.fromkeys(memory.present)
    if turn.asked_finding and turn.reply:
        if turn.asked_kind == ASK_STILL and turn.reply == "no":
            present.pop(turn.asked_finding, None)
        elif turn.asked_kind == ASK_HAS and (turn.reply == "yes" or _better_safe(present, turn)):
            present[turn.asked_finding] = None
    reported = {finding for finding, assertion in turn.findings if assertion == "present"}
    denied = {finding for finding, assertion in turn.findings if assertion == "absent"} - reported
    present.update(dict.fromkeys(finding for finding, assertion in turn.findings if assertion == "present"))
    contested = []
    for finding in [finding for finding in present if finding in denied]:
        without = [other for other in present if other != finding]
        if rank(assess(without).tier) < rank(assess(present).tier):
            contested.append(finding)
        else:
            del present[finding]
    return Memory(tuple(present), tuple(contested))


def _better_safe(present: Iterable[str], turn: Turn) -> bool:
    return turn.reply == "unsure" and assess([*present, str(turn.asked_finding)]).tier in ESCALATING_TIERS

"""What a whole conversation reports: findings add up over turns, and go only when the person confirms it.

Works on plain data, so that the policy in the Rasa process and the custom actions reckon alike.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from typing import Any

from triage.engine import Assessment, assess, danger_chances
from triage.rules import ESCALATING_TIERS, TIERS, rank

ASK_HAS = "has"
ASK_GONE = "gone"
ASKED_FROM = 0.06
"""Chance of a danger from which one yes/no question is worth its trouble (chosen on the development messages)."""

ASKED_FROM_BESIDE_A_FOLLOW_UP = 0.12
"""The same where what is certain already leads to a question of its own ("did your weak leg come on suddenly?")."""

ASKED_FROM_SELF_HARM = 0.05
SELF_HARM = frozenset({"suicidal", "overdose_taken"})
"""Asked about at a lower chance than others: people hint at them."""

_EMERGENCY_WEIGHS = 1.5
_SERIOUS = 0.3
"""Chance from which a finding counts when the question about it has been passed over as often as it is put."""
_KEPT_FROM = 0.05
"""Chance from which an unclear finding is still worth a thought when later messages come."""

MOST_ASKED = 2
"""Times that a question is put when the person goes on without answering it, or says no and brings it up again."""

GONE = frozenset({"absent", "past"})
"""Assertions that speak against a finding in force ("no, it can bend", "sorry, that was last year")."""

REPLIES = {"affirm": "yes", "deny": "no", "unsure": "unsure"}
"""The intents that answer a yes/no question of ours; the payloads of its buttons are these with a slash."""

POSSIBLE = "possible_finding"
"""The entity of a finding that a message may report, its words being unclear."""

REPLY = "reply"
"""The entity of words that answer a question: yes, no or unsure at the start; gone, still or a correction anywhere."""

_WORTH_CONFIRMING = rank("see_doctor_soon")
"""From this tier on, what is denied or corrected goes only when the person confirms that it is gone."""

_LONGEST_BARE_REPLY = 3
"""Words; a longer message is an answer by the words it begins with, not by its intent ("i feel all right though")."""

EARLIER = "earlier"
"""The slot that stands for messages that the tracker no longer holds (``triage.earlier``)."""

_MOST_TOGETHER = 60
"""Groups of findings reported in the same words that are kept in mind."""

NEW_START = frozenset({"session_started", "restart"})
"""Kinds of events before which nothing counts any more."""


@dataclass(frozen=True)
class Turn:
    """One message of the person.

    Attributes:
        findings: pairs of finding id and assertion, as extracted.
        reply: ``yes``, ``no`` or ``unsure`` where the message is an answer, else None.
        asked_finding: the finding that the open yes/no question is about, or None.
        asked_kind: `ASK_HAS` ("do you have it?") or `ASK_GONE` ("is it gone now?"), or None.
        possible: findings that the message may report, its words being unclear, each with its chance (0..1).
        together: groups of findings reported in the same words; they come and go together.
        corrects: whether the message takes back what was said before, without naming it ("sorry, that was last year").
        earlier: what was known after messages that are no longer at hand, for which this turn stands; else None.
    """

    findings: tuple[tuple[str, str], ...] = ()
    reply: str | None = None
    asked_finding: str | None = None
    asked_kind: str | None = None
    possible: tuple[tuple[str, float], ...] = ()
    together: tuple[tuple[str, ...], ...] = ()
    corrects: bool = False
    earlier: "Memory | None" = None


@dataclass(frozen=True)
class Memory:
    """What is known after some turns.

    Attributes:
        present: ids of the findings in force, oldest first.
        contested: findings in force that the latest message denied; to be asked about.
        possible: findings that are unclear and could be asked about, each with its chance.
        noes: how often the person answered "no" when asked about a finding, as pairs.
        asked: how often a yes/no question about a finding went unanswered, as pairs.
        together: groups of findings reported in the same words.
        latest_danger: the findings of the latest message that raised or upheld the tier.
        corrected: those of them that the latest message takes back without naming them.
        qualifying: findings that made others less urgent within their own message.
    """

    present: tuple[str, ...] = ()
    contested: tuple[str, ...] = ()
    possible: tuple[tuple[str, float], ...] = ()
    noes: tuple[tuple[str, int], ...] = ()
    asked: tuple[tuple[str, int], ...] = ()
    together: tuple[tuple[str, ...], ...] = ()
    latest_danger: tuple[str, ...] = ()
    corrected: tuple[str, ...] = ()
    qualifying: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """Returns lists and pairs that JSON can carry."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Memory":
        """Returns the memory that `as_data` gave."""
        return cls(**{field.name: _as_tuples(data.get(field.name) or ()) for field in fields(cls)})

    def covered_by(self, finding: str) -> tuple[str, ...]:
        """Returns what goes with a finding that the person confirms is gone: itself and what it was said with."""
        group = next((group for group in self.together if finding in group), (finding,))
        return tuple(dict.fromkeys([finding, *group, *(self.corrected if finding in self.corrected else ())]))

    def unclear(self) -> str | None:
        """Returns the unclear finding to ask about, or None where it is unlikely that help is needed sooner.

        It is the one that most often takes part where the unclear findings together would call for help today or now.
        """
        asked, noes = dict(self.asked), dict(self.noes)
        open_ones = {
            finding: chance
            for finding, chance in self.possible
            if asked.get(finding, 0) < MOST_ASKED and noes.get(finding, 0) < MOST_ASKED
        }
        now = rank(self.assessment.tier)
        danger = 0.0
        parts = dict.fromkeys(open_ones, 0.0)
        for weight, there in danger_chances(self.present, open_ones):
            tier = assess([*self.present, *there]).tier
            if tier not in ESCALATING_TIERS or rank(tier) <= now:
                continue
            danger += weight
            for finding in there:
                parts[finding] += weight * (_EMERGENCY_WEIGHS if rank(tier) == rank(TIERS[0]) else 1.0)
        worst = max(parts, key=lambda finding: parts[finding], default=None)
        asks_anyway = any(rule.ask_first for rule in self.assessment.rules[:1])
        at_least = ASKED_FROM_BESIDE_A_FOLLOW_UP if asks_anyway else ASKED_FROM
        at_least = ASKED_FROM_SELF_HARM if worst in SELF_HARM else at_least
        return worst if danger >= at_least else None

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

    @cached_property
    def assessment(self) -> Assessment:
        """What the rules say about the findings in force.

        Some findings make others less urgent (a slow onset, a known epilepsy). They do so only where they were said in
        the same message: a knee that came on slowly says nothing of the speech that is slurred now.
        """
        found = assess(self.present)
        for finding in self.present:
            if finding not in self.qualifying:
                without = assess([other for other in self.present if other != finding])
                found = without if rank(without.tier) > rank(found.tier) else found
        return found


def _as_tuples(value: Any) -> Any:
    return tuple(map(_as_tuples, value)) if isinstance(value, (list, tuple)) else value


def turns_from_events(events: Iterable[Mapping[str, Any]]) -> list[Turn]:
    """Reads turns from tracker events in Rasa's dictionary form, from the last session start or restart on.

    Where the slot `EARLIER` stands for messages that are not at hand, the first turn does.
    """
    turns: list[Turn] = []
    slots: dict[str, Any] = {}
    for event in events:
        kind = event.get("event")
        if kind in NEW_START:
            turns, slots = [], {}
        elif kind == "slot":
            slots[event["name"]] = event.get("value")
            if event["name"] == EARLIER and event.get("value"):
                turns = [Turn(earlier=Memory.from_data(event["value"]["memory"]))]
        elif kind == "user":
            turns.append(_turn(event.get("parse_data") or {}, slots))
    return turns


def _turn(parsed: Mapping[str, Any], slots: Mapping[str, Any]) -> Turn:
    intent = (parsed.get("intent") or {}).get("name")
    entities = parsed.get("entities") or ()
    found = [entity for entity in entities if entity.get("entity") == "finding"]
    findings = tuple((entity["value"], entity.get("assertion", "present")) for entity in found)
    words = [entity["value"] for entity in entities if entity.get("entity") == REPLY]
    asked = slots.get("confirming_finding")
    kind = slots.get("confirming_question") if asked else None
    is_short = len(str(parsed.get("text") or "").split()) <= _LONGEST_BARE_REPLY
    reply = REPLIES.get(intent or "") if is_short else None
    if asked:
        assertions = {assertion for finding, assertion in findings if finding == asked}
        read = _whether_gone if kind == ASK_GONE else _whether_there
        reply = read(assertions, words) or (None if kind == ASK_GONE else reply)
        if kind == ASK_GONE and reply == "yes" and not (is_short or "gone" in words or assertions & GONE):
            reply = None  # "yes, i have the ward's number" does not say that the danger is gone
    return Turn(
        findings,
        reply,
        asked,
        kind,
        possible=tuple(
            (entity["value"], float(entity.get("chance", 0.5)))
            for entity in entities
            if entity.get("entity") == POSSIBLE
        ),
        together=_said_together([e for e in found if e.get("assertion", "present") == "present"]),
        corrects=intent == "take_back" or "correction" in words,
    )


def _whether_there(assertions: set[str], words: Sequence[str]) -> str | None:
    """Reads the answer to "do you have it?": the finding itself said or denied, else the first words."""
    if "present" in assertions:
        return "yes"
    said = next((word for word in words if word in {"yes", "no", "unsure"}), None)
    return said or ("no" if "absent" in assertions else None)


def _whether_gone(assertions: set[str], words: Sequence[str]) -> str | None:
    """Reads the answer to "is it gone now?": what is said of it goes before a bare yes or no."""
    if "still" in words or "present" in assertions:
        return "no"
    if "gone" in words:
        return "yes"
    first = next((word for word in words if word in {"yes", "no", "unsure"}), None)
    return first or ("yes" if assertions & GONE else None)


def _said_together(entities: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, ...], ...]:
    """Groups findings whose words overlap."""
    groups: list[tuple[list[str], int]] = []
    for entity in sorted(entities, key=lambda e: (e.get("start") or 0, e.get("end") or 0)):
        start, end = entity.get("start") or 0, entity.get("end") or 0
        if groups and start < groups[-1][1]:
            groups[-1] = ([*groups[-1][0], entity["value"]], max(end, groups[-1][1]))
        else:
            groups.append(([entity["value"]], end))
    return tuple(tuple(dict.fromkeys(group)) for group, _ in groups if len(set(group)) > 1)


@dataclass(frozen=True)
class Topic:
    """A question of the person that had to wait.

    Attributes:
        intent: its topic.
        variant: the answer variant that fits it, or None.
    """

    intent: str
    variant: str | None


def waiting_topic(events: Sequence[Mapping[str, Any]]) -> Topic | None:
    """Returns what the person asked when, instead of an answer, our open yes/no question came; or None.

    Args:
        events: tracker events in Rasa's dictionary form; slots and messages of the person are enough.
    """
    messages = [event for event in events if event.get("event") == "user"]
    if len(messages) < 2:
        return None
    parsed = messages[-2].get("parse_data") or {}
    intent = str((parsed.get("intent") or {}).get("name"))
    turns = turns_from_events(events)
    before = remember(turns[:-1])
    if not intent.startswith("ask_") or before.unclear() is None or before.unclear() != turns[-1].asked_finding:
        return None
    variants = [e.get("value") for e in parsed.get("entities") or () if e.get("entity") == "answer_variant"]
    return Topic(intent, variants[0] if variants else None)


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
    if turn.earlier is not None:
        return turn.earlier
    present = dict.fromkeys(memory.present)
    possible = {finding: chance for finding, chance in memory.possible if chance >= _KEPT_FROM}
    asked, noes = dict(memory.asked), dict(memory.noes)
    if turn.asked_finding:
        _take_answer(memory, turn, present, possible, asked, noes)
    reported = dict.fromkeys(finding for finding, assertion in turn.findings if assertion == "present")
    denied = {finding for finding, assertion in turn.findings if assertion in GONE} - reported.keys()
    present.update(reported)
    contested = []
    for finding in [finding for finding in present if finding in denied]:
        if _lowers(present, [finding]) and rank(assess(present).tier) >= _WORTH_CONFIRMING:
            contested.append(finding)
        else:
            del present[finding]
    latest = tuple(reported) if _lowers(present, reported) else memory.latest_danger
    corrected: tuple[str, ...] = ()
    in_force = assess(present)
    is_worth_it = rank(in_force.tier) >= _WORTH_CONFIRMING and not in_force.upheld_by(reported)
    if turn.corrects and not contested and is_worth_it:
        corrected = tuple(finding for finding in memory.latest_danger if finding in present)
        if corrected and _lowers(present, corrected):
            contested.append(next((f for f in corrected if _lowers(present, [f])), corrected[0]))
        else:
            corrected = ()
    for finding, chance in turn.possible:  # brought up anew, so it may be asked about anew
        possible[finding] = max(chance, possible.get(finding, 0.0))
        asked[finding] = min(asked.get(finding, 0), MOST_ASKED - 1)
    return Memory(
        present=tuple(present),
        contested=tuple(contested),
        possible=tuple(entry for entry in possible.items() if entry[0] not in present and entry[0] not in denied),
        noes=tuple(noes.items()),
        asked=tuple(asked.items()),
        together=tuple(dict.fromkeys([*turn.together, *memory.together]))[:_MOST_TOGETHER],
        latest_danger=latest,
        corrected=corrected,
        qualifying=tuple(dict.fromkeys([*memory.qualifying, *_qualifying(reported)])),
    )


def _qualifying(reported: Iterable[str]) -> list[str]:
    """Returns the findings of a message without which the others would be more urgent."""
    findings = list(reported)
    now = rank(assess(findings).tier)
    return [f for f in findings if rank(assess([other for other in findings if other != f]).tier) > now]


def _lowers(present: Iterable[str], without: Iterable[str]) -> bool:
    """Tells whether the tier would be lower without some findings."""
    everything, gone = list(present), set(without)
    return rank(assess([f for f in everything if f not in gone]).tier) < rank(assess(everything).tier)


def _take_answer(
    memory: Memory,
    turn: Turn,
    present: dict[str, None],
    possible: dict[str, float],
    asked: dict[str, int],
    noes: dict[str, int],
) -> None:
    finding = str(turn.asked_finding)
    if turn.reply is None:
        asked[finding] = asked.get(finding, 0) + 1
        if asked[finding] == MOST_ASKED and possible.get(finding, 0.0) >= _SERIOUS:
            present[finding] = None  # passed over twice: it cannot be ruled out
    elif turn.asked_kind == ASK_GONE and turn.reply == "yes":
        for gone in memory.covered_by(finding):
            present.pop(gone, None)
            possible.pop(gone, None)
    elif turn.asked_kind == ASK_HAS and (turn.reply == "yes" or _better_safe(present, turn)):
        present[finding] = None
    elif turn.asked_kind == ASK_HAS:
        possible.pop(finding, None)
        noes[finding] = noes.get(finding, 0) + 1


def _better_safe(present: Iterable[str], turn: Turn) -> bool:
    return turn.reply == "unsure" and assess([*present, str(turn.asked_finding)]).tier in ESCALATING_TIERS

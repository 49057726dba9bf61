"""The case: what a conversation amounts to after its latest message, as plain data that one slot carries.

It is folded from the tracker's events once per turn, in the Rasa process (`dialogue.state`). The custom actions and
the channels read it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from typing import Any

from triage.engine import Assessment, assess, qualifying_findings
from triage.rules import rank

FACTS = {
    "age": "Age",
    "side": "Side",
    "duration": "How long",
    "frequency": "How often",
    "occasion": "When",
}
"""Labels by entity, in the order of a summary. Their values are the person's own words."""

BACKGROUND_LABEL = "You spoke of"


@dataclass(frozen=True)
class ConversationState:
    """What is known after some messages.

    Attributes:
        present: ids of the findings in force, oldest first.
        pending_retractions: findings in force that the latest message denied; to be asked about.
        possible: findings that are unclear and could be asked about, each with its probability (0..1).
        denials: how often the person answered "no" when asked about a finding, as pairs.
        unanswered: how often a yes/no question about a finding went unanswered, as pairs.
        reported_together: groups of findings reported in the same words; they come and go together.
        latest_danger: the findings of the latest message that raised or upheld the tier.
        corrected: those of them that the latest message takes back without naming them.
        qualifying: findings that made others less urgent within their own message.
    """

    present: tuple[str, ...] = ()
    pending_retractions: tuple[str, ...] = ()
    possible: tuple[tuple[str, float], ...] = ()
    denials: tuple[tuple[str, int], ...] = ()
    unanswered: tuple[tuple[str, int], ...] = ()
    reported_together: tuple[tuple[str, ...], ...] = ()
    latest_danger: tuple[str, ...] = ()
    corrected: tuple[str, ...] = ()
    qualifying: tuple[str, ...] = ()

    @classmethod
    def after_one_message(
        cls, reported: Iterable[str], possible: Iterable[tuple[str, float]] = ()
    ) -> "ConversationState":
        """Returns the state after a first message.

        Args:
            reported: findings that it reports as present.
            possible: findings that it leaves unclear, each with its probability.
        """
        present = tuple(dict.fromkeys(reported))
        return cls(present=present, possible=tuple(possible), qualifying=tuple(qualifying_findings(present)))

    def to_json(self) -> dict[str, Any]:
        """Returns lists and pairs that JSON can carry."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ConversationState":
        """Returns the state that `to_json` gave."""
        return cls(**{entry.name: _as_tuples(data.get(entry.name) or ()) for entry in fields(cls)})

    def covered_by(self, finding: str) -> tuple[str, ...]:
        """Returns what goes with a finding that the person confirms is gone: itself and what it was said with."""
        group = next((group for group in self.reported_together if finding in group), (finding,))
        return tuple(dict.fromkeys([finding, *group, *(self.corrected if finding in self.corrected else ())]))

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


@dataclass(frozen=True)
class Turn:
    """One message of the person.

    Attributes:
        findings: pairs of finding id and assertion, as extracted.
        reply: ``yes``, ``no`` or ``unsure`` where the message is an answer, else None.
        asked_finding: the finding that the open yes/no question is about, or None.
        asked_kind: one of `triage.contract.QuestionKind`, or None.
        possible: findings that the message may report, its words being unclear, each with its probability (0..1).
        reported_together: groups of findings reported in the same words.
        corrects: whether the message takes back what was said before, without naming it ("sorry, that was last year").
        snapshot: the state after messages that are no longer at hand, for which this turn stands; else None.
    """

    findings: tuple[tuple[str, str], ...] = ()
    reply: str | None = None
    asked_finding: str | None = None
    asked_kind: str | None = None
    possible: tuple[tuple[str, float], ...] = ()
    reported_together: tuple[tuple[str, ...], ...] = ()
    corrects: bool = False
    snapshot: ConversationState | None = None

    def reports(self, assertion: str) -> list[str]:
        """Returns the findings that the message asserts so (``present``, ``absent`` …)."""
        return [finding for finding, asserted in self.findings if asserted == assertion]


@dataclass(frozen=True)
class DeferredQuestion:
    """A question of the person that had to wait for the answer to one of ours.

    Attributes:
        intent: its topic.
        variant: the answer variant that fits it, or None.
    """

    intent: str
    variant: str | None = None


@dataclass(frozen=True)
class Case:
    """A conversation after its latest message.

    Attributes:
        message_id: of the latest message; tells a case of this turn from that of an earlier one.
        before: the state before that message.
        now: the state after it.
        turn: the message itself.
        clarification: the unclear finding that is worth a yes/no question now, or None.
        deferred: the person's question that a "no" to ours sets free, or None.
        facts: what was told beside the signs, by kind (`triage.case.FACTS`), in the person's own words.
        background: details of the person that answers know ("pregnancy").
        questions_asked: the follow-up questions of rules that were asked, each of which is asked once.
    """

    message_id: str = ""
    before: ConversationState = field(default_factory=ConversationState)
    now: ConversationState = field(default_factory=ConversationState)
    turn: Turn = field(default_factory=Turn)
    clarification: str | None = None
    deferred: DeferredQuestion | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    background: tuple[str, ...] = ()
    questions_asked: tuple[str, ...] = ()

    @property
    def tier(self) -> str | None:
        """The triage tier in force, or None."""
        return self.now.assessment.tier

    def to_json(self) -> dict[str, Any]:
        """Returns what the slot carries; ``tier`` is written out for readers that need nothing else."""
        return {**asdict(self), "tier": self.tier}

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> "Case":
        """Returns the case that `to_json` gave; an empty one for None."""
        if not data:
            return cls()
        turn = {entry.name: _as_tuples(data["turn"].get(entry.name)) for entry in fields(Turn)}
        return cls(
            message_id=data["message_id"],
            before=ConversationState.from_json(data["before"]),
            now=ConversationState.from_json(data["now"]),
            turn=Turn(**{**turn, "snapshot": None}),
            clarification=data["clarification"],
            deferred=DeferredQuestion(**data["deferred"]) if data["deferred"] else None,
            facts=dict(data["facts"]),
            background=tuple(data["background"]),
            questions_asked=tuple(data["questions_asked"]),
        )


def _as_tuples(value: Any) -> Any:
    return tuple(map(_as_tuples, value)) if isinstance(value, (list, tuple)) else value

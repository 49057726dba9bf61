"""The red-flag rules and their tiers, validated when loaded."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from triage import criteria
from triage.criteria import Criteria
from triage.evidence import sources
from triage.findings import vocabulary
from triage.loading import DATA_FOLDER, TriageDataError, read_data, refuse_doubles

TIERS = ("emergency_now", "urgent_same_day", "see_doctor_soon", "routine_gp", "self_care")
"""Tier ids, highest first; ``rules.yml`` gives their labels."""

ESCALATING_TIERS = frozenset(TIERS[:2])
"""The tiers that come before any other answer."""

CRISIS, POISON = "crisis", "poison"
"""Kinds of lines to call, see ``triage.help_lines``."""


@dataclass(frozen=True)
class Rule:
    """One red-flag rule.

    Attributes:
        id: ``R01_stroke_fast`` and the like.
        tier: one of `TIERS`.
        name: what it may be, in plain words.
        criteria: when it holds.
        why: why it matters.
        what_to_do: the advice.
        ask_first: the follow-up question, asked in the same turn as the advice; or None.
        ask_about: the finding that a bare "yes" to that question confirms, or None where it takes words.
        sources: ids of ``evidence.yml``.
        verified: whether a listed source was read and backs the main idea.
        reviewed: ISO date of the last check against the sources.
        lines: which lines to call go with the advice, `CRISIS` or `POISON`; None where none do.
    """

    id: str
    tier: str
    name: str
    criteria: Criteria
    why: str
    what_to_do: str
    ask_first: str | None
    ask_about: str | None
    sources: tuple[str, ...]
    verified: bool
    reviewed: str
    lines: str | None


def rank(tier: str | None) -> int:
    """Returns the urgency of a tier: 0 for none, 1 for ``self_care`` up to 5 for ``emergency_now``."""
    return 0 if tier is None else len(TIERS) - TIERS.index(tier)


@lru_cache(maxsize=1)
def rule_table() -> tuple[Rule, ...]:
    """Returns all rules, in the order of ``rules.yml``.

    Raises:
        TriageDataError: a rule is incomplete or doubled, names an unknown tier, finding or
            source, or its criteria do not follow the grammar.
    """
    data = read_data(DATA_FOLDER / "rules.yml")
    listed_tiers = [tier["id"] for tier in data["tiers"]]
    if listed_tiers != list(TIERS):
        raise TriageDataError(
            f"rules.yml, tiers: {', '.join(listed_tiers)} are not the tiers from high to low; "
            f"write {', '.join(TIERS)}, each once and in this order."
        )
    refuse_doubles("rules.yml", "rule", (entry["id"] for entry in data["rules"]))
    return tuple(map(_rule, data["rules"]))


def _rule(entry: dict[str, Any]) -> Rule:
    try:
        parsed = criteria.parse(entry["criteria"])
    except criteria.CriteriaError as error:
        raise TriageDataError(
            f"rules.yml, rule {entry['id']}, criteria: {error}; write it as criteria_grammar in the file's meta says."
        ) from error
    rule = Rule(
        id=entry["id"],
        tier=entry["tier"],
        name=entry["name"],
        criteria=parsed,
        why=entry["why"],
        what_to_do=entry["what_to_do"],
        ask_first=entry.get("ask_first"),
        ask_about=entry.get("ask_about"),
        sources=tuple(entry["sources"]),
        verified=entry["verified"],
        reviewed=entry["reviewed"],
        lines=entry.get("lines"),
    )
    _refuse_unknown(rule, "criteria", rule.criteria.findings, vocabulary(), "finding of findings.yml")
    _refuse_unknown(rule, "ask_about", filter(None, [rule.ask_about]), vocabulary(), "finding of findings.yml")
    _refuse_unknown(rule, "sources", rule.sources, sources(), "source of evidence.yml")
    return rule


def _refuse_unknown(rule: Rule, key: str, ids: Iterable[str], known: Container[str], kind: str) -> None:
    unknown = next((id_ for id_ in sorted(ids) if id_ not in known), None)
    if unknown is not None:
        raise TriageDataError(
            f"rules.yml, rule {rule.id}, {key}: {unknown!r} is no {kind}; correct the id or add it there."
        )


@lru_cache(maxsize=1)
def _tier_labels() -> dict[str, str]:
    return {tier["id"]: tier["label"] for tier in read_data(DATA_FOLDER / "rules.yml")["tiers"]}


def tier_label(tier: str) -> str:
    """Returns a tier as a short instruction ("Get medical help today")."""
    return _tier_labels()[tier]

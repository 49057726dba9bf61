"""The red-flag rules and their tiers, validated when loaded."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from triage import criteria
from triage.criteria import Criteria
from triage.data_files import TriageDataError, read_yaml
from triage.evidence import sources
from triage.findings import vocabulary

TIERS = ("emergency_now", "urgent_same_day", "see_doctor_soon", "routine_gp", "self_care")
"""Tier ids, highest first (``../shared/design.md`` fixes the names; ``rules.yml`` gives their labels)."""

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
    data = read_yaml("rules.yml")
    listed_tiers = tuple(tier["id"] for tier in data["tiers"])
    if listed_tiers != TIERS:
        raise TriageDataError(f"rules.yml: tiers must be {TIERS}, found {listed_tiers}")
    rules = tuple(_rule(entry) for entry in data["rules"])
    ids = [rule.id for rule in rules]
    doubled = {id_ for id_ in ids if ids.count(id_) > 1}
    if doubled:
        raise TriageDataError(f"rules.yml: {sorted(doubled)} occur twice")
    return rules


def _rule(entry: dict[str, Any]) -> Rule:
    try:
        rule = Rule(
            id=entry["id"],
            tier=entry["tier"],
            name=entry["name"],
            criteria=criteria.parse(entry["criteria"]),
            why=entry["why"],
            what_to_do=entry["what_to_do"],
            ask_first=entry.get("ask_first"),
            ask_about=entry.get("ask_about"),
            sources=tuple(entry["sources"]),
            verified=bool(entry["verified"]),
            reviewed=str(entry["reviewed"]),
            lines=entry.get("lines"),
        )
    except KeyError as missing:
        raise TriageDataError(f"rules.yml: {entry.get('id')} has no {missing}") from missing
    except criteria.CriteriaError as error:
        raise TriageDataError(f"rules.yml: {entry['id']}: {error}") from error
    if rule.tier not in TIERS:
        raise TriageDataError(f"rules.yml: {rule.id} has unknown tier {rule.tier!r}")
    named = rule.criteria.findings | ({rule.ask_about} if rule.ask_about else set())
    unknown = named - vocabulary().keys()
    if unknown:
        raise TriageDataError(f"rules.yml: {rule.id} names unknown findings {sorted(unknown)}")
    unsourced = set(rule.sources) - sources().keys()
    if unsourced or not rule.sources:
        raise TriageDataError(f"rules.yml: {rule.id} has no or unknown sources {sorted(unsourced)}")
    return rule


@lru_cache(maxsize=1)
def _tier_labels() -> dict[str, str]:
    return {tier["id"]: tier["label"] for tier in read_yaml("rules.yml")["tiers"]}


def tier_label(tier: str) -> str:
    """Returns a tier as a short instruction ("Get medical help today")."""
    return _tier_labels()[tier]

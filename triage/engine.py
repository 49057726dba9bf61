"""Evaluates the red-flag rules over a set of findings."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from triage.rules import ESCALATING_TIERS, Rule, rank, rule_table


@dataclass(frozen=True)
class Assessment:
    """What the rules say about a set of findings.

    Attributes:
        tier: the highest tier among the matching rules, or None when none matches.
        rules: the matching rules of that tier, in table order.
        lower_rules: the other matching rules, most urgent first.
    """

    tier: str | None
    rules: tuple[Rule, ...]
    lower_rules: tuple[Rule, ...]

    def upheld_by(self, findings: Iterable[str]) -> bool:
        """Tells whether one of some findings is what a matching rule of the tier is about."""
        return any(finding in rule.criteria.findings for finding in findings for rule in self.rules)


def assess(present: Iterable[str]) -> Assessment:
    """Evaluates every rule over the ids of the findings that are present.

    The highest matching tier wins. A spasm that no rule covers is ``self_care``, as the table's
    own instructions say (``rules.yml``, how_to_triage).

    Args:
        present: finding ids; ids that no rule names change nothing.
    """
    return _assess(frozenset(present))


def danger_chances(
    present: Collection[str], chances: Mapping[str, float], most: int = 5
) -> list[tuple[float, frozenset[str]]]:
    """Weighs every combination of findings that are unclear.

    Args:
        present: finding ids that are certain.
        chances: chance, 0..1, that each unclear finding is there; taken as independent.
        most: only so many unclear findings, the most likely ones, are weighed.

    Returns:
        For each combination its chance and the unclear findings in it; the chances sum to 1.
    """
    likeliest = sorted((f for f in chances if f not in present), key=lambda f: -chances[f])[:most]
    combinations: list[tuple[float, frozenset[str]]] = [(1.0, frozenset())]
    for finding in likeliest:
        chance = chances[finding]
        combinations = [
            entry
            for weight, there in combinations
            for entry in ((weight * (1 - chance), there), (weight * chance, there | {finding}))
        ]
    return combinations


def could_escalate(found: Collection[str]) -> bool:
    """Tells whether any part of some findings could call for help today or now: cheaper than weighing every part."""
    return any(rule.criteria.could_match(found) for rule in _escalating(frozenset(found)))


def _escalating(found: frozenset[str]) -> list[Rule]:
    table, (by_finding, by_nothing) = rule_table(), _places()
    places = by_nothing.union(*(by_finding.get(finding, ()) for finding in found))
    return [table[place] for place in places if table[place].tier in ESCALATING_TIERS]


@lru_cache(maxsize=1)
def _places() -> tuple[dict[str, set[int]], set[int]]:
    """Returns the places in the table of the rules that name each finding, and of those that hold with none at all.

    A rule of whose findings none is there holds if it holds with no findings; so only few rules need a look.
    """
    by_finding: dict[str, set[int]] = {}
    for place, rule in enumerate(rule_table()):
        for finding in rule.criteria.findings:
            by_finding.setdefault(finding, set()).add(place)
    return by_finding, {place for place, rule in enumerate(rule_table()) if rule.criteria.matches(())}


@lru_cache(maxsize=8192)
def _assess(found: frozenset[str]) -> Assessment:
    table, (by_finding, by_nothing) = rule_table(), _places()
    places = sorted(by_nothing.union(*(by_finding.get(finding, ()) for finding in found)))
    matching = sorted(
        (table[place] for place in places if table[place].criteria.matches(found)),
        key=lambda rule: -rank(rule.tier),
    )
    if not matching:
        return Assessment("self_care" if "spasm_present" in found else None, (), ())
    tier = matching[0].tier
    return Assessment(
        tier=tier,
        rules=tuple(rule for rule in matching if rule.tier == tier),
        lower_rules=tuple(rule for rule in matching if rule.tier != tier),
    )

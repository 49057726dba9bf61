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

    def supported_by(self, findings: Iterable[str]) -> bool:
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


def danger_probabilities(
    present: Collection[str], probabilities: Mapping[str, float], most: int = 5
) -> list[tuple[float, frozenset[str]]]:
    """Weighs every combination of findings that are unclear.

    Args:
        present: finding ids that are certain.
        probabilities: of each unclear finding, 0..1, that it is there; taken as independent.
        most: only so many unclear findings, the most likely ones, are weighed.

    Returns:
        For each combination its probability and the unclear findings in it; the probabilities sum to 1.
    """
    likeliest = sorted((f for f in probabilities if f not in present), key=lambda f: -probabilities[f])[:most]
    combinations: list[tuple[float, frozenset[str]]] = [(1.0, frozenset())]
    for finding in likeliest:
        probability = probabilities[finding]
        combinations = [
            entry
            for weight, there in combinations
            for entry in ((weight * (1 - probability), there), (weight * probability, there | {finding}))
        ]
    return combinations


def qualifying_findings(reported: Iterable[str]) -> list[str]:
    """Returns the findings of a message without which the others would be more urgent."""
    findings = list(reported)
    now = rank(assess(findings).tier)
    return [f for f in findings if rank(assess([other for other in findings if other != f]).tier) > now]


def could_escalate(found: Collection[str]) -> bool:
    """Tells whether any part of some findings could call for help today or now: cheaper than weighing every part."""
    return any(rule.criteria.could_match(found) for rule in _escalating(frozenset(found)))


def _escalating(found: frozenset[str]) -> list[Rule]:
    table, (by_finding, by_nothing) = rule_table(), _rule_positions()
    positions = by_nothing.union(*(by_finding.get(finding, ()) for finding in found))
    return [table[position] for position in positions if table[position].tier in ESCALATING_TIERS]


@lru_cache(maxsize=1)
def _rule_positions() -> tuple[dict[str, set[int]], set[int]]:
    """Returns the positions of the rules that name each finding, and of those that hold with none at all.

    A rule of whose findings none is there holds if it holds with no findings; so only few rules need a look.
    """
    by_finding: dict[str, set[int]] = {}
    for position, rule in enumerate(rule_table()):
        for finding in rule.criteria.findings:
            by_finding.setdefault(finding, set()).add(position)
    return by_finding, {position for position, rule in enumerate(rule_table()) if rule.criteria.matches(())}


@lru_cache(maxsize=8192)
def _assess(found: frozenset[str]) -> Assessment:
    table, (by_finding, by_nothing) = rule_table(), _rule_positions()
    positions = sorted(by_nothing.union(*(by_finding.get(finding, ()) for finding in found)))
    matching = sorted(
        (table[position] for position in positions if table[position].criteria.matches(found)),
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

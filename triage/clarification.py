"""Which yes/no question is worth asking, and which finding a danger rests on."""

from dataclasses import dataclass

from triage.case import ConversationState
from triage.engine import assess, danger_probabilities
from triage.rules import ESCALATING_TIERS, TIERS, rank

SELF_HARM = frozenset({"suicidal", "overdose_taken"})
"""Asked about at a lower probability than others: people hint at them."""

MOST_ASKED = 2
"""Times that a question is put when the person goes on without answering it, or says no and brings it up again."""

_EMERGENCY_WEIGHT = 1.5
"""How much more a finding counts that takes part in an emergency, when one is chosen to ask about."""


@dataclass(frozen=True)
class ClarificationThresholds:
    """Probabilities of a danger, 0..1, from which one yes/no question is worth its trouble.

    They belong to the language model whose probabilities they are read against, and lie with it
    (``models/knee-nlu/fusion.json``).

    Attributes:
        usual: for most findings.
        beside_follow_up: where what is certain already leads to a question of its own ("did it come on suddenly?").
        self_harm: where the question is about `SELF_HARM`.
    """

    usual: float
    beside_follow_up: float
    self_harm: float


def next_clarification(state: ConversationState, thresholds: ClarificationThresholds) -> str | None:
    """Returns the unclear finding to ask about, or None where it is unlikely that help is needed sooner.

    It is the one that most often takes part where the unclear findings together would call for help today or now.
    """
    unanswered, denials = dict(state.unanswered), dict(state.denials)
    open_findings = {
        finding: probability
        for finding, probability in state.possible
        if unanswered.get(finding, 0) < MOST_ASKED and denials.get(finding, 0) < MOST_ASKED
    }
    now = rank(state.assessment.tier)
    danger = 0.0
    shares = dict.fromkeys(open_findings, 0.0)
    for weight, there in danger_probabilities(state.present, open_findings):
        tier = assess([*state.present, *there]).tier
        if tier not in ESCALATING_TIERS or rank(tier) <= now:
            continue
        danger += weight
        for finding in there:
            shares[finding] += weight * (_EMERGENCY_WEIGHT if rank(tier) == rank(TIERS[0]) else 1.0)
    worst = max(shares, key=lambda finding: shares[finding], default=None)
    has_own_question = any(rule.ask_first for rule in state.assessment.rules[:1])
    threshold = thresholds.beside_follow_up if has_own_question else thresholds.usual
    threshold = thresholds.self_harm if worst in SELF_HARM else threshold
    return worst if danger >= threshold else None


def driving_finding(state: ConversationState) -> str | None:
    """Returns the finding in force that carries the tier: without it the tier would be lower; or None.

    Where no finding carries it alone, the first one that a rule in force names.
    """
    tier = state.assessment.tier
    for finding in state.present:
        if rank(assess([other for other in state.present if other != finding]).tier) < rank(tier):
            return finding
    return next(
        (
            finding
            for finding in state.present
            for rule in state.assessment.rules[:1]
            if finding in rule.criteria.findings
        ),
        None,
    )

"""Every name of `triage.contract` that the domain knows stands in it, and the other way round."""

import yaml

from tools.settings import ROOT
from triage import contract
from triage.case import FACTS
from triage.contract import ActionName, Entity, Intent, Slot
from triage.rules import ESCALATING_TIERS
from triage.topics import TOPICS

DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))


def _names(entries):
    return {entry if isinstance(entry, str) else next(iter(entry)) for entry in entries}


def _values(namespace):
    return {value for name, value in vars(namespace).items() if name.isupper()}


def test_intents_are_those_of_the_domain():
    assert _values(Intent) | TOPICS.keys() <= _names(DOMAIN["intents"])


def test_entities_are_those_of_the_domain_and_no_other_is_left():
    assert _values(Entity) | FACTS.keys() == _names(DOMAIN["entities"])


def test_slots_are_those_of_the_domain_and_no_other_is_left():
    assert _values(Slot) == set(DOMAIN["slots"])


def test_actions_are_those_of_the_domain():
    assert _values(ActionName) <= _names(DOMAIN["actions"])


def test_each_escalating_tier_has_an_intent_and_a_first_line():
    assert set(contract.ESCALATION_INTENTS) == ESCALATING_TIERS == set(contract.FIRST_LINES)
    for tier, response in contract.FIRST_LINES.items():
        assert response in DOMAIN["responses"]
        assert contract.TIER_OF_FIRST_LINE[response] == tier


def test_first_lines_of_their_own_are_variants_of_an_emergency():
    conditions = [r.get("condition") or [] for r in DOMAIN["responses"]["utter_report_emergency"]]
    variants = {entry["value"] for condition in conditions for entry in condition}
    assert set(contract.OWN_FIRST_LINES.values()) <= variants

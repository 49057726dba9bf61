"""What policies of ours have in common."""

from types import SimpleNamespace

from rasa.shared.core.events import SlotSet

from dialogue.planning_policy import PlanningPolicy, next_pending_action
from nlu.base import faults


class _Planned(PlanningPolicy):
    """Plans what it is given."""

    def __init__(self, planned):
        super().__init__({}, None, None, SimpleNamespace(is_finetuning=False))
        self._planned = planned

    def next_action(self, tracker):
        if isinstance(self._planned, Exception):
            raise self._planned
        return self._planned

    def events(self, tracker):
        return [SlotSet("medicine", "quinine")]


def test_the_planned_action_is_predicted_with_its_slots(talk, domain):
    talk.hears("ask_causes")
    found = _Planned(("utter_ask_causes", {"left_out": "this"})).predict_action_probabilities(talk.tracker, domain)
    assert found.probabilities[domain.index_for_action("utter_ask_causes")] == sum(found.probabilities) == 1.0
    assert found.optional_events == [SlotSet("left_out", "this")]


def test_slots_that_hold_the_value_are_not_set_again(talk, domain):
    talk.hears("ask_causes").sets(left_out="this")
    found = _Planned(("utter_ask_causes", {"left_out": "this"})).predict_action_probabilities(talk.tracker, domain)
    assert found.optional_events == []


def test_it_abstains_where_nothing_is_planned_and_its_events_hold(talk, domain):
    found = _Planned(None).predict_action_probabilities(talk.hears("ask_causes").tracker, domain)
    assert not any(found.probabilities)
    assert found.events == [SlotSet("medicine", "quinine")]


def test_an_action_that_the_domain_lacks_is_not_predicted(talk, domain):
    found = _Planned(("utter_nothing", {})).predict_action_probabilities(talk.hears("ask_causes").tracker, domain)
    assert not any(found.probabilities)


def test_a_fault_is_noted_and_nothing_predicted(talk, domain):
    record = faults.start()
    found = _Planned(ValueError("broken")).predict_action_probabilities(talk.hears("ask_causes").tracker, domain)
    assert not any(found.probabilities)
    assert record.faults == ["_Planned"]


def test_the_next_pending_action_is_the_first_not_done_since_the_latest_message(talk):
    plan = ["utter_ask_causes", "utter_ask_prevention"]
    talk.hears("ask_causes").does("utter_ask_causes").does("utter_ask_prevention").hears("ask_causes")
    assert next_pending_action(talk.tracker, plan) == "utter_ask_causes"
    talk.does("utter_ask_causes")
    assert next_pending_action(talk.tracker, plan) == "utter_ask_prevention"
    talk.does("utter_ask_prevention")
    assert next_pending_action(talk.tracker, plan) == "action_listen"

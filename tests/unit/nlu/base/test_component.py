"""The one way to write into a message, and components that fail soft."""

import itertools

import pytest
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.base import component as module
from nlu.base import faults
from nlu.base.component import INTENT_SET_BY, UntrainedComponent, add_entities, set_intent, tokens_of, variant_entity
from nlu.text.limits import LONGEST_TEXT
from nlu.text.tokens import tokenize
from triage.contract import ESCALATION_INTENTS


def message():
    return Message({TEXT: "my knee"})


def ranking(parsed):
    return [(entry["name"], entry["confidence"]) for entry in parsed.get(INTENT_RANKING_KEY)]


def test_the_first_intent_brings_its_ranking():
    parsed = message()
    assert set_intent(
        parsed, "ask_causes", 0.6, by="IntentClassifier",
        ranking=[{"name": "ask_duration", "confidence": 0.7}, {"name": "ask_causes", "confidence": 0.3}],
    )  # fmt: skip
    assert parsed.get(INTENT) == {"name": "ask_causes", "confidence": 0.6}
    assert ranking(parsed) == [("ask_causes", 0.6), ("ask_duration", 0.7)]
    assert parsed.get(INTENT_SET_BY) == "IntentClassifier"


def test_a_later_intent_goes_to_the_head_of_the_ranking_and_stands_in_it_once():
    parsed = message()
    set_intent(parsed, "greet", 0.6, by="one", ranking=[{"name": "deny", "confidence": 0.2}])
    set_intent(parsed, "deny", 1.0, by="other")
    assert ranking(parsed) == [("deny", 1.0), ("greet", 0.6)]
    assert parsed.get(INTENT_SET_BY) == "other"


def test_intent_and_ranking_are_given_out_and_the_source_is_not():
    parsed = message()
    set_intent(parsed, "greet", 1.0, by="one", also_asked="deny")
    assert parsed.as_dict(only_output_properties=True).keys() == {TEXT, INTENT, INTENT_RANKING_KEY}
    assert parsed.get(INTENT) == {"name": "greet", "confidence": 1.0, "also_asked": "deny"}


@pytest.mark.parametrize(
    ("red_flag", "other"),
    itertools.product(ESCALATION_INTENTS.values(), ["ask_causes", "tell_country", "nlu_fallback", "report_symptoms"]),
)
def test_nothing_overwrites_a_red_flag(red_flag, other):
    parsed = message()
    set_intent(parsed, "ask_causes", 0.9, by="IntentClassifier")
    set_intent(parsed, red_flag, 1.0, by="RedFlagScreen", is_final=True, also_asked="ask_causes")
    assert not set_intent(parsed, other, 1.0, by="another")
    assert not set_intent(parsed, other, 1.0, by="another", is_final=True, ranking=[])
    assert parsed.get(INTENT) == {"name": red_flag, "confidence": 1.0, "also_asked": "ask_causes"}
    assert ranking(parsed) == [(red_flag, 1.0), ("ask_causes", 0.9)]
    assert parsed.get(INTENT_SET_BY) == "RedFlagScreen"


def test_entities_are_added_to_those_that_are_there():
    parsed = message()
    add_entities(parsed, [variant_entity("statins", "one")])
    add_entities(parsed, [variant_entity("clot", "other")])
    assert [(e["value"], e["extractor"]) for e in parsed.get(ENTITIES)] == [("statins", "one"), ("clot", "other")]
    assert ENTITIES in parsed.as_dict(only_output_properties=True)


class Breaking(UntrainedComponent):
    settings = ("limit", "names")

    def __init__(self, limit, names):
        self.made_of = (limit, names)

    def process(self, messages):
        raise ValueError("broken")


def test_a_component_is_made_from_its_settings_in_their_order():
    assert Breaking.create({"names": ["a"], "limit": 3, "other": 5}, None, None, None).made_of == (3, ["a"])


def test_a_component_that_breaks_passes_messages_on_and_is_reported():
    record, messages = faults.start(), [message()]
    assert Breaking(3, []).process(messages) is messages
    assert record.faults == ["Breaking"]


def test_a_message_is_tokenised_once(monkeypatch):
    made = []
    monkeypatch.setattr(module, "tokenize", lambda text: made.append(text) or tokenize(text))
    message = Message({TEXT: "my knee"})
    assert tokens_of(message) is tokens_of(message)
    assert made == ["my knee"]


def test_a_message_whose_text_was_cleaned_is_tokenised_anew():
    message = Message({TEXT: "/ my knee"})
    tokens_of(message)
    message.set(TEXT, "my knee")
    assert tokens_of(message) == tokenize("my knee")


@pytest.mark.parametrize("text", ["", None])
def test_a_message_without_text_has_no_tokens(text):
    assert tokens_of(Message({TEXT: text})) == []


def test_of_a_long_message_the_beginning_is_read():
    tokens = tokens_of(Message({TEXT: "knee " * LONGEST_TEXT}))
    assert tokens[-1].end <= LONGEST_TEXT
    assert len(tokens) == LONGEST_TEXT / 5


def test_tokens_are_not_given_out_with_the_message():
    message = Message({TEXT: "my knee"})
    tokens_of(message)
    assert message.as_dict(only_output_properties=True) == {TEXT: "my knee"}

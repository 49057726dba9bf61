"""Which answer fits the factors that a message names."""

import pytest
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.base.component import INTENT_SET_BY, add_entities, set_intent, variant_entity
from nlu.intents.answer_selector import AnswerSelector, choose_answer, resolve_low_confidence
from nlu.intents.classifier import ASKED
from nlu.intents.factors import FactorMatcher
from nlu.intents.question_splitter import split_questions
from nlu.text.tokens import tokenize

MATCHER = FactorMatcher()
SELECTOR = AnswerSelector()


def named(text):
    return MATCHER.find(tokenize(text))


def ranking(**confidences):
    return [{"name": name, "confidence": confidence} for name, confidence in confidences.items()]


def selected(text, intent=None, confidence=0.9, entities=(), others=(), **details):
    message = Message({TEXT: text})
    if intent:
        set_intent(message, intent, confidence, by="IntentClassifier", ranking=list(others), **details)
    add_entities(message, entities)
    return SELECTOR.process([message])[0]


def values(message, kind):
    return [entity["value"] for entity in message.get(ENTITIES) if entity["entity"] == kind]


@pytest.mark.parametrize(
    ("intent", "text", "topic", "variant"),
    [
        ("ask_medicines", "can magnesium help", "ask_medicines", "magnesium"),
        ("ask_medicines", "can tablets help", "ask_medicines", "general"),
        ("ask_causes", "do statins cause it", "ask_cause_medication", "statins"),
        ("report_symptoms", "im pregnant and it cramps", "report_symptoms", "pregnancy"),
        ("ask_duration", "how long with ALS", "ask_cause_neurological", "als"),
        ("greet", "hello statins", "greet", "general"),
        ("report_emergency", "i cant breathe on statins", "report_emergency", "general"),
    ],
)
def test_a_named_factor_chooses_topic_and_variant(intent, text, topic, variant):
    assert choose_answer(intent, named(text)) == (topic, variant)


@pytest.mark.parametrize(
    ("name", "confidence", "text", "expected"),
    [
        ("ask_causes", 0.3, "statins", ("ask_cause_medication", 0.5)),
        ("ask_causes", 0.5, "statins", ("ask_causes", 0.5)),
        ("ask_causes", 0.3, "hm", ("ask_causes", 0.3)),
        ("out_of_scope", 0.4, "statins", ("ask_cause_medication", 0.5)),
        ("out_of_scope", 0.6, "statins", ("out_of_scope", 0.6)),
        ("out_of_scope", 0.4, "running", ("out_of_scope", 0.4)),
        (None, 0.0, "statins", ("ask_cause_medication", 0.5)),
    ],
)
def test_where_the_classifier_is_unsure_a_factor_decides(name, confidence, text, expected):
    assert resolve_low_confidence(name, confidence, ranking(greet=0.2), named(text)) == expected


def test_of_the_five_best_intents_the_first_that_knows_the_factor_is_taken():
    behind = ranking(greet=0.3, deny=0.2, ask_medicines=0.1)
    assert resolve_low_confidence("greet", 0.3, behind, named("magnesium")) == ("ask_medicines", 0.5)
    too_far = ranking(greet=0.3, deny=0.2, affirm=0.1, thank=0.1, unsure=0.1, ask_medicines=0.1)
    assert resolve_low_confidence("greet", 0.3, too_far, named("quinine")) == ("greet", 0.3)


def test_a_changed_topic_is_set_with_its_source_and_keeps_what_was_asked():
    message = selected("it cramps, i take statins", "report_symptoms", 1.0, also_asked="greet")
    assert message.get(INTENT) == {"name": "ask_cause_medication", "confidence": 1.0, "also_asked": "greet"}
    assert message.get(INTENT_SET_BY) == "AnswerSelector"
    assert [e["name"] for e in message.get(INTENT_RANKING_KEY)] == ["ask_cause_medication", "report_symptoms"]
    assert values(message, "answer_variant") == ["statins"]
    assert values(message, "factor") == ["statins"]


def test_an_unchanged_topic_keeps_its_source():
    message = selected("can magnesium help", "ask_medicines")
    assert message.get(INTENT_SET_BY) == "IntentClassifier"
    assert values(message, "answer_variant") == ["magnesium"]


def test_a_red_flag_stays():
    message = Message({TEXT: "statins"})
    set_intent(message, "report_urgent", 1.0, by="RedFlagScreen", is_final=True)
    assert SELECTOR.process([message])[0].get(INTENT)["name"] == "report_urgent"


def test_a_message_that_no_classifier_reached_stays_without_intent():
    message = selected("my knee")
    assert message.get(INTENT) is None
    assert values(message, "answer_variant") == ["general"]


def test_a_pressed_button_has_brought_its_variant_along():
    message = selected("statins", "ask_causes", entities=[variant_entity("general", "MessageGuard")])
    assert values(message, "answer_variant") == ["general"]
    assert values(message, "factor") == []


@pytest.mark.parametrize(("assertion", "factors"), [("present", ["child"]), ("past", [])])
def test_a_finding_that_is_present_stands_for_its_factor(assertion, factors):
    finding = {"entity": "finding", "value": "child_patient", "assertion": assertion, "start": 0, "end": 3}
    assert values(selected("hm", "report_symptoms", entities=[finding]), "factor") == factors


def test_each_of_several_questions_keeps_the_factor_named_in_its_part():
    text = "does stress cause it? and can i take quinine?"
    message = Message({TEXT: text})
    set_intent(message, "ask_cause_other", 0.8, by="IntentClassifier")
    message.set(ASKED, list(zip(["ask_cause_other", "ask_medicines"], split_questions(text), strict=True)))
    SELECTOR.process([message])
    asked = [(e["value"], e["variant"]) for e in message.get(ENTITIES) if e["entity"] == "also_asked"]
    assert asked == [("ask_cause_other", "stress"), ("ask_medicines", "quinine")]


def test_of_more_than_three_questions_the_rest_is_left_out():
    topics = ["ask_causes", "ask_duration", "ask_medicines", "ask_prevention"]
    message = Message({TEXT: "what? how long? pills? again?"})
    set_intent(message, "ask_causes", 0.8, by="IntentClassifier")
    message.set(ASKED, [(topic, split_questions("why is it? what is it?")[0]) for topic in topics])
    SELECTOR.process([message])
    assert values(message, "also_asked") == topics[:3]
    assert values(message, "left_out") == topics[3:]

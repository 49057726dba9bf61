"""When a message is not answered, and what is offered instead."""

from pathlib import Path

import pytest
import yaml
from rasa.engine.recipes.default_components import DEFAULT_COMPONENTS
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.base.component import set_intent
from nlu.intents.fallback import LowConfidenceFallback, suggestions

CONFIG = yaml.safe_load((Path(__file__).parents[4] / "config.yml").read_text(encoding="utf-8"))
PIPELINE = [component["name"] for component in CONFIG["pipeline"]]
FALLBACK = LowConfidenceFallback(0.5)


def test_two_topics_are_offered_only_where_it_is_likely_one_of_them():
    names = ("ask_causes", "out_of_scope", "ask_duration", "ask_medicines")

    def ranking(*probabilities):
        return [
            {"name": name, "confidence": probability} for name, probability in zip(names, probabilities, strict=False)
        ]

    assert suggestions(ranking(0.4, 0.1, 0.3, 0.2)) == ["ask_causes", "ask_duration"]
    assert suggestions(ranking(0.2, 0.5, 0.15)) == ["ask_causes"]
    assert suggestions(ranking(0.05, 0.9)) == []


def decided(intent, confidence, *others):
    message = Message({TEXT: "hm"})
    set_intent(message, intent, confidence, by="IntentClassifier", ranking=[dict(entry) for entry in others])
    return FALLBACK.process([message])[0]


def offered(message):
    return [entity["value"] for entity in message.get(ENTITIES, []) if entity["entity"] == "suggestion"]


CAUSES, DURATION = {"name": "ask_causes", "confidence": 0.3}, {"name": "ask_duration", "confidence": 0.25}


def test_from_the_threshold_on_a_message_is_answered():
    message = decided("ask_causes", 0.5, DURATION)
    assert message.get(INTENT)["name"] == "ask_causes"
    assert offered(message) == []


def test_below_it_topics_are_offered():
    message = decided("ask_causes", 0.49, DURATION)
    assert message.get(INTENT) == {"name": "nlu_fallback", "confidence": pytest.approx(0.51)}
    assert [entry["name"] for entry in message.get(INTENT_RANKING_KEY)] == [
        "nlu_fallback", "ask_causes", "ask_duration",
    ]  # fmt: skip
    assert offered(message) == ["ask_causes", "ask_duration"]


def test_a_doubtful_message_out_of_scope_is_a_fallback_only_where_two_topics_are_likely():
    assert decided("out_of_scope", 0.45, CAUSES, DURATION).get(INTENT)["name"] == "nlu_fallback"
    one = decided("out_of_scope", 0.45, CAUSES)
    assert one.get(INTENT)["name"] == "out_of_scope"
    assert offered(one) == ["ask_causes"]
    assert decided("out_of_scope", 0.9, CAUSES, DURATION).get(INTENT)["name"] == "out_of_scope"


def test_a_message_that_no_classifier_reached_is_left_to_the_fail_safe():
    message = Message({TEXT: "hm"})
    assert FALLBACK.process([message])[0].get(INTENT) is None
    assert message.get(ENTITIES, []) == []


def test_its_name_is_none_of_rasas_own():
    """Rasa's registry knows components by class name: of two with one name, the later import wins."""
    ours = {path.rpartition(".")[2] for path in PIPELINE if path.startswith("nlu.")}
    assert len(ours) > 8
    assert not ours & {component.__name__ for component in DEFAULT_COMPONENTS}

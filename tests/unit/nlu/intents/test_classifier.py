"""The kernel classifier in Rasa's pipeline, with a stand-in for the language model."""

import numpy as np
import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.base import faults
from nlu.base.component import INTENT_SET_BY, set_intent
from nlu.intents import classifier as module
from nlu.intents.classifier import ASKED, IntentClassifier
from tests.unit.nlu.intents.sentences import LABELS, TEXTS, embeddings

CONFIG = IntentClassifier.get_default_config()


def featurised(text, embedding=None, **data):
    message = Message({TEXT: text, **data})
    row = np.zeros(16) if embedding is None else embedding
    message.add_features(Features(row[None, :], FEATURE_TYPE_SENTENCE, TEXT, "SentenceEncoder"))
    return message


class Ranks:
    """Stands in for the trained classifier: ranks by what the text holds."""

    def rank(self, text, embedding):
        if "break" in text:
            raise ValueError("broken")
        best = "ask_duration" if "long" in text else "ask_causes" if "cause" in text else "greet"
        others = [("deny", 0.1), ("ask_causes", 0.05), ("ask_duration", 0.02), ("thank", 0.02), ("affirm", 0.01)]
        return [(best, 0.8), *(entry for entry in others if entry[0] != best)]


class Encodes:
    def sentence_embeddings(self, texts):
        return np.zeros((len(texts), 16))


@pytest.fixture
def component(monkeypatch):
    monkeypatch.setattr(module, "shared_language_model", Encodes)
    return IntentClassifier(CONFIG, None, None, Ranks())


def test_intent_and_ranking_are_set(component):
    message = component.process([featurised("what is the cause")])[0]
    assert message.get(INTENT) == {"name": "ask_causes", "confidence": 0.8}
    assert len(message.get(INTENT_RANKING_KEY)) == CONFIG["ranking_length"]
    assert message.get(INTENT_SET_BY) == "IntentClassifier"
    assert message.get(ASKED) is None


def test_what_an_earlier_component_has_decided_stays(component):
    message = featurised("what is the cause")
    set_intent(message, "slash_command", 1.0, by="MessageGuard")
    assert component.process([message])[0].get(INTENT)["name"] == "slash_command"


def test_of_several_questions_the_first_is_the_intent_and_all_are_carried(component):
    message = component.process([featurised("how long is it? and what is the cause?")])[0]
    assert [topic for topic, _ in message.get(ASKED)] == ["ask_duration", "ask_causes"]
    assert message.get(INTENT)["name"] == "ask_duration"
    names = [entry["name"] for entry in message.get(INTENT_RANKING_KEY)]
    assert len(names) == len(set(names))


def test_one_topic_asked_about_twice_is_one_question(component):
    message = component.process([featurised("what is the cause? why is the cause so?")])[0]
    assert message.get(ASKED) is None


def test_where_it_breaks_the_message_passes_and_the_fault_is_reported(component):
    record = faults.start()
    assert component.process([featurised("break")])[0].get(INTENT) is None
    assert record.faults == ["IntentClassifier"]


def test_it_is_trained_kept_and_loaded(tmp_path):
    storage, resource = LocalModelStorage.create(tmp_path), Resource("classifier")
    rows = embeddings(TEXTS)
    examples = [featurised(t, row, intent=label) for t, row, label in zip(TEXTS, rows, LABELS, strict=True)]
    IntentClassifier.create(CONFIG, storage, resource, None).train(TrainingData(examples))
    with storage.read_from(resource) as folder:
        assert [path.name for path in folder.iterdir()] == ["intent_model.npz"]
    loaded = IntentClassifier.load(CONFIG, storage, resource, None)
    assert loaded.process([featurised(TEXTS[0], rows[0])])[0].get(INTENT)["name"] == LABELS[0]


def test_without_an_encoder_before_it_it_says_what_is_missing():
    with pytest.raises(InvalidConfigException, match=r"needs nlu\.encoder\.component\.SentenceEncoder before it"):
        module._embedding(Message({TEXT: "my knee"}))

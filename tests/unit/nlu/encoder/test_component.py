"""What the encoder adds to messages."""

from types import SimpleNamespace

import numpy as np
import pytest
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.encoder import component as module
from nlu.encoder.component import ENCODER_OUTPUT, SentenceEncoder
from nlu.text.limits import LONGEST_TEXT


class FakeModel:
    def __init__(self):
        self.texts = []

    def predict(self, text):
        self.texts.append(text)
        return SimpleNamespace(sentence_embedding=np.array([len(text), 1.0]))

    def sentence_embeddings(self, texts):
        return np.array([[len(text), 2.0] for text in texts])


@pytest.fixture
def model(monkeypatch):
    fake = FakeModel()
    monkeypatch.setattr(module, "shared_language_model", lambda: fake)
    return fake


def embedding(message):
    return message.get_dense_features(TEXT)[1].features.tolist()


def test_a_message_carries_output_and_embedding(model):
    [message] = SentenceEncoder().process([Message({TEXT: "knee"})])
    assert message.get(ENCODER_OUTPUT).sentence_embedding.tolist() == [4, 1]
    assert embedding(message) == [[4, 1]]


def test_of_a_long_message_the_beginning_is_read(model):
    SentenceEncoder().process([Message({TEXT: "x" * 3 * LONGEST_TEXT})])
    assert model.texts == ["x" * LONGEST_TEXT]


@pytest.mark.parametrize("data", [{}, {TEXT: ""}, {TEXT: None}])
def test_a_message_without_text_stays_as_it_is(model, data):
    [message] = SentenceEncoder().process([Message(dict(data))])
    assert message.data == data
    assert message.get_dense_features(TEXT) == (None, None)
    assert model.texts == []


def test_training_examples_carry_their_own_embedding(model):
    examples = [Message({TEXT: "knee"}), Message({"intent": "greet"}), Message({TEXT: "a calf"})]
    SentenceEncoder().process_training_data(TrainingData(examples))
    assert [embedding(examples[0]), embedding(examples[2])] == [[[4, 2]], [[6, 2]]]
    assert examples[1].features == []


def test_what_is_cached_is_tied_to_the_model(model, monkeypatch, tmp_path):
    for name in ("model.onnx", "vocab.txt"):
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(module, "MODEL_FOLDER", tmp_path)
    before = SentenceEncoder.fingerprint_addon({})
    assert before == SentenceEncoder.fingerprint_addon({})
    (tmp_path / "model.onnx").write_text("another model")
    assert before != SentenceEncoder.fingerprint_addon({})

"""The language model's way from text to numbers, with a session that says what a test wants it to say."""

import hashlib
from types import SimpleNamespace

import numpy as np
import pytest

from nlu.encoder import model as module
from nlu.encoder.model import EMBEDDING_SIZE, GRAPH_OUTPUTS, EncoderOutput, LanguageModel, ModelError

FINDINGS = ("a_finding", "another")


class FakeTokeniser:
    """Makes each word a subword token whose id is its length; a pass holds `limit` of them, none shared."""

    def __init__(self, limit=4):
        self.limit = limit

    def encode(self, text):
        offsets, at = [], 0
        for word in text.split():
            start = text.index(word, at)
            offsets.append((start, start + len(word)))
            at = start + len(word)
        passes = [offsets[first : first + self.limit] for first in range(0, len(offsets), self.limit)] or [[]]
        encodings = [
            SimpleNamespace(ids=[1, *(end - start for start, end in part), 2], offsets=[(0, 0), *part, (0, 0)])
            for part in passes
        ]
        encodings[0].overflowing = encodings[1:]
        return encodings[0]


class FakeSession:
    """Gives numbers that can be told apart: a token's id for its findings, their sum for the message."""

    def __init__(self):
        self.runs = []

    def run(self, outputs, inputs):
        ids, mask = inputs["input_ids"], inputs["attention_mask"]
        self.runs.append(ids.shape)
        total = (ids * mask).sum(axis=1, keepdims=True)
        numbers = {
            "topic_state": np.repeat(total, EMBEDDING_SIZE, axis=1).astype(np.float32),
            "finding_chances": np.repeat(ids[:, :, None], len(FINDINGS), axis=2) / 100,
            "assertion_chances": np.repeat(ids[:, :, None], 6, axis=2) / 100,
            "message_chances": np.repeat(total, len(FINDINGS), axis=1) / 100,
        }
        return [numbers[output] for output in outputs]


@pytest.fixture
def model():
    made = LanguageModel.__new__(LanguageModel)
    made._session, made._tokeniser, made.findings = FakeSession(), FakeTokeniser(), FINDINGS
    return made


def test_a_message_of_one_pass(model):
    output = model.predict("my knee")
    assert output.findings == FINDINGS
    assert output.offsets == [(0, 2), (3, 7)]
    assert output.finding_probabilities.tolist() == [[0.02, 0.02], [0.04, 0.04]]
    assert output.assertion_probabilities.shape == (2, 6)
    assert output.message_probabilities.tolist() == [0.09, 0.09]
    assert output.sentence_embedding.shape == (EMBEDDING_SIZE,)
    assert output.sentence_embedding[0] == 1 + 2 + 4 + 2


def test_a_message_of_several_passes(model):
    output = model.predict("a bb ccc dddd eeeee ffffff")
    assert len(output.offsets) == len(output.finding_probabilities) == len(output.assertion_probabilities) == 6
    assert output.offsets[-1] == (20, 26)
    assert output.sentence_embedding[0] == 1 + (1 + 2 + 3 + 4) + 2
    assert output.message_probabilities[0] == 0.14  # the second pass reports more


def test_a_message_without_words(model):
    output = model.predict("")
    assert output.offsets == []
    assert output.finding_probabilities.shape == (0, len(FINDINGS))
    assert output.present_probabilities() == {"a_finding": 0.0, "another": 0.0}


def test_present_is_likeliest_where_mention_and_assertion_meet():
    output = EncoderOutput(
        FINDINGS,
        [(0, 1), (2, 3)],
        np.zeros(3),
        np.array([[0.9, 0.2], [0.5, 0.1]]),
        np.array([[0.1] + [0.18] * 5, [0.8] + [0.04] * 5]),
        np.zeros(2),
    )
    assert output.present_probabilities() == pytest.approx({"a_finding": 0.4, "another": 0.08})


def test_embeddings_come_in_the_order_of_the_texts(model):
    texts = ["a " * (number % 4 + 1) for number in range(70)]
    embeddings = model.sentence_embeddings(texts, batch_size=16)
    assert embeddings.shape == (70, EMBEDDING_SIZE)
    assert embeddings.dtype == np.float32
    assert embeddings[:, 0].tolist() == [1 + (number % 4 + 1) + 2 for number in range(70)]
    assert sorted(rows for rows, _ in model._session.runs) == [6, 16, 16, 16, 16]


def test_no_texts_no_embeddings(model):
    assert model.sentence_embeddings([]).shape == (0, EMBEDDING_SIZE)


def test_the_graph_has_a_name_for_each_field():
    fields = {"findings", "offsets", *GRAPH_OUTPUTS}
    assert fields == set(EncoderOutput.__dataclass_fields__)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder whose card describes its model file; `LanguageModel` only notes what it is made from."""
    digest = hashlib.sha256(b"model").hexdigest()
    (tmp_path / "model.onnx").write_bytes(b"model")
    (tmp_path / "README.md").write_text(f"- `model.onnx`: 8-bit, sha256 `{digest}`\n")
    for name in ("labels.json", "vocab.txt"):
        (tmp_path / name).write_text("")
    monkeypatch.setattr(module, "MODEL_FOLDER", tmp_path)
    monkeypatch.setattr(module, "LanguageModel", lambda *args: args)
    module.shared_language_model.cache_clear()
    yield tmp_path
    module.shared_language_model.cache_clear()


def test_a_model_that_its_card_describes_is_loaded(folder):
    assert module.shared_language_model() == (folder / "model.onnx", folder)


@pytest.mark.parametrize("name", ["model.onnx", "labels.json", "vocab.txt", "README.md"])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(ModelError, match=f"lacks {name}; restore"):
        module.shared_language_model()


@pytest.mark.parametrize(("name", "content"), [("model.onnx", "another"), ("README.md", "no checksum")])
def test_a_model_that_its_card_does_not_describe_is_refused(folder, name, content):
    (folder / name).write_text(content)
    with pytest.raises(ModelError, match="not the file that its card describes"):
        module.shared_language_model()

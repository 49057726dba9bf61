"""Runs the language model once per message, for all components after it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.base.compiled import fingerprint_of
from nlu.base.component import UntrainedComponent
from nlu.encoder.model import MODEL_FOLDER, shared_language_model
from nlu.text.limits import LONGEST_TEXT

ENCODER_OUTPUT = "encoder_output"
"""Where a message carries its `EncoderOutput`."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(UntrainedComponent):
    """Adds the model's output to messages, and its sentence embedding as a dense feature."""

    def __init__(self) -> None:
        """Loads the shared model, so that the first message does not wait for it."""
        self._model = shared_language_model()

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Ties what is cached to the language model and to the code that runs it."""
        here = Path(__file__).parent
        files = (MODEL_FOLDER / name for name in ("model.onnx", "vocab.txt"))
        return fingerprint_of(Path(__file__), here / "model.py", *files)

    @classmethod
    def required_packages(cls) -> list[str]:
        """Names the packages that must be importable."""
        return ["onnxruntime", "tokenizers"]

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Encodes the training examples."""
        examples = [message for message in training_data.training_examples if message.get(TEXT)]
        embeddings = self._model.sentence_embeddings([example.get(TEXT) for example in examples])
        for message, embedding in zip(examples, embeddings, strict=True):
            _add(message, embedding)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Reads messages; those without text are left as they are."""
        for message in messages:
            text = message.get(TEXT)
            if text:
                output = self._model.predict(text[:LONGEST_TEXT])
                message.set(ENCODER_OUTPUT, output)
                _add(message, output.sentence_embedding)
        return messages


def _add(message: Message, embedding: np.ndarray) -> None:
    message.add_features(Features(embedding[None, :], FEATURE_TYPE_SENTENCE, TEXT, SentenceEncoder.__name__))

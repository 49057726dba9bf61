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

READING = "language_model_reading"
"""Where a message carries what the model made of it."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(UntrainedComponent):
    """Adds the model's reading to messages, and its mean state as a dense feature."""

    def __init__(self) -> None:
        """Loads the shared model, so that the first message does not wait for it."""
        self._model = shared_language_model()

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Ties what is cached to the language model and to the code that reads it."""
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
        for message, state in zip(examples, self._model.topic_states([m.get(TEXT) for m in examples]), strict=True):
            _add(message, state)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Reads messages; those without text are left as they are."""
        for message in messages:
            text = message.get(TEXT)
            if text:
                reading = self._model.read(text[:LONGEST_TEXT])
                message.set(READING, reading)
                _add(message, reading.topic_state)
        return messages


def _add(message: Message, state: np.ndarray) -> None:
    message.add_features(Features(state[None, :], FEATURE_TYPE_SENTENCE, TEXT, SentenceEncoder.__name__))

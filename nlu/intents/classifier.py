"""The intent classifier: the kernel classifier in Rasa's pipeline, kept as one ``.npz`` of plain arrays (no pickle)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from threadpoolctl import threadpool_limits

from nlu.base.compiled import fingerprint_of
from nlu.base.component import set_intent
from nlu.base.faults import fail_soft
from nlu.encoder.model import MODEL_FOLDER, shared_language_model
from nlu.intents.kernel_model import KernelClassifier
from nlu.intents.question_splitter import Question, split_questions
from triage.contract import Intent
from triage.topics import TOPICS

ASKED = "questions_asked"
"""Where a message that asks about several topics carries them: pairs of topic and `Question`."""

MOST_TOPICS = 3
"""Topics answered at once."""

_CONFIDENCE_THRESHOLD_OF_A_PART = 0.7
"""Confidence from which a part of a message counts as a question of its own."""

_FILE = "intent_model.npz"
_NO_EMBEDDING = "The IntentClassifier needs nlu.encoder.component.SentenceEncoder before it in config.yml."


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(GraphComponent):
    """Gives each message an intent and a ranking, unless an earlier component has decided."""

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, model: KernelClassifier | None
    ) -> None:
        """Takes what `create` or `load` hands over."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``ranking_length``: intents reported per message."""
        return {"ranking_length": 5}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Ties what is cached to the classifier's code and to the language model whose embeddings it learns from."""
        here = Path(__file__).parent
        code = (Path(__file__), here / "kernel_model.py", here / "kernel_training.py")
        return fingerprint_of(*code, MODEL_FOLDER / "model.onnx")

    @classmethod
    def required_packages(cls) -> list[str]:
        """Names the packages that must be importable."""
        return ["sklearn", "scipy"]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentClassifier:
        """Creates an untrained component."""
        return cls(config, model_storage, resource, None)

    def train(self, training_data: TrainingData) -> Resource:
        """Fits the classifier on the intent examples and keeps it.

        Raises:
            InvalidConfigException: the examples carry no sentence embedding.
        """
        # scikit-learn and scipy take half a second of a start; only training needs them
        from nlu.intents.kernel_training import train

        examples = training_data.intent_examples
        self._model = train(
            [example.get(TEXT) for example in examples],
            np.stack([_embedding(example) for example in examples]),
            [example.get(INTENT) for example in examples],
            Intent.OUT_OF_SCOPE,
        )
        with self._model_storage.write_to(self._resource) as folder:
            np.savez(folder / _FILE, allow_pickle=False, **self._model.arrays())
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> IntentClassifier:
        """Loads a trained component."""
        with model_storage.read_from(resource) as folder, np.load(folder / _FILE, allow_pickle=False) as arrays:
            model = KernelClassifier(**{name: arrays[name] for name in arrays.files})
        # one message is too little work to share: with several threads each waits for the other, on a busy machine long
        threadpool_limits(limits=1, user_api="blas")
        return cls(config, model_storage, resource, model)

    @fail_soft
    def process(self, messages: list[Message]) -> list[Message]:
        """Sets intent and ranking of messages that have none yet."""
        for message in messages:
            if message.get(INTENT) or self._model is None:
                continue
            ranked = self._model.rank(message.get(TEXT), _embedding(message))[: self._config["ranking_length"]]
            best, confidence = ranked[0]
            asked = self._asked(message.get(TEXT))
            if asked:
                message.set(ASKED, asked)
                best, confidence = asked[0][0], max(_CONFIDENCE_THRESHOLD_OF_A_PART, confidence)
            ranking = [{"name": name, "confidence": probability} for name, probability in ranked]
            set_intent(message, best, confidence, by=type(self).__name__, ranking=ranking)
        return messages

    def _asked(self, text: str) -> list[tuple[str, Question]]:
        """Returns the topics that a message asks about, in its order, where they are more than one."""
        parts = split_questions(text)
        if not parts or self._model is None:
            return []
        embeddings = shared_language_model().sentence_embeddings([part.text for part in parts])
        asked: dict[str, Question] = {}
        for part, embedding in zip(parts, embeddings, strict=True):
            topic, confidence = self._model.rank(part.text, embedding)[0]
            if confidence >= _CONFIDENCE_THRESHOLD_OF_A_PART and topic in TOPICS:
                asked.setdefault(topic, part)
        return list(asked.items()) if len(asked) > 1 else []


def _embedding(message: Message) -> np.ndarray:
    _, sentence = message.get_dense_features(TEXT)
    if sentence is None:
        raise InvalidConfigException(_NO_EMBEDDING)
    return np.asarray(sentence.features[0], dtype=np.float32)

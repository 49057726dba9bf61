"""The intent classifier: the topic model in Rasa's pipeline, kept as one ``.npz`` of plain arrays (no pickle)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from threadpoolctl import threadpool_limits

from nlu.base.compiled import fingerprint_of
from nlu.base.faults import carries_on
from nlu.encoder.model import MODEL_FOLDER, shared_language_model
from nlu.intents.kernel_model import TopicModel
from nlu.intents.question_splitter import Question, questions
from triage.contract import Intent
from triage.topics import TOPICS

ASKED = "questions_asked"
"""Where a message that asks about several topics carries them: pairs of topic and `Question`."""

MOST_TOPICS = 3
"""Topics answered at once."""

_SURE_OF_A_PART = 0.7
"""Chance from which a part of a message counts as a question of its own."""

_FILE = "topic_model.npz"
_NO_STATE = "The IntentClassifier needs nlu.encoder.component.SentenceEncoder before it in config.yml."


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(GraphComponent):
    """Gives each message an intent and a ranking, unless an earlier component has decided."""

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, model: TopicModel | None
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
        """Ties what is cached to the topic model's code and the language model whose states it learns from."""
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
        """Fits the topic model on the intent examples and keeps it.

        Raises:
            InvalidConfigException: the examples carry no sentence state.
        """
        from nlu.intents.kernel_training import (
            train,
        )  # scikit-learn and scipy take half a second of a start; only training needs them

        examples = training_data.intent_examples
        self._model = train(
            [example.get(TEXT) for example in examples],
            np.stack([_state(example) for example in examples]),
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
            model = TopicModel(**{name: arrays[name] for name in arrays.files})
        # one message is too little work to share: with several threads each waits for the other, on a busy machine long
        threadpool_limits(limits=1, user_api="blas")
        return cls(config, model_storage, resource, model)

    @carries_on
    def process(self, messages: list[Message]) -> list[Message]:
        """Sets intent and ranking of messages that have none yet."""
        for message in messages:
            if message.get(INTENT) or self._model is None:
                continue
            chances = self._model.rank(message.get(TEXT), _state(message))[: self._config["ranking_length"]]
            asked = self._asked(message.get(TEXT))
            if asked:
                first = asked[0][0]
                others = [entry for entry in chances if entry[0] != first]
                chances = [(first, max(_SURE_OF_A_PART, chances[0][1])), *others]
                message.set(ASKED, asked)
            ranking = [{"name": name, "confidence": chance} for name, chance in chances]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def _asked(self, text: str) -> list[tuple[str, Question]]:
        """Returns the topics that a message asks about, in its order, where they are more than one."""
        parts = questions(text)
        if not parts or self._model is None:
            return []
        states = shared_language_model().sentence_embeddings([part.text for part in parts])
        asked: dict[str, Question] = {}
        for part, state in zip(parts, states, strict=True):
            topic, sure = self._model.rank(part.text, state)[0]
            if sure >= _SURE_OF_A_PART and topic in TOPICS:
                asked.setdefault(topic, part)
        return list(asked.items()) if len(asked) > 1 else []


def _state(message: Message) -> np.ndarray:
    _, sentence = message.get_dense_features(TEXT)
    if sentence is None:
        raise InvalidConfigException(_NO_STATE)
    return np.asarray(sentence.features[0], dtype=np.float32)

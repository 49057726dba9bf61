"""The intent classifier: sentence states and character n-grams into a logistic regression.

Kept as one ``.npz`` of plain arrays (no pickle) and applied with numpy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
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
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from nlu.faults import carries_on

_FILE = "intent_classifier.npz"
_NO_STATE = "The IntentClassifier needs nlu.encoder.SentenceEncoder before it in config.yml."


def _vectoriser(vocabulary: Sequence[str] | None = None) -> TfidfVectorizer:
    return TfidfVectorizer(
        analyzer="char_wb",
        ngram_range=(2, 5),
        sublinear_tf=True,
        min_df=2 if vocabulary is None else 1,
        vocabulary=vocabulary,
        dtype=np.float32,
    )


@dataclass
class IntentModel:
    """What training leaves behind.

    Attributes:
        intents: k intent names.
        ngrams: m character n-grams.
        idf: float32 (m,), their inverse document frequencies.
        weights: float32 (k, d + m), for d numbers of sentence state and m n-grams.
        bias: float32 (k,).
        examples: float16 (n, d), the training sentences' states, to tell how far a message lies from all of them.
    """

    intents: np.ndarray
    ngrams: np.ndarray
    idf: np.ndarray
    weights: np.ndarray
    bias: np.ndarray
    examples: np.ndarray

    def __post_init__(self) -> None:
        """Prepares what `rank` needs for every message."""
        self._ngrams_of = _vectoriser().build_analyzer()
        self._column_of = {str(ngram): column for column, ngram in enumerate(self.ngrams)}
        self._examples = self.examples.astype(np.float32)
        size = self.examples.shape[1]
        self._state_weights = np.ascontiguousarray(self.weights[:, :size], dtype=np.float32)
        self._ngram_weights = np.ascontiguousarray(self.weights[:, size:].T, dtype=np.float32)

    @classmethod
    def train(
        cls, texts: Sequence[str], states: np.ndarray, intents: Sequence[str], inverse_penalty: float
    ) -> IntentModel:
        """Fits the regression.

        Args:
            texts: n training sentences.
            states: (n, d) their sentence states.
            intents: their n intents.
            inverse_penalty: C of scikit-learn's LogisticRegression.
        """
        vectoriser = _vectoriser()
        features = hstack([csr_matrix(states), vectoriser.fit_transform(texts)]).tocsr()
        regression = LogisticRegression(C=inverse_penalty, max_iter=300, tol=1e-3).fit(features, intents)
        by_column = sorted(vectoriser.vocabulary_, key=vectoriser.vocabulary_.__getitem__)
        return cls(
            intents=np.array(regression.classes_, dtype=str),
            ngrams=np.array(by_column, dtype=str),
            idf=vectoriser.idf_.astype(np.float32),
            weights=regression.coef_.astype(np.float32),
            bias=regression.intercept_.astype(np.float32),
            examples=np.asarray(states, dtype=np.float16),
        )

    def rank(self, text: str, state: np.ndarray) -> list[tuple[str, float]]:
        """Ranks the intents of one message.

        The confidence is the regression's probability times the cosine to the nearest training
        sentence: on real user logs that product tells strangers' words apart better than either
        alone (HINT3, three data sets, measured for this project).

        Args:
            text: the message.
            state: (d,) its sentence state.

        Returns:
            Pairs of intent and confidence in 0..1, best first.
        """
        columns, values = self._weighted_ngrams(text)
        scores = self._state_weights @ state + self.bias + values @ self._ngram_weights[columns]
        chances = np.exp(scores - scores.max())
        chances /= chances.sum()
        chances *= max(0.0, float((self._examples @ state).max()))
        order = np.argsort(-chances)
        return [(str(self.intents[number]), float(chances[number])) for number in order]

    def _weighted_ngrams(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """Returns columns and weights of a message's n-grams as scikit-learn's transform does, without its checks."""
        counts = Counter(map(self._column_of.get, self._ngrams_of(text)))
        counts.pop(None, None)
        columns = np.fromiter(counts, dtype=np.intp, count=len(counts))
        values = (1.0 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))) * self.idf[columns]
        length = np.linalg.norm(values)
        return columns, values / length if length else values


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(GraphComponent):
    """Gives each message an intent and a ranking, unless an earlier component has decided."""

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, model: IntentModel | None
    ) -> None:
        """Takes what `create` or `load` hands over."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``inverse_penalty``: C of the regression; ``ranking_length``: intents reported per message."""
        return {"inverse_penalty": 10.0, "ranking_length": 5}

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
        """Fits the regression on the intent examples and keeps it.

        Raises:
            InvalidConfigException: the examples carry no sentence state.
        """
        examples = training_data.intent_examples
        self._model = IntentModel.train(
            [example.get(TEXT) for example in examples],
            np.stack([_state(example) for example in examples]),
            [example.get(INTENT) for example in examples],
            self._config["inverse_penalty"],
        )
        with self._model_storage.write_to(self._resource) as folder:
            model = self._model
            np.savez_compressed(
                folder / _FILE,
                intents=model.intents,
                ngrams=model.ngrams,
                idf=model.idf,
                weights=model.weights,
                bias=model.bias,
                examples=model.examples,
            )
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
            model = IntentModel(**{name: arrays[name] for name in arrays.files})
        return cls(config, model_storage, resource, model)

    @carries_on
    def process(self, messages: list[Message]) -> list[Message]:
        """Sets intent and ranking of messages that have none yet."""
        for message in messages:
            if message.get(INTENT) or self._model is None:
                continue
            ranking = [
                {"name": name, "confidence": confidence}
                for name, confidence in self._model.rank(message.get(TEXT), _state(message))
            ][: self._config["ranking_length"]]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages


def _state(message: Message) -> np.ndarray:
    _, sentence = message.get_dense_features(TEXT)
    if sentence is None:
        raise InvalidConfigException(_NO_STATE)
    return np.asarray(sentence.features[0], dtype=np.float32)

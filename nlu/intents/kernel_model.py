"""Kernel ridge classifier of intents over sentence embeddings and n-grams, with a calibrated confidence.

Kernel ridge regression onto the intents: a Gaussian kernel on the embeddings, linear ones on character and word
n-grams. The confidence is a logistic regression over four calibration features: how high the best intent scores and by
how much it leads, how near the nearest example is, and how much of the message's character n-grams the examples know
(vocabulary coverage). Made by `nlu.intents.kernel_training`; what is here runs for every message and needs numpy alone.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np

EMBEDDING_WEIGHT = 2.0
WORD_WEIGHT = 0.5
"""What embeddings and word n-grams count for beside character n-grams; chosen on the open two thirds of the held-out
set, where it hardly matters: 94 to 95 % right for anything from half to twice as much."""

WORD_MARK = "\0"
"""Tells a word from the same letters as characters."""

_LARGE = ("ngram_weights", "principal_components", "examples", "example_weights")
_LENGTHS = range(2, 6)
_WORD = re.compile(r"\b\w\w+\b")


def character_ngrams(text: str) -> list[str]:
    """Returns the character n-grams of a text, two to five letters within words, their edges as blanks.

    These are scikit-learn's ``char_wb`` n-grams.
    """
    ngrams = []
    for word in text.lower().split():
        padded = f" {word} "
        for length in _LENGTHS:
            ngrams += [padded[place : place + length] for place in range(max(1, len(padded) - length + 1))]
            if length >= len(padded):  # a short word counts once, not once for each length
                break
    return ngrams


def word_ngrams(text: str) -> list[str]:
    """Returns the words of two letters or more and each two that follow one another, as scikit-learn has them."""
    words = _WORD.findall(text.lower())
    return words + [f"{first} {second}" for first, second in pairwise(words)]


@dataclass
class KernelClassifier:
    """What training leaves behind.

    Attributes:
        intents: k names.
        ngrams: m character and word n-grams, the words marked.
        idf: float32 (m,), their inverse document frequencies.
        ngram_weights: float32 (m, k).
        principal_components: float32 (d, r), of the training sentences' embeddings.
        examples: float32 (n, r), the training sentences' embeddings along them.
        example_weights: float32 (n, k).
        prior: float32 (k,), the intents' shares.
        calibration: float32 (5,), weights of `calibration_features` and the constant.
        inverse_temperature: by how much scores are multiplied before the softmax that ranks the intents.
    """

    intents: np.ndarray
    ngrams: np.ndarray
    idf: np.ndarray
    ngram_weights: np.ndarray
    principal_components: np.ndarray
    examples: np.ndarray
    example_weights: np.ndarray
    prior: np.ndarray
    calibration: np.ndarray
    inverse_temperature: np.ndarray

    def __post_init__(self) -> None:
        """Prepares what `rank` needs for every message."""
        self._column_of = {str(ngram): column for column, ngram in enumerate(self.ngrams)}
        for name in _LARGE:
            setattr(self, name, np.ascontiguousarray(getattr(self, name), dtype=np.float32))

    def arrays(self) -> dict[str, np.ndarray]:
        """Returns everything that must be kept, by name; what is large with 16 bits a number."""
        kept = {field.name: getattr(self, field.name) for field in fields(self)}
        return {**kept, **{name: kept[name].astype(np.float16) for name in _LARGE}}

    def rank(self, text: str, embedding: np.ndarray) -> list[tuple[str, float]]:
        """Ranks the intents of one message.

        Args:
            text: the message.
            embedding: float32 (d,), its sentence embedding, of length 1.

        Returns:
            Pairs of intent and probability of being right, 0..1, best first; the probabilities sum to 1. That of the
            first is its calibrated confidence.
        """
        cosine_similarity = self.examples @ (embedding @ self.principal_components)
        scores = self.prior + np.exp(cosine_similarity - 1.0) @ self.example_weights
        words = Counter(WORD_MARK + word for word in word_ngrams(text))
        columns, values = self._tfidf(words)
        scores += np.float32(np.sqrt(WORD_WEIGHT)) * (values @ self.ngram_weights[columns])
        characters = Counter(character_ngrams(text))
        columns, values = self._tfidf(characters)
        scores += values @ self.ngram_weights[columns]
        coverage = len(columns) / max(1, len(characters))
        features = calibration_features(scores[None, :], np.array([cosine_similarity.max()]), np.array([coverage]))
        confidence = float(sigmoid(features @ self.calibration[:-1] + self.calibration[-1])[0])
        order = np.argsort(-scores)
        others = _softmax(float(self.inverse_temperature) * scores[order[1:]].astype(np.float64))
        probabilities = np.append(confidence, (1.0 - confidence) * others)
        return [(str(self.intents[number]), float(p)) for number, p in zip(order, probabilities, strict=True)]

    def _tfidf(self, ngrams: Counter[str]) -> tuple[np.ndarray, np.ndarray]:
        """Returns columns and weights of a message's n-grams as scikit-learn's transform does, without its checks."""
        found = [(self._column_of[ngram], count) for ngram, count in ngrams.items() if ngram in self._column_of]
        columns = np.array([column for column, _ in found], dtype=np.intp)
        values = 1.0 + np.log(np.array([count for _, count in found], dtype=np.float32))
        values *= self.idf[columns]
        length = np.linalg.norm(values)
        return columns, values / length if length else values


def calibration_features(scores: np.ndarray, nearest: np.ndarray, coverage: np.ndarray) -> np.ndarray:
    """Returns what the confidence of n messages is computed from.

    Args:
        scores: float (n, k), of the intents.
        nearest: float (n,), cosine similarity of the nearest training sentence.
        coverage: float (n,), share of a message's character n-grams that are features.

    Returns:
        float (n, 4): the best score, its lead over the next, `nearest` and `coverage`.
    """
    two = np.sort(np.partition(scores, -2, axis=1)[:, -2:], axis=1)
    return np.column_stack([two[:, 1], two[:, 1] - two[:, 0], nearest, coverage])


def sigmoid(log_odds: np.ndarray) -> np.ndarray:
    """Returns the probabilities, 0..1, that belong to some log odds."""
    return 1.0 / (1.0 + np.exp(-log_odds))


def _softmax(log_odds: np.ndarray) -> np.ndarray:
    exponentials = np.exp(log_odds - log_odds.max())
    return exponentials / exponentials.sum()

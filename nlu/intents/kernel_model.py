"""Tells topics apart by a kernel machine over sentence states and n-grams, and how sure it may be of that.

Kernel ridge regression onto the topics: a Gaussian kernel on the states, linear ones on character and word n-grams.
What the confidence is told from: how high the best topic scores and by how much it leads, how near the nearest example
is, and how much of the message's spelling (its character n-grams) the examples know. Made by
`nlu.intents.kernel_training`; what is here runs for every message and needs numpy alone.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np

STATES_COUNT = 2.0
WORDS_COUNT = 0.5
"""What states and word n-grams count for beside character n-grams; chosen on the open two thirds of the held-out set,
where it hardly matters: 94 to 95 % right for anything from half to twice as much."""

WORD_MARK = "\0"
"""Tells a word from the same letters as characters."""

_LARGE = ("ngram_weights", "directions", "examples", "example_weights")
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
class TopicModel:
    """What training leaves behind.

    Attributes:
        topics: k names.
        ngrams: m character and word n-grams, the words marked.
        idf: float32 (m,), their inverse document frequencies.
        ngram_weights: float32 (m, k).
        directions: float32 (d, r), the main directions of the states.
        examples: float32 (n, r), the training sentences' states along them.
        example_weights: float32 (n, k).
        prior: float32 (k,), the topics' shares.
        calibration: float32 (5,), weights of `evidence_of` and the constant.
        sharpness: by how much scores are multiplied before the softmax that ranks the topics.
        answer_from: the confidence below which it is better not to answer.
    """

    topics: np.ndarray
    ngrams: np.ndarray
    idf: np.ndarray
    ngram_weights: np.ndarray
    directions: np.ndarray
    examples: np.ndarray
    example_weights: np.ndarray
    prior: np.ndarray
    calibration: np.ndarray
    sharpness: np.ndarray
    answer_from: np.ndarray

    def __post_init__(self) -> None:
        """Prepares what `rank` needs for every message."""
        self._column_of = {str(ngram): column for column, ngram in enumerate(self.ngrams)}
        for name in _LARGE:
            setattr(self, name, np.ascontiguousarray(getattr(self, name), dtype=np.float32))

    def arrays(self) -> dict[str, np.ndarray]:
        """Returns everything that must be kept, by name; what is large with 16 bits a number."""
        kept = {field.name: getattr(self, field.name) for field in fields(self)}
        return {**kept, **{name: kept[name].astype(np.float16) for name in _LARGE}}

    def rank(self, text: str, state: np.ndarray) -> list[tuple[str, float]]:
        """Ranks the topics of one message.

        Args:
            text: the message.
            state: (d,) its sentence state, of length 1.

        Returns:
            Pairs of topic and chance of being right in 0..1, best first; the chances sum to 1.
        """
        likeness = self.examples @ (state @ self.directions)
        scores = self.prior + np.exp(likeness - 1.0) @ self.example_weights
        characters = Counter(character_ngrams(text))
        words = Counter(WORD_MARK + word for word in word_ngrams(text))
        known = 0.0
        for ngrams, share in ((words, WORDS_COUNT), (characters, 1.0)):
            columns, values = self._weighted(ngrams)
            scores += np.float32(np.sqrt(share)) * (values @ self.ngram_weights[columns])
            known = len(columns) / max(1, len(ngrams))
        evidence = evidence_of(scores[None, :], np.array([likeness.max()]), np.array([known]))
        sure = float(sigmoid(evidence @ self.calibration[:-1] + self.calibration[-1])[0])
        order = np.argsort(-scores)
        chances = np.append(sure, (1.0 - sure) * _softmax(float(self.sharpness) * scores[order[1:]].astype(np.float64)))
        return [(str(self.topics[number]), float(chance)) for number, chance in zip(order, chances, strict=True)]

    def _weighted(self, ngrams: Counter[str]) -> tuple[np.ndarray, np.ndarray]:
        """Returns columns and weights of a message's n-grams as scikit-learn's transform does, without its checks."""
        found = [
            (c, count)
            for c, count in zip(map(self._column_of.get, ngrams), ngrams.values(), strict=True)
            if c is not None
        ]
        columns = np.array([column for column, _ in found], dtype=np.intp)
        values = 1.0 + np.log(np.array([count for _, count in found], dtype=np.float32))
        values *= self.idf[columns]
        length = np.linalg.norm(values)
        return columns, values / length if length else values


def evidence_of(scores: np.ndarray, nearest: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Returns (n, 4): the best score, its lead over the next, the nearest example's likeness, the spelling's share."""
    two = np.sort(np.partition(scores, -2, axis=1)[:, -2:], axis=1)
    return np.column_stack([two[:, 1], two[:, 1] - two[:, 0], nearest, known])


def sigmoid(log_odds: np.ndarray) -> np.ndarray:
    """Returns the chances, 0..1, that belong to some log odds."""
    return 1.0 / (1.0 + np.exp(-log_odds))


def _softmax(log_odds: np.ndarray) -> np.ndarray:
    chances = np.exp(log_odds - log_odds.max())
    return chances / chances.sum()

"""Fits the topic model (`nlu.intents.kernel_model`).

Kernel ridge regression is as right here as a logistic regression over the same features and fifteen times as fast to
fit, and the errors that it would make on each training sentence without that sentence come with the solution
(leave-one-out, Allen's PRESS). From them its confidence is calibrated and the threshold chosen below which it had
better not answer, with no other data.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.linalg.lapack import spotri
from scipy.sparse import csr_matrix, hstack
from scipy.special import logsumexp
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import matthews_corrcoef

from nlu.intents.kernel_model import (
    STATES_COUNT,
    WORD_MARK,
    WORDS_COUNT,
    TopicModel,
    character_ngrams,
    evidence_of,
    sigmoid,
    word_ngrams,
)

_RIDGE = 0.5
_MOST_DIMENSIONS = 128
"""Of the states, their main directions: a third of the numbers carries 94 % of what they tell, and a message is held
against every example in a third of the time."""

_ROWS_AT_ONCE = 512
_GROUPS_LEFT_OUT = 5
_THRESHOLDS = np.round(np.arange(0.02, 0.9, 0.02), 2)
_MOST_LOST = 0.02
"""The share of right answers that may be refused where no example shows what is foreign: what is lost is known then,
what is won is not."""

_KNOWN_FROM = 2
"""Examples that a character n-gram must stand in to be a feature."""


def _vectoriser(ngrams: Callable[[str], list[str]], known_from: int) -> TfidfVectorizer:
    return TfidfVectorizer(analyzer=ngrams, sublinear_tf=True, min_df=known_from, dtype=np.float32)


def train(texts: Sequence[str], states: np.ndarray, topics: Sequence[str], out_of_scope: str | None) -> TopicModel:
    """Fits, calibrates and chooses the threshold.

    Args:
        texts: n training sentences.
        states: float (n, d), their states, each of length 1.
        topics: their n topics.
        out_of_scope: the topic of sentences that should not be answered. Where no sentence carries it, what the
            model makes of topics left out of training takes their place when its confidence is calibrated.
    """
    characters, words = _vectoriser(character_ngrams, _KNOWN_FROM), _vectoriser(word_ngrams, 1)
    spelling = _Spelling(characters, texts)
    features = hstack([spelling.features, np.sqrt(WORDS_COUNT) * words.fit_transform(texts)])
    features = csr_matrix(features, dtype=np.float32)
    names, numbers = np.unique(np.asarray(topics, dtype=str), return_inverse=True)
    wanted = np.eye(len(names), dtype=np.float32)[numbers]
    prior = wanted.mean(axis=0)
    directions = np.linalg.svd(np.asarray(states, dtype=np.float32), full_matrices=False)[2][:_MOST_DIMENSIONS].T
    states = np.asarray(states, dtype=np.float32) @ directions
    likeness = states @ states.T
    kernel = _kernel(features, likeness)
    weights, factor = _solve(kernel, wanted - prior)
    left_out = _errors_left_out(weights, factor)
    np.fill_diagonal(likeness, -1.0)
    cases = [_Cases(wanted - left_out, likeness.max(axis=1), spelling.known_without_itself(), numbers)]
    if out_of_scope not in names:
        cases.append(_unknown(kernel, likeness, wanted, numbers, spelling))
    calibration, sharpness, answer_from = _calibrate(cases, list(names), out_of_scope)
    return TopicModel(
        topics=names,
        ngrams=np.array([*_by_column(characters), *(WORD_MARK + word for word in _by_column(words))]),
        idf=np.concatenate([characters.idf_, words.idf_]).astype(np.float32),
        ngram_weights=np.asarray(features.T @ weights, dtype=np.float32),
        directions=directions,
        examples=states,
        example_weights=np.asarray(STATES_COUNT * weights, dtype=np.float32),
        prior=prior,
        calibration=calibration,
        sharpness=np.array(sharpness, dtype=np.float32),
        answer_from=np.array(answer_from, dtype=np.float32),
    )


@dataclass
class _Cases:
    """Scores of sentences that the model was not fitted on.

    Attributes:
        scores: float (n, k).
        nearest: float (n,), likeness of the nearest training sentence.
        known: float (n,), share of the character n-grams that are features.
        wanted: int (n,), the number of the topic; -1 where it is none that the model knows.
    """

    scores: np.ndarray
    nearest: np.ndarray
    known: np.ndarray
    wanted: np.ndarray


class _Spelling:
    """The training sentences' character n-grams, and how much of a sentence is known without itself or its like."""

    def __init__(self, vectoriser: TfidfVectorizer, texts: Sequence[str]) -> None:
        """Fits `vectoriser` on n texts; `features` holds their (n, m) weights."""
        self.features = csr_matrix(vectoriser.fit_transform(texts))
        analyse = vectoriser.build_analyzer()
        self._lengths = np.array([max(1, len(set(analyse(text)))) for text in texts])
        self._occurs = (self.features > 0).astype(np.float32)
        self._examples = np.asarray(self._occurs.sum(axis=0))[0]

    def known_without_itself(self) -> np.ndarray:
        """Returns (n,), the share of each sentence's n-grams that would be features without that sentence."""
        return (self._occurs @ (self._examples > _KNOWN_FROM).astype(np.float32)) / self._lengths

    def known_without(self, out: np.ndarray) -> np.ndarray:
        """Returns the same for the sentences marked in `out`, bool (n,), without any of them."""
        left = self._examples - np.asarray(self._occurs[out].sum(axis=0))[0]
        return (self._occurs[out] @ (left >= _KNOWN_FROM).astype(np.float32)) / self._lengths[out]


def _kernel(features: csr_matrix, likeness: np.ndarray) -> np.ndarray:
    kernel = STATES_COUNT * np.exp(likeness - 1.0)
    for first in range(0, kernel.shape[0], _ROWS_AT_ONCE):
        rows = slice(first, first + _ROWS_AT_ONCE)
        kernel[rows] += (features[rows] @ features.T).toarray()
    return kernel


def _solve(kernel: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the weights, and the lower Cholesky factor of the ridged kernel."""
    ridged = kernel.copy()
    ridged[np.diag_indices_from(ridged)] += _RIDGE
    factor, _ = cho_factor(ridged, lower=True, overwrite_a=True)
    return cho_solve((factor, True), wanted), factor


def _errors_left_out(weights: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """Returns how far the model would be off on each sentence if that one had been left out of training."""
    inverse, failed = spotri(factor, lower=1)
    if failed:
        raise np.linalg.LinAlgError(f"The kernel of {len(factor)} sentences cannot be inverted.")
    return weights / np.diag(inverse)[:, None]


def _unknown(
    kernel: np.ndarray, likeness: np.ndarray, wanted: np.ndarray, numbers: np.ndarray, spelling: _Spelling
) -> _Cases:
    """Scores the sentences of topics that are left out of training, group by group."""
    scores = np.zeros_like(wanted)
    nearest, known = np.zeros(len(wanted), dtype=np.float32), np.zeros(len(wanted), dtype=np.float32)
    for group in range(min(_GROUPS_LEFT_OUT, wanted.shape[1])):
        out = numbers % _GROUPS_LEFT_OUT == group
        kept = wanted[~out]
        weights, _ = _solve(kernel[np.ix_(~out, ~out)], kept - kept.mean(axis=0))
        scores[out] = kept.mean(axis=0) + kernel[np.ix_(out, ~out)] @ weights
        nearest[out] = likeness[np.ix_(out, ~out)].max(axis=1)
        known[out] = spelling.known_without(out)
    return _Cases(scores, nearest, known, np.full(len(wanted), -1))


def _calibrate(cases: Sequence[_Cases], topics: list[str], out_of_scope: str | None) -> tuple[np.ndarray, float, float]:
    scores = np.concatenate([case.scores for case in cases])
    evidence = np.concatenate([evidence_of(case.scores, case.nearest, case.known) for case in cases])
    wanted = np.concatenate([case.wanted for case in cases])
    said = scores.argmax(axis=1)
    # one case of no evidence and one of all there can be: without them a data set without any mistake has no fit
    regression = LogisticRegression(C=10.0).fit(
        np.vstack([evidence, np.zeros(evidence.shape[1]), np.ones(evidence.shape[1])]),
        np.append(said == wanted, [False, True]),
    )
    calibration = np.append(regression.coef_[0], regression.intercept_).astype(np.float32)
    sure = sigmoid(evidence @ calibration[:-1] + calibration[-1])
    known = cases[0]
    right = known.scores[np.arange(len(known.wanted)), known.wanted]
    sharpness = min(
        (2.0**power for power in range(10)),
        key=lambda s: float(np.mean(logsumexp(s * (known.scores - right[:, None]), axis=1))),
    )
    if out_of_scope in topics:
        foreign = topics.index(out_of_scope)
        answer_from = max(
            _THRESHOLDS,
            key=lambda t: matthews_corrcoef(wanted, np.where((sure < t) & (said != foreign), foreign, said)),
        )
    else:
        answer_from = np.quantile(sure[said == wanted], _MOST_LOST)
    return calibration, sharpness, float(answer_from)


def _by_column(vectoriser: TfidfVectorizer) -> list[str]:
    return sorted(vectoriser.vocabulary_, key=vectoriser.vocabulary_.__getitem__)

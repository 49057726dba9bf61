"""Fits the kernel classifier (`nlu.intents.kernel_model`).

Kernel ridge regression is as right here as a logistic regression over the same features and fifteen times as fast to
fit, and the errors that it would make on each training sentence without that sentence come with the solution
(leave-one-out, Allen's PRESS). From them its confidence is calibrated, with no other data.
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
    EMBEDDING_WEIGHT,
    WORD_MARK,
    WORD_WEIGHT,
    KernelClassifier,
    calibration_features,
    character_ngrams,
    sigmoid,
    word_ngrams,
)

_RIDGE = 0.5
_MOST_COMPONENTS = 128
"""Principal components kept of the embeddings: a third of the numbers carries 94 % of what they tell, and a message is
held against every example in a third of the time."""

_ROWS_AT_ONCE = 512
_GROUPS_LEFT_OUT = 5
_THRESHOLDS = np.round(np.arange(0.02, 0.9, 0.02), 2)
_MOST_LOST = 0.02
"""The share of right answers that may be refused where no example shows what is out of scope: what is lost is known
then, what is won is not."""

_MIN_DOCUMENTS = 2
"""Examples that a character n-gram must stand in to be a feature."""

_NO_LABEL = -1


def train(texts: Sequence[str], embeddings: np.ndarray, labels: Sequence[str], out_of_scope: str) -> KernelClassifier:
    """Fits and calibrates the classifier.

    Args:
        texts: n training sentences.
        embeddings: float (n, d), of the sentences, each of length 1.
        labels: their n intents.
        out_of_scope: the intent of sentences that should not be answered. Where no sentence carries it, what the
            classifier makes of intents left out of training takes their place when its confidence is calibrated.
    """
    return _fit(texts, embeddings, labels, out_of_scope)[0]


def train_with_threshold(
    texts: Sequence[str], embeddings: np.ndarray, labels: Sequence[str], out_of_scope: str
) -> tuple[KernelClassifier, float]:
    """Fits the classifier, and chooses the confidence below which it had better not answer.

    For data sets other than ours: the assistant's threshold is `confidence_threshold` in ``config.yml``.

    Args:
        texts: see `train`.
        embeddings: see `train`.
        labels: see `train`.
        out_of_scope: see `train`.

    Returns:
        The classifier and the confidence threshold, 0..1.
    """
    model, cases = _fit(texts, embeddings, labels, out_of_scope)
    return model, _confidence_threshold(model, cases, out_of_scope)


@dataclass
class _Cases:
    """n sentences as a classifier scores them that was not fitted on them.

    Attributes:
        scores: float (n, k).
        nearest: float (n,), cosine similarity of the nearest training sentence.
        coverage: float (n,), share of the character n-grams that are features.
        targets: int (n,), the number of the intent; `_NO_LABEL` where it is none that the classifier knows.
    """

    scores: np.ndarray
    nearest: np.ndarray
    coverage: np.ndarray
    targets: np.ndarray

    def features(self) -> np.ndarray:
        """Returns the calibration features, float (n, 4)."""
        return calibration_features(self.scores, self.nearest, self.coverage)


def _fit(
    texts: Sequence[str], embeddings: np.ndarray, labels: Sequence[str], out_of_scope: str
) -> tuple[KernelClassifier, list[_Cases]]:
    """Returns the classifier, and the training sentences as it would score them without having seen them."""
    characters, words = _vectoriser(character_ngrams, _MIN_DOCUMENTS), _vectoriser(word_ngrams, 1)
    vocabulary = _Vocabulary(characters, texts)
    ngrams = hstack([vocabulary.features, np.sqrt(WORD_WEIGHT) * words.fit_transform(texts)])
    ngrams = csr_matrix(ngrams, dtype=np.float32)
    names, targets = np.unique(np.asarray(labels, dtype=str), return_inverse=True)
    one_hot = np.eye(len(names), dtype=np.float32)[targets]
    prior = one_hot.mean(axis=0)
    embeddings = np.asarray(embeddings, dtype=np.float32)
    components = np.linalg.svd(embeddings, full_matrices=False)[2][:_MOST_COMPONENTS].T
    examples = embeddings @ components
    similarity = examples @ examples.T
    kernel = _kernel(ngrams, similarity)
    weights, factor = _solve(kernel, one_hot - prior)
    errors = _leave_one_out_errors(weights, factor)
    np.fill_diagonal(similarity, -1.0)
    cases = [_Cases(one_hot - errors, similarity.max(axis=1), vocabulary.coverage_without_itself(), targets)]
    if out_of_scope not in names:
        cases.append(_unknown_intents(kernel, similarity, one_hot, targets, vocabulary))
    model = KernelClassifier(
        intents=names,
        ngrams=np.array([*_by_column(characters), *(WORD_MARK + word for word in _by_column(words))]),
        idf=np.concatenate([characters.idf_, words.idf_]).astype(np.float32),
        ngram_weights=np.asarray(ngrams.T @ weights, dtype=np.float32),
        principal_components=components,
        examples=examples,
        example_weights=np.asarray(EMBEDDING_WEIGHT * weights, dtype=np.float32),
        prior=prior,
        calibration=_calibrate(cases),
        inverse_temperature=np.array(_inverse_temperature(cases[0]), dtype=np.float32),
    )
    return model, cases


def _vectoriser(ngrams: Callable[[str], list[str]], min_documents: int) -> TfidfVectorizer:
    return TfidfVectorizer(analyzer=ngrams, sublinear_tf=True, min_df=min_documents, dtype=np.float32)


class _Vocabulary:
    """The training sentences' character n-grams, and how much of a sentence they cover without itself or its like."""

    def __init__(self, vectoriser: TfidfVectorizer, texts: Sequence[str]) -> None:
        """Fits `vectoriser` on n texts; `features` holds their (n, m) weights."""
        self.features = csr_matrix(vectoriser.fit_transform(texts))
        analyse = vectoriser.build_analyzer()
        self._lengths = np.array([max(1, len(set(analyse(text)))) for text in texts])
        self._occurs = (self.features > 0).astype(np.float32)
        self._documents = np.asarray(self._occurs.sum(axis=0))[0]

    def coverage_without_itself(self) -> np.ndarray:
        """Returns (n,), the share of each sentence's n-grams that would be features without that sentence."""
        return (self._occurs @ (self._documents > _MIN_DOCUMENTS).astype(np.float32)) / self._lengths

    def coverage_without(self, out: np.ndarray) -> np.ndarray:
        """Returns the same for the sentences marked in `out`, bool (n,), without any of them."""
        left = self._documents - np.asarray(self._occurs[out].sum(axis=0))[0]
        return (self._occurs[out] @ (left >= _MIN_DOCUMENTS).astype(np.float32)) / self._lengths[out]


def _kernel(ngrams: csr_matrix, similarity: np.ndarray) -> np.ndarray:
    kernel = EMBEDDING_WEIGHT * np.exp(similarity - 1.0)
    for first in range(0, kernel.shape[0], _ROWS_AT_ONCE):
        rows = slice(first, first + _ROWS_AT_ONCE)
        kernel[rows] += (ngrams[rows] @ ngrams.T).toarray()
    return kernel


def _solve(kernel: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the weights for targets (n, k), and the lower Cholesky factor of the ridged kernel."""
    ridged = kernel.copy()
    ridged[np.diag_indices_from(ridged)] += _RIDGE
    factor, _ = cho_factor(ridged, lower=True, overwrite_a=True)
    return cho_solve((factor, True), targets), factor


def _leave_one_out_errors(weights: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """Returns (n, k), how far the classifier would be off on each sentence without that one in training."""
    inverse, failed = spotri(factor, lower=1)
    if failed:
        raise np.linalg.LinAlgError(f"The kernel of {len(factor)} sentences cannot be inverted.")
    return weights / np.diag(inverse)[:, None]


def _unknown_intents(
    kernel: np.ndarray, similarity: np.ndarray, one_hot: np.ndarray, targets: np.ndarray, vocabulary: _Vocabulary
) -> _Cases:
    """Scores the sentences of intents that are left out of training, group by group."""
    scores = np.zeros_like(one_hot)
    nearest, coverage = np.zeros(len(one_hot), dtype=np.float32), np.zeros(len(one_hot), dtype=np.float32)
    for group in range(min(_GROUPS_LEFT_OUT, one_hot.shape[1])):
        out = targets % _GROUPS_LEFT_OUT == group
        kept = one_hot[~out]
        weights, _ = _solve(kernel[np.ix_(~out, ~out)], kept - kept.mean(axis=0))
        scores[out] = kept.mean(axis=0) + kernel[np.ix_(out, ~out)] @ weights
        nearest[out] = similarity[np.ix_(out, ~out)].max(axis=1)
        coverage[out] = vocabulary.coverage_without(out)
    return _Cases(scores, nearest, coverage, np.full(len(one_hot), _NO_LABEL))


def _calibrate(cases: Sequence[_Cases]) -> np.ndarray:
    """Returns the weights of the calibration features and the constant, float32 (5,)."""
    features = np.concatenate([case.features() for case in cases])
    is_right = np.concatenate([case.scores.argmax(axis=1) == case.targets for case in cases])
    # one case of nothing and one of all there can be: without them a data set without any mistake has no fit
    regression = LogisticRegression(C=10.0).fit(
        np.vstack([features, np.zeros(features.shape[1]), np.ones(features.shape[1])]),
        np.append(is_right, [False, True]),
    )
    return np.append(regression.coef_[0], regression.intercept_).astype(np.float32)


def _inverse_temperature(cases: _Cases) -> float:
    """Returns the power of two under which the softmax of the scores makes the targets likeliest."""
    right = cases.scores[np.arange(len(cases.targets)), cases.targets]
    return min(
        (2.0**power for power in range(10)),
        key=lambda s: float(np.mean(logsumexp(s * (cases.scores - right[:, None]), axis=1))),
    )


def _confidence_threshold(model: KernelClassifier, cases: Sequence[_Cases], out_of_scope: str) -> float:
    """Returns the confidence from which answering pays, on sentences that the classifier has not seen."""
    features = np.concatenate([case.features() for case in cases])
    confidence = sigmoid(features @ model.calibration[:-1] + model.calibration[-1])
    targets = np.concatenate([case.targets for case in cases])
    predicted = np.concatenate([case.scores for case in cases]).argmax(axis=1)
    intents = list(model.intents)
    if out_of_scope not in intents:
        return float(np.quantile(confidence[predicted == targets], _MOST_LOST))
    refused = intents.index(out_of_scope)
    return float(
        max(
            _THRESHOLDS,
            key=lambda t: matthews_corrcoef(targets, np.where(confidence < t, refused, predicted)),
        )
    )


def _by_column(vectoriser: TfidfVectorizer) -> list[str]:
    return sorted(vectoriser.vocabulary_, key=vectoriser.vocabulary_.__getitem__)

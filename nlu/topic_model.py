"""Tells topics apart by a kernel machine over sentence states and n-grams, and how sure it may be of that.

Kernel ridge regression onto the topics (Gaussian kernel on the states, linear ones on character and word n-grams): as
right as a logistic regression over the same features and fifteen times as fast to fit, and the errors that it would
make on each training sentence without that sentence come with the solution (leave-one-out, Allen's PRESS). From them
its confidence is calibrated and the threshold chosen below which it had better not answer, with no other data. What the
confidence is told from: how high the best topic scores and by how much it leads, how near the nearest example is, and
how much of the message's spelling (its character n-grams) the examples know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.linalg.lapack import spotri
from scipy.sparse import csr_matrix, hstack
from scipy.special import logsumexp
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import matthews_corrcoef

_STATES_COUNT = 2.0
_WORDS_COUNT = 0.5
"""What states and word n-grams count for beside character n-grams; chosen on the open two thirds of the held-out set,
where it hardly matters: 94 to 95 % right for anything from half to twice as much."""

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

_LARGE = ("ngram_weights", "directions", "examples", "example_weights")
_WORD_MARK = "\0"
"""Tells a word from the same letters as characters."""


def _vectoriser(of: str) -> TfidfVectorizer:
    return TfidfVectorizer(
        analyzer=of,
        ngram_range=(2, 5) if of == "char_wb" else (1, 2),
        sublinear_tf=True,
        min_df=_KNOWN_FROM if of == "char_wb" else 1,
        dtype=np.float32,
    )


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
        calibration: float32 (5,), weights of `_evidence` and the constant.
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
        self._characters_of: Callable[[str], list[str]] = _vectoriser("char_wb").build_analyzer()
        self._words_of: Callable[[str], list[str]] = _vectoriser("word").build_analyzer()
        self._column_of = {str(ngram): column for column, ngram in enumerate(self.ngrams)}
        for name in _LARGE:
            setattr(self, name, np.ascontiguousarray(getattr(self, name), dtype=np.float32))

    def arrays(self) -> dict[str, np.ndarray]:
        """Returns everything that must be kept, by name; what is large with 16 bits a number."""
        kept = {field.name: getattr(self, field.name) for field in fields(self)}
        return {**kept, **{name: kept[name].astype(np.float16) for name in _LARGE}}

    @classmethod
    def train(
        cls, texts: Sequence[str], states: np.ndarray, topics: Sequence[str], out_of_scope: str | None
    ) -> TopicModel:
        """Fits, calibrates and chooses the threshold.

        Args:
            texts: n training sentences.
            states: float (n, d), their states, each of length 1.
            topics: their n topics.
            out_of_scope: the topic of sentences that should not be answered. Where no sentence carries it, what the
                model makes of topics left out of training takes their place when its confidence is calibrated.
        """
        characters, words = _vectoriser("char_wb"), _vectoriser("word")
        spelling = _Spelling(characters, texts)
        features = hstack([spelling.features, np.sqrt(_WORDS_COUNT) * words.fit_transform(texts)])
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
        return cls(
            topics=names,
            ngrams=np.array([*_by_column(characters), *(_WORD_MARK + word for word in _by_column(words))]),
            idf=np.concatenate([characters.idf_, words.idf_]).astype(np.float32),
            ngram_weights=np.asarray(features.T @ weights, dtype=np.float32),
            directions=directions,
            examples=states,
            example_weights=np.asarray(_STATES_COUNT * weights, dtype=np.float32),
            prior=prior,
            calibration=calibration,
            sharpness=np.array(sharpness, dtype=np.float32),
            answer_from=np.array(answer_from, dtype=np.float32),
        )

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
        characters = Counter(self._characters_of(text))
        words = Counter(_WORD_MARK + word for word in self._words_of(text))
        known = 0.0
        for ngrams, share in ((words, _WORDS_COUNT), (characters, 1.0)):
            columns, values = self._weighted(ngrams)
            scores += np.float32(np.sqrt(share)) * (values @ self.ngram_weights[columns])
            known = len(columns) / max(1, len(ngrams))
        evidence = _evidence(scores[None, :], np.array([likeness.max()]), np.array([known]))
        sure = float(_sigmoid(evidence @ self.calibration[:-1] + self.calibration[-1])[0])
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
    kernel = _STATES_COUNT * np.exp(likeness - 1.0)
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


def _evidence(scores: np.ndarray, nearest: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Returns (n, 4): the best score, its lead over the next, the nearest example's likeness, the spelling's share."""
    two = np.sort(np.partition(scores, -2, axis=1)[:, -2:], axis=1)
    return np.column_stack([two[:, 1], two[:, 1] - two[:, 0], nearest, known])


def _calibrate(cases: Sequence[_Cases], topics: list[str], out_of_scope: str | None) -> tuple[np.ndarray, float, float]:
    scores = np.concatenate([case.scores for case in cases])
    evidence = np.concatenate([_evidence(case.scores, case.nearest, case.known) for case in cases])
    wanted = np.concatenate([case.wanted for case in cases])
    said = scores.argmax(axis=1)
    # one case of no evidence and one of all there can be: without them a data set without any mistake has no fit
    regression = LogisticRegression(C=10.0).fit(
        np.vstack([evidence, np.zeros(evidence.shape[1]), np.ones(evidence.shape[1])]),
        np.append(said == wanted, [False, True]),
    )
    calibration = np.append(regression.coef_[0], regression.intercept_).astype(np.float32)
    sure = _sigmoid(evidence @ calibration[:-1] + calibration[-1])
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


def _sigmoid(log_odds: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-log_odds))


def _softmax(log_odds: np.ndarray) -> np.ndarray:
    chances = np.exp(log_odds - log_odds.max())
    return chances / chances.sum()

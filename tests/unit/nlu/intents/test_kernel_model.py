"""The kernel classifier: how it ranks intents, and how confident it is."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from nlu.intents import kernel_training
from nlu.intents.kernel_model import KernelClassifier, calibration_features, character_ngrams, sigmoid, word_ngrams
from tests.unit.nlu.intents.sentences import LABELS, TEXTS, embeddings


@pytest.fixture(scope="module")
def model():
    return kernel_training.train(TEXTS, embeddings(TEXTS), LABELS, "foreign")


def test_it_ranks_the_right_intent_first_and_the_probabilities_sum_to_one(model):
    for text, embedding in zip(TEXTS, embeddings(TEXTS, seed=1), strict=True):
        ranking = model.rank(text, embedding.astype(np.float32))
        assert ranking[0][0] == LABELS[TEXTS.index(text)]
        assert sum(probability for _, probability in ranking) == pytest.approx(1.0, abs=1e-3)


def test_it_is_less_confident_between_intents(model):
    one, other = embeddings(TEXTS)[0], embeddings(TEXTS)[6]
    between = (one + other) / np.linalg.norm(one + other)
    assert model.rank("", between.astype(np.float32))[0][1] < model.rank(TEXTS[0], one.astype(np.float32))[0][1]


def test_coverage_is_the_share_of_character_ngrams_that_the_examples_have(model):
    by_coverage_alone = replace(model, calibration=np.array([0, 0, 0, 1, 0], dtype=np.float32))
    ngrams = set(character_ngrams("ice zq"))
    coverage = len(ngrams & set(model.ngrams)) / len(ngrams)
    assert 0.2 < coverage < 0.8
    embedding = embeddings(TEXTS)[0].astype(np.float32)
    assert by_coverage_alone.rank("ice zq", embedding)[0][1] == pytest.approx(sigmoid(np.array(coverage)))


def test_it_ranks_alike_after_being_kept_with_half_the_digits(model):
    kept = KernelClassifier(**model.arrays())
    embedding = embeddings(TEXTS)[3].astype(np.float32)
    before, after = model.rank(TEXTS[3], embedding), kept.rank(TEXTS[3], embedding)
    assert [intent for intent, _ in before[:2]] == [intent for intent, _ in after[:2]]
    assert before[0][1] == pytest.approx(after[0][1], abs=0.01)


def test_the_calibration_features_are_score_lead_similarity_and_coverage():
    features = calibration_features(np.array([[0.1, 0.9, 0.4]]), np.array([0.8]), np.array([0.25]))
    assert features[0] == pytest.approx([0.9, 0.5, 0.8, 0.25])


def test_even_odds_are_a_probability_of_one_half():
    assert sigmoid(np.array([0.0, np.log(3)])) == pytest.approx([0.5, 0.75])


@pytest.mark.parametrize(
    "text", ["", "a", "Put ICE on it!", "knee's  swollen,\n38.5 °C", "é über naïve", "x " * 40, "a_b c"]
)
def test_ngrams_are_those_of_scikit_learn(text):
    for ngrams, analyzer, lengths in ((character_ngrams, "char_wb", (2, 5)), (word_ngrams, "word", (1, 2))):
        theirs = TfidfVectorizer(analyzer=analyzer, ngram_range=lengths).build_analyzer()
        assert sorted(ngrams(text)) == sorted(theirs(text))

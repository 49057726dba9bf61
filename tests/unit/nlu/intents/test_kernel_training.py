"""How the kernel classifier is fitted and calibrated."""

import numpy as np
import pytest

from nlu.intents import kernel_training
from nlu.intents.kernel_model import character_ngrams
from tests.unit.nlu.intents.sentences import LABELS, TEXTS, embeddings


def test_the_leave_one_out_errors_are_those_of_really_leaving_one_out():
    """The closed form, held against training without a sentence."""
    ngrams = kernel_training._vectoriser(character_ngrams, 2).fit_transform(TEXTS)
    rows = embeddings(TEXTS).astype(np.float32)
    kernel = kernel_training._kernel(ngrams.tocsr(), rows @ rows.T)
    targets = np.eye(4, dtype=np.float32)[np.unique(LABELS, return_inverse=True)[1]] - 0.25
    errors = kernel_training._leave_one_out_errors(*kernel_training._solve(kernel, targets))
    kept = np.arange(len(TEXTS)) != 5
    weights, _ = kernel_training._solve(kernel[np.ix_(kept, kept)], targets[kept])
    assert kernel[5, kept] @ weights == pytest.approx(targets[5] - errors[5], abs=1e-3)


def test_coverage_counts_the_ngrams_that_other_sentences_know():
    vocabulary = kernel_training._Vocabulary(
        kernel_training._vectoriser(str.split, 1), ["knee calf", "knee calf", "knee foot"]
    )
    # only "knee" stands in two sentences without any one of them
    assert vocabulary.coverage_without_itself() == pytest.approx([0.5, 0.5, 0.5])
    assert vocabulary.coverage_without(np.array([True, True, False])) == pytest.approx([0.0, 0.0])


def test_training_twice_gives_the_same():
    first, second = (kernel_training.train(TEXTS, embeddings(TEXTS), LABELS, "foreign") for _ in range(2))
    embedding = embeddings(TEXTS)[2].astype(np.float32)
    assert first.rank(TEXTS[2], embedding) == second.rank(TEXTS[2], embedding)


def test_the_threshold_refuses_what_is_out_of_scope():
    model, threshold = kernel_training.train_with_threshold(TEXTS, embeddings(TEXTS), LABELS, "foreign")
    assert 0 < threshold < 1
    known = embeddings(TEXTS)[0].astype(np.float32)
    assert model.rank(TEXTS[0], known)[0][1] >= threshold


def test_without_examples_out_of_scope_intents_left_out_stand_for_them():
    ours = [number for number, label in enumerate(LABELS) if label != "foreign"]
    model, threshold = kernel_training.train_with_threshold(
        [TEXTS[n] for n in ours], embeddings(TEXTS)[ours], [LABELS[n] for n in ours], out_of_scope="foreign"
    )
    assert 0 < threshold < 1
    assert "foreign" not in model.intents
    foreign = embeddings(TEXTS)[-1].astype(np.float32)
    known = embeddings(TEXTS)[0].astype(np.float32)
    assert model.rank("play music", foreign)[0][1] < model.rank(TEXTS[0], known)[0][1]


def test_sentences_that_cannot_be_told_apart_are_refused_with_a_sentence():
    with pytest.raises(np.linalg.LinAlgError, match="cannot be inverted"):
        kernel_training._leave_one_out_errors(np.zeros((2, 1)), np.zeros((2, 2)))

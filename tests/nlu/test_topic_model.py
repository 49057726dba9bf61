"""The kernel machine that tells topics apart, and how sure it is."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from nlu.intents import kernel_training
from nlu.intents.kernel_model import TopicModel, character_ngrams, word_ngrams

TOPICS = {
    "ice": ["put ice on it", "is ice good", "a cold pack", "frozen peas on the knee", "ice or heat", "cold water"],
    "walk": [
        "can i walk",
        "may i go running",
        "walking the dog",
        "a run in the park",
        "jogging with it",
        "go for walks",
    ],
    "pills": ["which tablet", "pain killers", "take a pill", "are tablets safe", "medicine for it", "pills at night"],
    "foreign": ["the weather today", "tell a joke", "football score", "order a pizza", "who is the king", "play music"],
}
TEXTS = [text for texts in TOPICS.values() for text in texts]
LABELS = [topic for topic, texts in TOPICS.items() for _ in texts]


def states(texts, seed=0):
    """Sentence states that carry the topic and some noise."""
    noise = np.random.default_rng(seed)
    centres = {topic: np.eye(16)[number] for number, topic in enumerate(TOPICS)}
    rows = np.array([centres[LABELS[TEXTS.index(text)]] for text in texts]) + noise.normal(0, 0.15, (len(texts), 16))
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def model():
    return kernel_training.train(TEXTS, states(TEXTS), LABELS, "foreign")


def test_it_ranks_the_right_topic_first_and_the_chances_sum_to_one(model):
    for text, state in zip(TEXTS, states(TEXTS, seed=1), strict=True):
        ranking = model.rank(text, state.astype(np.float32))
        assert ranking[0][0] == LABELS[TEXTS.index(text)]
        assert sum(chance for _, chance in ranking) == pytest.approx(1.0, abs=1e-3)


def test_it_is_less_sure_of_what_lies_between_topics(model):
    one, other = states(TEXTS)[0], states(TEXTS)[6]
    between = (one + other) / np.linalg.norm(one + other)
    assert model.rank("", between.astype(np.float32))[0][1] < model.rank(TEXTS[0], one.astype(np.float32))[0][1]


def test_it_answers_alike_after_being_kept_with_half_the_digits(model):
    kept = TopicModel(**model.arrays())
    state = states(TEXTS)[3].astype(np.float32)
    before, after = model.rank(TEXTS[3], state), kept.rank(TEXTS[3], state)
    assert [topic for topic, _ in before[:2]] == [topic for topic, _ in after[:2]]
    assert before[0][1] == pytest.approx(after[0][1], abs=0.01)


def test_what_it_would_miss_of_a_sentence_left_out_is_what_it_misses_without_it():
    """The closed form of leaving one out, held against really leaving it out."""
    texts = kernel_training._vectoriser(character_ngrams, 2).fit_transform(TEXTS)
    rows = states(TEXTS).astype(np.float32)
    kernel = kernel_training._kernel(texts.tocsr(), rows @ rows.T)
    wanted = np.eye(4, dtype=np.float32)[np.unique(LABELS, return_inverse=True)[1]] - 0.25
    off = kernel_training._errors_left_out(*kernel_training._solve(kernel, wanted))
    kept = np.arange(len(TEXTS)) != 5
    weights, _ = kernel_training._solve(kernel[np.ix_(kept, kept)], wanted[kept])
    assert kernel[5, kept] @ weights == pytest.approx(wanted[5] - off[5], abs=1e-3)


def test_without_foreign_examples_topics_left_out_stand_for_them():
    ours = [number for number, label in enumerate(LABELS) if label != "foreign"]
    model = kernel_training.train(
        [TEXTS[n] for n in ours], states(TEXTS)[ours], [LABELS[n] for n in ours], out_of_scope="foreign"
    )
    assert 0 < float(model.answer_from) < 1
    foreign = states(TEXTS)[-1].astype(np.float32)
    assert model.rank("play music", foreign)[0][1] < model.rank(TEXTS[0], states(TEXTS)[0].astype(np.float32))[0][1]


@pytest.mark.parametrize(
    "text", ["", "a", "Put ICE on it!", "knee's  swollen,\n38.5 °C", "é über naïve", "x " * 40, "a_b c"]
)
def test_ngrams_are_those_of_scikit_learn(text):
    for ngrams, analyzer, lengths in ((character_ngrams, "char_wb", (2, 5)), (word_ngrams, "word", (1, 2))):
        theirs = TfidfVectorizer(analyzer=analyzer, ngram_range=lengths).build_analyzer()
        assert sorted(ngrams(text)) == sorted(theirs(text))

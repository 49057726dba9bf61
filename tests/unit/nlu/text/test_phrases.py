"""Fixed phrases among words, held against spaCy's PhraseMatcher."""

import random

from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from nlu.text.phrases import PhraseIndex


def test_phrases_are_found_where_they_stand():
    index = PhraseIndex([("pain", ["chest", "pain"]), ("part", ["chest"]), ("long", ["pain", "in", "the", "chest"])])
    found = list(index.find(["pain", "in", "the", "chest", "pain"]))
    assert found == [("long", 0, 4), ("part", 3, 4), ("pain", 3, 5)]


def test_no_words_no_phrases():
    assert list(PhraseIndex([("nothing", [])]).find([])) == []
    assert list(PhraseIndex([("nothing", [])]).find(["a"])) == []


def test_one_phrase_may_stand_for_several_names_each_once():
    index = PhraseIndex([("a", ["x"]), ("b", ["x"]), ("a", ["x"])])
    assert list(index.find(["x"])) == [("a", 0, 1), ("b", 0, 1)]


def test_it_finds_what_spacys_phrase_matcher_finds():
    draw = random.Random(7)
    letters = "abcd"
    phrases = {tuple(draw.choices(letters, k=draw.randint(1, 4))) for _ in range(30)}
    vocab = Vocab()
    matcher = PhraseMatcher(vocab)
    for phrase in phrases:
        matcher.add(" ".join(phrase), [Doc(vocab, words=list(phrase))])
    index = PhraseIndex((" ".join(phrase), phrase) for phrase in phrases)
    for _ in range(200):
        words = draw.choices(letters, k=draw.randint(1, 25))
        theirs = {(vocab.strings[label], start, end) for label, start, end in matcher(Doc(vocab, words=words))}
        assert set(index.find(words)) == theirs

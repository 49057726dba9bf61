"""Fixed phrases among words, held against spaCy's PhraseMatcher."""

import random

import pytest
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from nlu.text.phrases import PhraseIndex
from nlu.text.spelling import SpellingIndex


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


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("swolen", "swollen"),
        ("swollne", "swollen"),
        ("calff", "calf"),
        ("brething", "breathing"),
        ("lokd", "locked"),
        ("dvt", "dvt"),
        ("knee", "knee"),
        ("xylophone", "xylophone"),
        ("kalf", "calf"),
    ],
)
def test_slips_are_mended_towards_the_lexicon(typed, meant):
    index = SpellingIndex(["swollen", "calf", "breathing", "locked", "dvt"])
    assert index.mend(typed) == meant


def test_of_equally_near_words_the_one_with_a_letter_more_is_meant():
    """A letter that was left out is likelier than one that was typed wrongly."""
    index = SpellingIndex(["stitch", "switch", "twitch"])
    assert index.mend("twich") == "twitch"
    assert SpellingIndex(["cramps", "crampy"]).mend("cramp") == "cramp"  # a common word stays
    assert SpellingIndex(["numbing", "numbed"]).mend("numbig") == "numbing"

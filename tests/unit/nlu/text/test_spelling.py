"""Spelling corrected towards the words of a lexicon."""

import pytest

from nlu.text.spelling import SpellingIndex


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
def test_words_are_corrected_towards_the_lexicon(typed, meant):
    index = SpellingIndex(["swollen", "calf", "breathing", "locked", "dvt"])
    assert index.correct(typed) == meant


def test_the_first_letter_must_agree():
    assert SpellingIndex(["calves"]).correct("xalves") == "xalves"


def test_of_equally_near_words_the_one_with_a_letter_more_is_meant():
    """A letter that was left out is likelier than one that was typed wrongly."""
    index = SpellingIndex(["stitch", "switch", "twitch"])
    assert index.correct("twich") == "twitch"
    assert SpellingIndex(["cramps", "crampy"]).correct("cramp") == "cramp"  # a common word stays
    assert SpellingIndex(["numbing", "numbed"]).correct("numbig") == "numbing"

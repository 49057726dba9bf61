"""Text in lower case without punctuation."""

import pytest

from nlu.text.plain import plain_text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Why?!", "why"),
        ("  I can’t, I'm\nnot  sure…", "i cant im not sure"),
        ("can`t won´t ‘no’", "cant wont no"),
        ("on-off", "on off"),
        ("#2", "2"),
        ("😀", ""),
        ("", ""),
    ],
)
def test_only_letters_digits_and_single_blanks_are_left(text, plain):
    assert plain_text(text) == plain


def test_an_apostrophe_may_become_a_blank_and_punctuation_may_stay():
    assert plain_text("It’s GONE, isn't it?", apostrophe=" ", keeps_punctuation=True) == "it s gone, isn t it?"

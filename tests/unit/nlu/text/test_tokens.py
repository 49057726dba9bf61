"""Chat text into tokens."""

import pytest

from nlu.text.spelling import SpellingIndex
from nlu.text.tokens import Token, correct, lexicon_norms, tokenize, whole_characters


def norms(text):
    return [token.norm for token in tokenize(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My KNEE hurts", ["my", "knee", "hurts"]),
        ("it's the knee's fault, isn’t it?", ["its", "the", "knee", "fault", ",", "isnt", "it", "?"]),
        ("i`ve a fever of 38.5", ["ive", "a", "fever", "of", "38.5"]),
        ("on-off… 2:30", ["on", "-", "off", "…", "2:30"]),
        ("😀 _ *", []),
        ("", []),
    ],
)
def test_tokens_are_normalised(text, expected):
    assert norms(text) == expected


def test_a_short_form_becomes_several_tokens_with_the_same_offsets():
    assert norms("pls u r") == ["please", "you", "are"]
    wanna = tokenize("i wanna stop")[1:3]
    assert wanna == [Token("want", 2, 7), Token("to", 2, 7)]


def test_offsets_point_into_the_text():
    text = "  Knee’s\n swolen…"
    assert [text[token.start : token.end] for token in tokenize(text)] == ["Knee’s", "swolen", "…"]


def test_lexicon_phrases_are_normalised_as_messages_are():
    for phrase in ("u r", "knee's cold", "can't stop", "pain in the calf", "one, two"):
        assert lexicon_norms(phrase) == norms(phrase)


def test_correction_keeps_offsets_and_leaves_the_given_tokens_alone():
    given = tokenize("my caalf is swolen")
    corrected = correct(given, SpellingIndex(["calf", "swollen"]))
    assert [token.norm for token in corrected] == ["my", "calf", "is", "swollen"]
    assert [(t.start, t.end) for t in corrected] == [(t.start, t.end) for t in given]
    assert given == tokenize("my caalf is swolen")


def test_letters_typed_many_times_are_corrected_and_numbers_are_not():
    assert [t.norm for t in correct(tokenize("crampyyyyyyyyy 38.5 x2"), SpellingIndex(["crampy", "38.4"]))] == [
        "crampy", "38.5", "x", "2",
    ]  # fmt: skip


def test_an_emoji_that_was_cut_in_two_becomes_a_whole_character():
    assert whole_characters("knee \ud83d") == "knee \ufffd"
    assert whole_characters("knee 😀 é") == "knee 😀 é"

"""The factors that answers know, and which a message names."""

import pytest

from nlu.intents.factors import FACTOR_OF_FINDING, OF_A_PERSON, UNMISTAKABLE, FactorMatcher, factor_table
from nlu.text.tokens import tokenize
from triage.findings import vocabulary

MATCHER = FactorMatcher()


def named(text):
    return [(factor.factor.id, text[factor.start : factor.end]) for factor in MATCHER.find(tokenize(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("do statins cause it", [("statins", "statins")]),
        ("could my WATER PILLS do it", [("diuretics", "WATER PILLS")]),
        ("is it statns", [("statins", "statns")]),
        ("im 71 and it cramps", [("age", "71")]),
        ("im 31 and it cramps", []),
        ("my knee hurts", []),
        ("", []),
    ],
)
def test_factors_are_found_by_their_words(text, expected):
    assert named(text) == expected


def test_a_longer_phrase_hides_shorter_ones_within_it():
    assert named("cramp or twitch") == [("cramp_or_twitch", "cramp or twitch")]
    assert named("twitch") == [("twitch", "twitch")]


def test_factors_come_in_the_order_of_their_words():
    assert [id_ for id_, _ in named("magnesium or quinine")] == ["magnesium", "quinine"]


def test_a_medicine_called_by_its_name_is_said_back_with_its_kind():
    (factor,) = MATCHER.find(tokenize("furosemide"))
    assert factor.medicine.startswith("furosemide, ")
    (factor,) = MATCHER.find(tokenize("water tablets"))
    assert factor.medicine == ""


def test_the_factors_that_code_names_are_in_the_table():
    assert {*UNMISTAKABLE, *OF_A_PERSON, *FACTOR_OF_FINDING.values()} <= factor_table().keys()
    assert FACTOR_OF_FINDING.keys() <= vocabulary().keys()

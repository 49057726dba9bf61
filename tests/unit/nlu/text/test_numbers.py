"""Numbers in a message, and which of them are ages."""

import pytest

from nlu.text.numbers import Number, find_numbers
from nlu.text.tokens import tokenize


def numbers(text):
    return find_numbers([token.norm for token in tokenize(text)])


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("38.5", [38.5]),
        ("38,5", [38.5]),
        ("thirty eight point five", [38.5]),
        ("twenty one", [21]),
        ("twenty a day", [20, 1]),
        ("twenty few", [20, 3]),
        ("a hundred and two", [1, 102]),
        ("hundred", [100]),
        ("hundred and", [100]),
        ("half an hour", [0.5, 1]),
        ("a couple of days", [1, 2]),
        ("7 point", [7]),
        ("2:30 or 1.2.3", []),
        ("my knee", []),
        ("", []),
    ],
)
def test_numbers_are_read_in_digits_and_words(text, values):
    assert [number.value for number in numbers(text)] == values


def test_a_number_knows_its_tokens():
    assert numbers("for twenty one days") == [Number(21, 1, 3, is_age=False)]


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("i am 66", 66),
        ("im 66 and it hurts", 66),
        ("she's 81", 81),
        ("a 6 year old", 6),
        ("my 70yo dad", 70),
        ("aged sixty five", 65),
        ("i turned 50", 50),
        ("34 male", 34),
        ("45 f with cramps", 45),
    ],
)
def test_ages_are_known_by_the_words_around_them(text, age):
    assert [number.value for number in numbers(text) if number.is_age] == [age]


@pytest.mark.parametrize(
    "text",
    [
        "i am 70 kg",
        "i am 12",
        "im 20 minutes in",
        "i am 38.5",
        "i am 150",
        "i ran 10 miles",
        "66",
        "am 66",
        "2 years ago",
    ],
)
def test_other_numbers_are_no_ages(text):
    assert not any(number.is_age for number in numbers(text))

"""Facts that people tell beside their signs."""

import pytest

from nlu.entities.facts import facts


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("my left knee has been twitching for 3 weeks, every night in bed",
         {"side": "left", "duration": "3 weeks", "frequency": "every night", "occasion": "in bed"}),
        ("cramp in r calf since monday, im 66", {"side": "right", "duration": "since monday", "age": "66"}),
        ("both legs, on and off for about two months",
         {"side": "both", "duration": "two months", "frequency": "on and off"}),
        ("it started a fortnight ago on the left side", {"side": "left", "duration": "a fortnight ago"}),
        ("A FEW TIMES A WEEK after football", {"frequency": "a few times a week", "occasion": "after football"}),
        ("mum is 81 years old and her thigh jumps when i sit down", {"age": "81", "occasion": "when i sit down"}),
    ],
)  # fmt: skip
def test_facts_are_told_in_the_persons_own_words(text, told):
    assert {kind: value for kind, value, _, _ in facts(text)} == told


@pytest.mark.parametrize(
    "text",
    ["right above my knee", "you are right", "i ran for 2 hours", "it lasts 20 seconds", "what is left to try", "",
     "is it 30 degrees", "two tablets"],
)  # fmt: skip
def test_words_that_only_look_like_facts_are_left_alone(text):
    assert facts(text) == []


def test_the_place_is_that_of_the_words_in_the_message():
    text = "My LEFT knee, for  3   weeks"
    assert [(kind, text[start:end]) for kind, _, start, end in facts(text)] == [
        ("side", "LEFT"),
        ("duration", "3   weeks"),
    ]

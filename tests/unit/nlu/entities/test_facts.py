"""Facts that people tell beside their signs."""

import pytest
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.entities.facts import FactExtractor, find_facts
from nlu.text.limits import LONGEST_TEXT
from nlu.text.tokens import tokenize


def facts(text):
    return find_facts(text, tokenize(text))


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


def test_facts_become_entities():
    message = FactExtractor().process([Message({TEXT: "left calf since monday, im 66"})])[0]
    assert [(e["entity"], e["value"]) for e in message.get(ENTITIES)] == [
        ("side", "left"),
        ("duration", "since monday"),
        ("age", "66"),
    ]


def test_a_letter_that_becomes_two_in_lower_case_moves_no_offsets():
    text = "İİİ my left knee"
    assert [(kind, text[start:end]) for kind, _, start, end in facts(text)] == [("side", "left")]


def test_of_a_long_message_the_beginning_is_read():
    assert facts("x " * LONGEST_TEXT + "my left knee") == []

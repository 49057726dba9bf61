"""Words that answer a yes/no question."""

import pytest
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.entities.replies import ReplyExtractor, ReplyMatcher
from nlu.text.limits import LONGEST_REMARK, LONGEST_REPLY
from nlu.text.tokens import tokenize

MATCHER = ReplyMatcher()


def answer(text):
    return MATCHER.find_answer(tokenize(text))


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("yes", "yes"), ("a bit", "yes"), ("Yeah since last night", "yes"), ("well, sort of", "yes"), ("Aye.", "yes"),
        ("no never", "no"), ("nah mate", "no"), ("Not at all!", "no"), ("no, it's fine", "no"), ("dont think so", "no"),
        ("not sure", "unsure"), ("dunno really", "unsure"), ("maybe", "unsure"), ("No idea", "unsure"),
        ("not really", "unsure"), ("hmm hard to say", "unsure"),
    ],
)  # fmt: skip
def test_first_words_answer(text, reply):
    assert answer(text)[0] == reply


@pytest.mark.parametrize("text", ["my knee is sore", "no problem, thanks", "what causes it", "", "...", "3 days"])
def test_other_messages_answer_nothing(text):
    assert answer(text) is None


def test_the_place_of_the_words_is_given():
    assert answer("oh yes it does") == ("yes", 3, 6)


def remarks(text):
    return [(remark.value, text[remark.start : remark.end]) for remark in MATCHER.find_remarks(tokenize(text))]


@pytest.mark.parametrize(
    ("text", "reply"),
    [("it is", "yes"), ("it isn't", "no"), ("it is not", "no"), ("it is yellow", None), ("it is sometimes", "yes"),
     ("right", "yes"), ("right above the knee", None), ("no thanks", None)],
)  # fmt: skip
def test_what_follows_decides_whether_it_is_an_answer(text, reply):
    found = answer(text)
    assert (found.value if found else None) == reply


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the pain is all gone now", "gone"),
        ("no, it is gone", "gone"),
        ("it is not gone yet", "still"),
        ("when will it be gone", "still"),
        ("sorry, that was last year", "correction"),
    ],
)
def test_remarks_are_found_anywhere(text, expected):
    assert expected in [value for value, _ in remarks(text)]


def test_other_words_are_no_remarks():
    assert remarks("my knee twitches") == []
    assert remarks("") == []


def test_words_far_from_the_start_are_not_looked_at():
    assert answer(", " * LONGEST_REPLY + "yes") is None
    assert remarks("my knee " * LONGEST_REMARK + "it is all gone") == []


def test_replies_become_entities():
    message = ReplyExtractor().process([Message({TEXT: "no, it is all gone"})])[0]
    found = [(e["entity"], e["value"]) for e in message.get(ENTITIES)]
    assert found[0] == ("reply", "no")
    assert ("reply", "gone") in found

"""Where a person says they are."""

import pytest
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.base.component import set_intent
from nlu.entities.country import CountryExtractor, CountryMatcher
from nlu.text.tokens import tokenize

MATCHER = CountryMatcher()
EXTRACTOR = CountryExtractor()


def extracted(text, metadata=None):
    message = Message({TEXT: text, "metadata": metadata})
    set_intent(message, "ask_causes", 0.4, by="IntentClassifier")
    return EXTRACTOR.process([message])[0]


@pytest.mark.parametrize(
    ("text", "code", "name", "is_all"),
    [
        ("I'm in Leeds", "GB", "Leeds", True),
        ("we live near Dublin now.", "IE", "Dublin", True),
        ("my knee twitches, i live in Dublin", "IE", "Dublin", False),
        ("NEW  YORK", "US", "NEW  YORK", True),
        ("from canada, now in leeds", "CA", "canada", True),
    ],
)
def test_the_first_country_named_is_found(text, code, name, is_all):
    named = MATCHER.find(tokenize(text))
    assert (named.code, text[named.start : named.end], named.is_all) == (code, name, is_all)


@pytest.mark.parametrize("text", ["my knee hurts", "", "what about us", "turkey sandwich and cramps"])
def test_no_country_no_match(text):
    assert MATCHER.find(tokenize(text)) is None


def test_a_message_that_only_names_a_country_says_so_and_its_ranking_too():
    message = extracted("i live in leeds")
    assert message.get(INTENT) == {"name": "tell_country", "confidence": 1.0}
    assert [entry["name"] for entry in message.get(INTENT_RANKING_KEY)] == ["tell_country", "ask_causes"]


def test_a_country_beside_other_words_leaves_the_intent():
    message = extracted("why does it twitch, i live in leeds")
    assert message.get(INTENT)["name"] == "ask_causes"
    assert [(e["entity"], e["value"]) for e in message.get(ENTITIES)] == [("country", "GB")]


def test_what_the_channel_knows_is_a_hint_beside_what_is_said():
    message = extracted("i live in leeds", {"locale": "en-US"})
    assert [(e["entity"], e["value"]) for e in message.get(ENTITIES)] == [("country_hint", "US"), ("country", "GB")]


@pytest.mark.parametrize("metadata", [None, "en-US", [], {"locale": "en"}])
def test_no_hint_where_the_channel_knows_none(metadata):
    assert extracted("my knee", metadata).get(ENTITIES, []) == []

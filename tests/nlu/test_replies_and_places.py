"""First words that answer a question, and where a person is."""

import pytest

from nlu.entities.country import country_hint
from nlu.entities.replies import read_reply


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
    assert read_reply(text)[0] == reply


@pytest.mark.parametrize("text", ["my knee is sore", "no problem, thanks", "what causes it", "", "...", "3 days"])
def test_other_messages_answer_nothing(text):
    assert read_reply(text) is None


def test_the_place_of_the_words_is_given():
    assert read_reply("oh yes it does") == ("yes", 3, 6)


@pytest.mark.parametrize(
    ("metadata", "country"),
    [
        ({"phone": "+447911123456"}, "GB"), ({"phone": "+1 416 555 0199"}, "CA"), ({"phone": "+12125550123"}, "US"),
        ({"phone": "+4915112345678"}, "EU"), ({"phone": "+353871234567"}, "IE"), ({"phone": "nonsense"}, None),
        ({"locale": "en-GB"}, "GB"), ({"locale": "en_AU"}, "AU"), ({"locale": "de-DE"}, "EU"), ({"locale": "en"}, None),
        ({"locale": "zh-Hant-HK"}, "HK"), ({"locale": "fr-CH"}, None), ({}, None), ({"locale": 7, "phone": []}, None),
        ({"phone": "+447911123456", "locale": "en-US"}, "GB"),
    ],
)  # fmt: skip
def test_what_the_channel_knows_gives_the_country(metadata, country):
    assert country_hint(metadata) == country

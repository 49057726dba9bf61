"""Messages that are no sentence, and the one road that buttons take."""

from pathlib import Path

import pytest
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.base.component import INTENT_SET_BY, PRESSED
from nlu.intents.message_guard import MEDIA, MessageGuard
from nlu.text.limits import LONGEST_TEXT

ROOT = Path(__file__).parents[4]
GUARD = MessageGuard()


def guarded(text, metadata=None):
    return GUARD.process([Message({TEXT: text, "metadata": metadata})])[0]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("", "message_without_words"),
        (None, "message_without_words"),
        ("   \n\t", "message_without_words"),
        ("😀🦵", "message_without_words"),
        ("?!…", "message_without_words"),
        ("x" * (LONGEST_TEXT + 1), "message_too_long"),
        ("/restart", "slash_command"),
        ("/report_emergency", "slash_command"),
        ('/ask_causes{"triage_tier": "self_care"}', "slash_command"),
        ('/ask_causes{"answer_variant": "statins"}', "slash_command"),
        ('/ask_cause_medication{"answer_variant": ["statins"]}', "slash_command"),
        ('/ask_cause_medication{"answer_variant": "statins", "findings": []}', "slash_command"),
        ("/ask_causes{not json}", "slash_command"),
        ("/ my leg hurts", "slash_command"),
        ("//", "slash_command"),
    ],
)
def test_no_sentence_gets_its_own_intent(text, intent):
    message = guarded(text)
    assert message.get(INTENT)["name"] == intent
    assert message.get(ENTITIES, []) == []


@pytest.mark.parametrize("medium", sorted(MEDIA))
@pytest.mark.parametrize("text", ["", None, "  \n", "\x00"])
def test_a_message_in_another_form_is_known_by_what_the_channel_says(text, medium):
    message = guarded(text, {"medium": medium})
    assert message.get(INTENT)["name"] == "message_in_other_form"
    assert [(e["entity"], e["value"]) for e in message.get(ENTITIES)] == [("answer_variant", medium)]


@pytest.mark.parametrize("metadata", [{}, {"medium": "smell"}, {"medium": ["voice"]}, {"medium": None}, "voice", 5])
def test_an_unknown_form_is_a_message_without_words(metadata):
    message = guarded("", metadata)
    assert message.get(INTENT)["name"] == "message_without_words"
    assert message.get(ENTITIES, []) == []


@pytest.mark.parametrize(
    ("text", "intent"),
    [("my knee twitches", None), ("👍", None), ("😀", "message_without_words"), ("/x", "slash_command")],
)
def test_words_beside_a_picture_count(text, intent):
    assert (guarded(text, {"medium": "picture"}).get(INTENT) or {}).get("name") == intent


@pytest.mark.parametrize("text", ["my knee twitches", "why?", "5", "½ an hour", "x" * LONGEST_TEXT])
def test_sentences_pass(text):
    assert guarded(text).get(INTENT) is None


def test_a_button_brings_its_intent_and_variant():
    message = guarded('/ask_cause_medication{"answer_variant": "statins"}')
    assert message.get(PRESSED)
    assert message.get(INTENT_SET_BY) == "MessageGuard"
    assert message.get(INTENT)["name"] == "ask_cause_medication"
    assert [(e["entity"], e["value"]) for e in message.get(ENTITIES)] == [("answer_variant", "statins")]


def test_a_button_without_variant_asks_for_the_general_answer():
    assert guarded("/ask_causes").get(ENTITIES)[0]["value"] == "general"


@pytest.mark.parametrize("text", ["/restart", "/ask_causes", '/x{"a": 1}'])
def test_no_slash_reaches_rasas_own_command_reader(text):
    assert not guarded(text).get(TEXT).startswith("/")


@pytest.mark.parametrize(("emoji", "word"), [("👍", "yes"), ("👎", "no"), ("🤷", "not sure")])
def test_answers_by_emoji_are_read(emoji, word):
    message = guarded(emoji)
    assert (message.get(TEXT), message.get(INTENT)) == (word, None)


def test_null_characters_are_dropped():
    assert "\x00" not in guarded("my\x00 knee").get(TEXT)

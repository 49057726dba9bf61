"""What came in: its key, its types of attachment, its way through the database."""

import pytest

from channels.messaging.incoming import IncomingMessage, attachment_type_of, to_bytes


def test_a_message_survives_being_stored():
    original = IncomingMessage("slack", "1", "p", {"channel": "C", "thread": None}, "é\n", "voice", "GB")
    assert IncomingMessage.from_json(original.to_json()) == original


def test_a_message_stored_without_its_last_fields_can_be_read():
    stored = '{"channel": "slack", "id": "1", "person": "p", "address": {}, "text": "hi"}'
    assert IncomingMessage.from_json(stored) == IncomingMessage("slack", "1", "p", {}, "hi")


def test_the_key_is_that_of_channel_and_id_alone_and_tells_neither_id_nor_words():
    one = IncomingMessage("slack", "+447700900123", "p", {}, "my knee")
    assert one.deduplication_key == IncomingMessage("slack", "+447700900123", "q", {"a": 1}, "x").deduplication_key
    assert one.deduplication_key != IncomingMessage("twilio", "+447700900123", "p", {}, "my knee").deduplication_key
    assert one.deduplication_key != IncomingMessage("slack", "2", "p", {}, "my knee").deduplication_key
    assert "7700900123" not in one.deduplication_key
    assert len(one.deduplication_key) <= 80


def test_an_id_with_half_a_character_has_a_key():
    assert IncomingMessage("slack", "\ud83e", "p", {}, "").deduplication_key
    assert to_bytes("\ud83e") == b"\xed\xa0\xbe"


@pytest.mark.parametrize(
    ("media_type", "kind"),
    [
        ("audio/ogg", "voice"),
        ("IMAGE/PNG", "picture"),
        ("video/mp4", "video"),
        ("application/pdf", "file"),
        ("", "file"),
    ],
)
def test_a_media_type_tells_the_type_of_an_attachment(media_type, kind):
    assert attachment_type_of(media_type) == kind

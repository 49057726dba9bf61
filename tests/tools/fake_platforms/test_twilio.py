"""The fake Twilio takes what is valid, refuses what is not, and delivers as Twilio does."""

from urllib.parse import parse_qsl

import pytest
from twilio.request_validator import RequestValidator

from tests.tools.fake_platforms.sending import PERSON, PICTURE, to_twilio
from tools.fake_platforms.twilio import segments


@pytest.mark.parametrize(
    "fields",
    [
        {"Body": "x" * 1600},
        {"MediaUrl": PICTURE},
        {"Body": "a", "MediaUrl": [PICTURE, PICTURE]},
        {"Body": "a", "StatusCallback": "https://assistant.example/webhooks/twilio/status"},
    ],
)
def test_twilio_takes_what_is_valid(twilio, fields):
    reply = to_twilio(twilio, **fields)
    assert (reply.status_code, reply.json()["status"]) == (201, "queued")
    assert twilio.violations == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, 21619),
        ({"Body": " "}, 21619),
        ({"Body": "x" * 1601}, 21617),
        ({"Body": "a", "To": ""}, 21604),
        ({"Body": "a", "From": ""}, 21603),
        ({"Body": "a", "To": "202 555 0101"}, 21211),
        ({"Body": "a", "To": "+1202"}, 21211),
        ({"Body": "a", "From": "assistant"}, 21212),
        ({"Body": "a", "From": "+12025550100"}, 21606),
        ({"Body": "a", "To": "whatsapp:+12025550101"}, 21910),
        ({"Body": "a", "To": "whatsapp:+12025550101", "From": "whatsapp:+12025550100"}, 63007),
        ({"Body": "a", "MediaUrl": "http://127.0.0.1/a.png"}, 21620),
        ({"MediaUrl": [PICTURE] * 11}, 21623),
    ],
)
def test_twilio_refuses_what_is_not(twilio, fields, code):
    reply = to_twilio(twilio, **fields)
    assert (reply.status_code, reply.json()["status"], reply.json()["code"]) == (400, 400, code)
    assert str(code) in twilio.violations[0]
    assert twilio.sent == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("x" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("€" * 153, 3),
        ("x" * 152 + "€" + "x" * 152, 3),
        ("ç" * 71, 2),
        ("“" * 70, 1),
        ("“" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 67, 3),
    ],
)
def test_segments_are_counted(text, count):
    assert segments(text) == count


def test_whatsapp_is_a_channel_of_its_own(twilio):
    to = f"whatsapp:{PERSON['twilio']}"
    assert to_twilio(twilio, Body="x" * 500, To=to, From=f"whatsapp:{twilio.whatsapp_number}").status_code == 201
    assert to_twilio(twilio, Body="x" * 500).json()["num_segments"] == "4"
    assert [(sent.recipient, sent.segments) for sent in twilio.sent] == [(to, None), (PERSON["twilio"], 4)]


def test_twilios_deliveries_are_signed_with_their_blank_fields(twilio):
    validator = RequestValidator(twilio.token)
    address = f"{twilio.public_url}/webhooks/twilio/webhook"
    person = PERSON["twilio"]
    for delivery in (
        twilio.message(person, "Hi é"),
        twilio.message(person, "Hi", whatsapp=True),
        twilio.location(person),
    ):
        fields = dict(parse_qsl(delivery.body.decode(), keep_blank_values=True))
        assert validator.validate(address, fields, delivery.headers["X-Twilio-Signature"])
        assert not validator.validate(address, fields, delivery.wrongly_signed().headers["X-Twilio-Signature"])
        assert "X-Twilio-Signature" not in delivery.unsigned().headers
    assert dict(parse_qsl(twilio.message(person, "Hi").body.decode(), keep_blank_values=True))["FromCity"] == ""


def test_twilios_other_deliveries(twilio):
    def fields(delivery):
        return dict(parse_qsl(delivery.body.decode(), keep_blank_values=True))

    person = PERSON["twilio"]
    assert fields(twilio.voice(person))["MediaContentType0"] == "audio/ogg"
    assert fields(twilio.photo(person, "my knee", whatsapp=False))["Body"] == "my knee"
    assert fields(twilio.button_reply(person, "Yes", "a1"))["ButtonPayload"] == "a1"
    assert fields(twilio.message(person, "Hi", id="SM1"))["MessageSid"] == "SM1"
    for kind in (twilio.sticker, twilio.contact, twilio.document):
        assert fields(kind(person))["NumMedia"] == "1"
    to_twilio(twilio, Body="a", StatusCallback="https://assistant.example/status?a=1")
    status = twilio.status(twilio.sent[0], "failed", 30003)
    assert (status.path, status.query, fields(status)["ErrorCode"]) == ("/status", {"a": "1"}, "30003")
    with pytest.raises(NotImplementedError):
        twilio.press(person, twilio.sent[0], "Yes")

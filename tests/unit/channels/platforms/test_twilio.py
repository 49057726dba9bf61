"""Twilio's webhook: its signature, SMS and WhatsApp, what a response means."""

import asyncio
import base64
import hashlib
import hmac
from urllib.parse import urlencode

import pytest

from channels.messaging.client import Response
from channels.messaging.output import ReplyContext
from channels.platforms.twilio import Twilio, bare, classify
from channels.settings import SettingError
from tests.unit.channels.helpers import HUGE, make_request, received
from tests.unit.channels.platform_settings import TWILIO

ADDRESS = "https://a.example/webhooks/twilio/webhook"


@pytest.fixture
def twilio(switch_on):
    return switch_on(Twilio, TWILIO)


def signed(fields, key="token-1", address=ADDRESS):
    text = address + "".join(name + fields[name] for name in sorted(fields))
    signature = base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha1).digest()).decode()
    headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
    return make_request(urlencode(fields).encode(), headers, address.removeprefix("https://a.example"))


def sms(body="my knee cramps", sid="SM1", **more):
    fields = {"MessageSid": sid, "From": "+447700900123", "To": "+15005550006", "Body": body, "NumMedia": "0"}
    return {**fields, "SmsStatus": "received", **more}


def test_a_signed_message_is_taken_on(twilio):
    found = received(twilio, signed(sms()))
    assert found.status == 200
    assert [(one.text, one.country, one.reply_target["kind"]) for one in found.messages] == [
        ("my knee cramps", "GB", "sms")
    ]


def test_an_empty_field_is_part_of_what_is_signed(twilio):
    assert received(twilio, signed(sms(FromCity=""))).status == 200


def test_a_wrong_signature_is_refused(twilio):
    assert received(twilio, signed(sms(), key="token-2")).status == 401


def test_a_missing_header_is_refused(twilio):
    request = signed(sms())
    del request.headers["X-Twilio-Signature"]
    assert received(twilio, request).status == 401


def test_the_signature_is_for_our_address_alone(twilio):
    request = signed(sms(), address="https://other.example/webhooks/twilio/webhook")
    assert received(twilio, request).status == 401


def test_the_query_is_part_of_the_address(twilio):
    assert received(twilio, signed(sms(), address=f"{ADDRESS}?a=1")).status == 200


def test_a_changed_body_is_refused(twilio):
    request = signed(sms())
    request.body = request.body.replace(b"cramps", b"is+ok+")
    assert received(twilio, request).status == 401


def test_a_replayed_message_is_taken_on_once(twilio):
    assert [len(received(twilio, signed(sms())).messages) for _ in range(2)] == [1, 0]


@pytest.mark.parametrize("body", [b"\xff\xfe", b"\x00", b"{}"])
def test_what_is_garbled_has_no_right_signature(twilio, body):
    request = signed(sms())
    request.body = body
    assert received(twilio, request).status == 401


def test_a_signed_form_without_a_message_is_acknowledged(twilio):
    found = received(twilio, signed({"Level": "ERROR"}))
    assert (found.status, found.messages) == (200, [])


def test_a_huge_body_is_refused_unread(twilio):
    assert received(twilio, make_request(HUGE)).status == 413


@pytest.mark.parametrize(
    "fields",
    [
        sms("STOP"),
        sms(SmsStatus="delivered"),
        sms(From="+15005550006"),
        sms(From="12345"),
        sms("", MessageType="reaction"),
    ],
)
def test_reports_stop_words_and_services_are_ignored(twilio, fields):
    found = received(twilio, signed(fields))
    assert (found.status, found.messages) == (200, [])


@pytest.mark.parametrize(
    ("more", "kind", "text"),
    [
        ({"NumMedia": "1", "MediaContentType0": "audio/ogg"}, "voice", "my knee cramps"),
        ({"NumMedia": "1", "MediaContentType0": "image/webp"}, "sticker", "my knee cramps"),
        ({"NumMedia": "1", "MediaContentType0": "text/vcard"}, "contact", "my knee cramps"),
        ({"NumMedia": "1", "MediaContentType0": "application/pdf", "Body": "report 2.pdf"}, "file", ""),
        ({"Latitude": "1", "Longitude": "2"}, "place", "my knee cramps"),
    ],
)
def test_the_type_of_an_attachment_is_told(twilio, more, kind, text):
    fields = sms(**{"From": "whatsapp:+447700900123", **more})
    (found,) = received(twilio, signed(fields)).messages
    assert (found.attachment_type, found.text, found.reply_target["kind"]) == (kind, text, "whatsapp")


LONG = "\n\n".join(["It is harmless. " * 10, "What to do: " + "Rest. " * 80, "When to worry: See a doctor."])


def texts(twilio, answer, **state):
    (incoming,) = received(twilio, signed(sms())).messages
    context = ReplyContext(incoming, **state)
    return [request.form["Body"] for request in asyncio.run(twilio.to_requests(answer, context))], context


def test_a_long_sms_is_short_first_with_what_to_worry_about(twilio):
    (text,), context = texts(twilio, {"text": LONG})
    assert "When to worry: See a doctor." in text
    assert "What to do" not in text.partition("Reply")[0]
    assert text.endswith("Reply MORE for what to do, or write in your own words.")
    assert context.held_back[0].startswith("What to do: Rest.")


def test_an_urgent_sms_is_whole(twilio):
    pieces, context = texts(twilio, {"text": LONG}, is_urgent=True)
    assert "What to do" in " ".join(pieces)
    assert context.held_back == []


def test_a_number_is_bare_without_whatsapps_prefix():
    assert bare("whatsapp:+44 7700 900123") == "+447700900123"


def test_a_number_that_is_none_is_one_sentence(switch_on):
    with pytest.raises(SettingError, match=r"\+15005550006"):
        switch_on(Twilio, {**TWILIO, "TWILIO_NUMBER": "the clinic"})


def test_numbers_without_the_account_are_one_sentence(monkeypatch):
    monkeypatch.setenv("TWILIO_NUMBER", "+15005550006")
    with pytest.raises(SettingError, match="TWILIO_AUTH_TOKEN"):
        Twilio.from_credentials({})


@pytest.mark.parametrize(
    ("response", "means"),
    [
        (Response(201, {"sid": "SM1"}), {"is_accepted": True}),
        (Response(400, {"code": 21610}), {"is_unreachable": True}),
        (Response(400, {"code": 21617}), {"is_unreachable": False, "should_retry": False}),
        (Response(429, {"code": 20429}), {"should_retry": True}),
    ],
)
def test_a_response_means_what_twilio_says(response, means):
    outcome = classify(response)
    assert {name: getattr(outcome, name) for name in means} == means

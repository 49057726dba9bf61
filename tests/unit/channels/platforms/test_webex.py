"""Webex's webhook: its signature, and the message that it only names."""

import asyncio
import hashlib
import hmac
import json

import pytest

from channels.messaging.client import Response
from channels.platforms.webex import Webex
from tests.unit.channels.helpers import HUGE, make_request, received
from tests.unit.channels.platform_settings import WEBEX


@pytest.fixture
def webex(switch_on):
    return switch_on(Webex, WEBEX)


def signed(content, key="hook-1"):
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return make_request(body, {"X-Spark-Signature": hmac.new(key.encode(), body, hashlib.sha1).hexdigest()})


def created(**data):
    named = {"id": "m1", "roomId": "r1", "personId": "p1", "personEmail": "a@b.example", **data}
    return {"resource": "messages", "event": "created", "createdBy": "us", "data": named}


def test_a_signed_webhook_is_taken_on(webex):
    found = received(webex, signed(created()))
    assert found.status == 200
    assert [one.reply_target for one in found.messages] == [{"room": "r1", "message": "m1"}]


def test_a_wrong_signature_is_refused(webex):
    assert received(webex, signed(created(), key="hook-2")).status == 401


def test_a_missing_header_is_refused(webex):
    assert received(webex, make_request(created())).status == 401


def test_a_changed_body_is_refused(webex):
    request = signed(created())
    request.body = request.body.replace(b"m1", b"m2")
    assert received(webex, request).status == 401


def test_a_replayed_webhook_is_taken_on_once(webex):
    assert [len(received(webex, signed(created())).messages) for _ in range(2)] == [1, 0]


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"\xff\xfe", b"{}"])
def test_what_is_garbled_is_refused_although_it_is_signed(webex, body):
    assert received(webex, signed(body)).status == 400


def test_a_huge_body_is_refused_unread(webex):
    assert received(webex, signed(HUGE)).status == 413


@pytest.mark.parametrize("data", [{"personId": "us"}, {"personEmail": "other@webex.bot"}])
def test_bots_and_our_own_messages_are_ignored(webex, data):
    found = received(webex, signed(created(**data)))
    assert (found.status, found.messages) == (200, [])


@pytest.mark.parametrize(
    ("content", "text", "kind"),
    [
        ({"text": "my knee cramps"}, "my knee cramps", None),
        (
            {"text": "Knee & Co my knee", "html": "<spark-mention>Knee &amp; Co</spark-mention> my knee"},
            "my knee",
            None,
        ),
        ({"text": "", "files": ["f"]}, "", "file"),
        ({"text": ""}, "hello", None),
    ],
)
def test_the_message_is_fetched_before_it_is_answered(webex, monkeypatch, content, text, kind):
    asked = []

    async def fetch(request, tries):
        asked.append((request.method, request.path))
        return Response(200, content)

    monkeypatch.setattr(webex.client, "fetch", fetch)
    (incoming,) = received(webex, signed(created())).messages
    complete = asyncio.run(webex.hydrate(incoming))
    assert asked == [("GET", "/messages/m1")]
    assert (complete.text, complete.attachment_type) == (text, kind)


@pytest.mark.parametrize("response", [None, Response(404, {}), Response(500, {})])
def test_a_message_that_cannot_be_fetched_is_told_apart(webex, monkeypatch, response):
    async def fetch(request, tries):
        return response

    monkeypatch.setattr(webex.client, "fetch", fetch)
    (incoming,) = received(webex, signed(created())).messages
    assert asyncio.run(webex.hydrate(incoming)) is None

"""Messenger's webhook: its signature, bundles of events, what a response means."""

import asyncio
import hashlib
import hmac
import json

import pytest
from sanic import Blueprint

from channels.messaging.client import Response
from channels.messaging.output import ReplyContext
from channels.platforms.messenger import LONGEST_TITLE, MOST_REPLIES, Messenger, classify
from tests.unit.channels.helpers import HUGE, make_request, received
from tests.unit.channels.platform_settings import MESSENGER


@pytest.fixture
def messenger(switch_on):
    return switch_on(Messenger, MESSENGER)


def signed(content, key="app-1"):
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    signature = hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
    return make_request(body, {"X-Hub-Signature-256": f"sha256={signature}"})


def bundle(*events):
    return {"object": "page", "entry": [{"id": "P1", "messaging": list(events)}]}


def said(text="my knee cramps", sender="7", mid="m1", **more):
    return {"sender": {"id": sender}, "timestamp": 1, "message": {"mid": mid, "text": text, **more}}


def test_a_signed_message_is_taken_on(messenger):
    found = received(messenger, signed(bundle(said())))
    assert found.status == 200
    assert [(one.text, one.reply_target) for one in found.messages] == [("my knee cramps", {"recipient": "7"})]


def test_a_wrong_signature_is_refused(messenger):
    assert received(messenger, signed(bundle(said()), key="app-2")).status == 401


def test_a_missing_header_is_refused(messenger):
    request = signed(bundle(said()))
    del request.headers["X-Hub-Signature-256"]
    assert received(messenger, request).status == 401


def test_a_changed_body_is_refused(messenger):
    request = signed(bundle(said()))
    request.body = request.body.replace(b"cramps", b"is ok ")
    assert received(messenger, request).status == 401


def test_a_replayed_message_is_taken_on_once(messenger):
    assert [len(received(messenger, signed(bundle(said()))).messages) for _ in range(2)] == [1, 0]


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"\xff\xfe"])
def test_what_is_garbled_is_refused_although_it_is_signed(messenger, body):
    assert received(messenger, signed(body)).status == 400


def test_a_huge_body_is_refused_unread(messenger):
    assert received(messenger, signed(HUGE)).status == 413


def test_one_event_of_a_strange_shape_takes_none_of_the_others_with_it(messenger):
    found = received(messenger, signed(bundle({"sender": 5}, "text", said())))
    assert [one.text for one in found.messages] == ["my knee cramps"]


def test_what_is_written_below_a_picture_is_one_message_with_it(messenger):
    picture = {"sender": {"id": "7"}, "message": {"mid": "m0", "attachments": [{"type": "image"}]}}
    (found,) = received(messenger, signed(bundle(picture, said()))).messages
    assert (found.text, found.attachment_type) == ("my knee cramps", "picture")
    apart = received(messenger, signed(bundle(picture, said(sender="8", mid="m2")))).messages
    assert [(one.text, one.attachment_type) for one in apart] == [("", "picture"), ("my knee cramps", None)]


@pytest.mark.parametrize(
    "event",
    [
        said(is_echo=True),
        said(is_deleted=True),
        said(sender="P1"),
        {"sender": {"id": "7"}, "delivery": {"mids": ["m1"]}},
        {"sender": {"id": "7"}, "read": {"watermark": 1}},
    ],
)
def test_echoes_and_receipts_are_ignored(messenger, event):
    assert received(messenger, signed(bundle(event))).messages == []


@pytest.mark.parametrize(
    ("event", "text"),
    [
        ({"sender": {"id": "7"}, "postback": {"title": "Get Started", "payload": "GO"}}, "hello"),
        ({"sender": {"id": "7"}, "postback": {"title": "Causes", "payload": "/ask_causes"}}, "/ask_causes"),
        (said("My medicines", quick_reply={"payload": "/ask_medicines"}), "/ask_medicines"),
        (said("", attachments=[{"type": "image", "payload": {"sticker_id": 369239263222822}}]), "👍"),
    ],
)
def test_presses_and_the_thumb_are_read_as_words(messenger, event, text):
    assert [one.text for one in received(messenger, signed(bundle(event))).messages] == [text]


@pytest.mark.parametrize(("token", "status", "body"), [("verify", 200, b"c-1"), ("other", 403, None)])
def test_the_trial_of_the_address_is_answered_to_who_knows_the_token(messenger, token, status, body):
    endpoints = Blueprint("test")
    messenger.add_endpoints(endpoints)
    (route,) = endpoints._future_routes
    request = make_request(url=f"/webhook?hub.mode=subscribe&hub.verify_token={token}&hub.challenge=c-1", method="GET")
    reply = asyncio.run(route.handler(request))
    assert reply.status == status
    assert body is None or reply.body == body


def test_quick_replies_stand_under_the_last_message_with_a_fallback(messenger):
    (incoming,) = received(messenger, signed(bundle(said()))).messages
    buttons = [{"title": f"A rather long title number {n}", "payload": f"/{n}"} for n in range(20)]
    answer = {"text": "x " * 1500, "buttons": buttons}
    requests = asyncio.run(messenger.to_requests(answer, ReplyContext(incoming)))
    replies = requests[-1].json["message"]["quick_replies"]
    assert [request.fallback is None for request in requests] == [True, False]
    assert len(replies) == MOST_REPLIES
    assert all(len(reply["title"]) <= LONGEST_TITLE for reply in replies)


@pytest.mark.parametrize(
    ("response", "means"),
    [
        (Response(200, {"message_id": "m"}), {"is_accepted": True}),
        (Response(400, {"error": {"code": 613}}), {"should_retry": True}),
        (Response(400, {"error": {"code": 551}}), {"is_unreachable": True}),
        (Response(400, {"error": {"code": 100}}), {"is_unreachable": False, "should_retry": False}),
        (Response(500, {"error": {"code": 1}}), {"should_retry": True}),
        (Response(503, {}), {"should_retry": True}),
    ],
)
def test_a_response_means_what_the_graph_api_says(response, means):
    outcome = classify(response)
    assert {name: getattr(outcome, name) for name in means} == means

"""Mattermost's webhooks: their token, ours on a button, who we are."""

import asyncio
from urllib.parse import urlencode

import pytest

from channels.messaging.client import Response
from channels.messaging.output import ReplyContext
from channels.platforms.mattermost import Mattermost
from tests.unit.channels.helpers import HUGE, make_request, received
from tests.unit.channels.platform_settings import MATTERMOST


@pytest.fixture
def mattermost(switch_on, monkeypatch):
    platform = switch_on(Mattermost, MATTERMOST)

    async def request(_):
        return Response(200, {"id": "us"})

    monkeypatch.setattr(platform.client, "request", request)
    return platform


def said(text="knee my calf cramps", token="hook-1", **more):
    fields = {"token": token, "user_id": "u1", "channel_id": "c1", "post_id": "p1", "trigger_word": "knee"}
    body = urlencode({**fields, "text": text, **more}).encode()
    return make_request(body, {"Content-Type": "application/x-www-form-urlencoded"})


def pressed(token, **more):
    context = {"action": "/ask_causes", "token": token}
    body = {"user_id": "u1", "channel_id": "c1", "post_id": "p1", "trigger_id": "t1", "context": context, **more}
    return make_request(body, {"Content-Type": "application/json"})


def button_token(platform):
    """Returns the token that the platform puts on its buttons."""
    incoming = received(platform, said()).messages[0]
    answer = {"text": "Hi", "buttons": [{"title": "Causes", "payload": "/ask_causes"}]}
    (request,) = asyncio.run(platform.to_requests(answer, ReplyContext(incoming)))
    (action,) = request.json["props"]["attachments"][0]["actions"]
    assert request.fallback.json == {"channel_id": "c1", "message": "Hi"}
    return action["integration"]["context"]["token"]


def test_a_message_with_the_token_is_taken_on_without_its_trigger_word(mattermost):
    found = received(mattermost, said())
    assert found.status == 200
    assert [(one.text, one.reply_target) for one in found.messages] == [("my calf cramps", {"channel": "c1"})]


@pytest.mark.parametrize("token", ["hook-2", ""])
def test_a_wrong_token_is_refused(mattermost, token):
    assert received(mattermost, said(token=token)).status == 401


def test_a_missing_token_is_refused(mattermost):
    request = make_request({"user_id": "u1", "channel_id": "c1", "post_id": "p1"}, {"Content-Type": "application/json"})
    assert received(mattermost, request).status == 401


def test_a_press_is_known_by_our_own_token(mattermost):
    token = button_token(mattermost)
    assert [one.text for one in received(mattermost, pressed(token)).messages] == ["/ask_causes"]
    assert received(mattermost, pressed("hook-1")).status == 401
    assert received(mattermost, pressed(None)).status == 401


def test_a_replayed_message_is_taken_on_once(mattermost):
    assert [len(received(mattermost, said()).messages) for _ in range(2)] == [1, 0]


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"\xff\xfe", b"{"])
def test_what_is_garbled_is_refused(mattermost, body):
    assert received(mattermost, make_request(body, {"Content-Type": "application/json"})).status == 401


def test_a_body_that_lacks_what_an_answer_needs_is_refused(mattermost):
    assert received(mattermost, said(channel_id="")).status == 400


def test_a_huge_body_is_refused_unread(mattermost):
    assert received(mattermost, make_request(HUGE)).status == 413


def test_our_own_posts_are_ignored(mattermost):
    found = received(mattermost, said(user_id="us"))
    assert (found.status, found.messages) == (200, [])

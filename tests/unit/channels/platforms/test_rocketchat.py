"""Rocket.Chat's outgoing webhook: its token, files, threads."""

import asyncio

import pytest

from channels.messaging.output import ReplyContext
from channels.platforms.rocketchat import LONGEST_TEXT, RocketChat
from tests.unit.channels.helpers import HUGE, make_request, received
from tests.unit.channels.platform_settings import ROCKETCHAT


@pytest.fixture
def rocketchat(switch_on):
    return switch_on(RocketChat, ROCKETCHAT)


def said(text="my knee cramps", **more):
    return {"token": "hook-1", "user_id": "u", "channel_id": "r", "message_id": "m", "text": text, **more}


def test_a_message_with_the_token_is_taken_on(rocketchat):
    found = received(rocketchat, make_request(said()))
    assert found.status == 200
    assert [(one.text, one.reply_target["room"]) for one in found.messages] == [("my knee cramps", "r")]


@pytest.mark.parametrize("token", ["hook-2", "", None, ["hook-1"]])
def test_a_wrong_token_is_refused(rocketchat, token):
    assert received(rocketchat, make_request(said(token=token))).status == 401


def test_a_missing_token_is_refused(rocketchat):
    body = said()
    del body["token"]
    assert received(rocketchat, make_request(body)).status == 401


def test_a_replayed_message_is_taken_on_once(rocketchat):
    assert [len(received(rocketchat, make_request(said())).messages) for _ in range(2)] == [1, 0]


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"\xff\xfe", b"{"])
def test_what_is_garbled_is_refused(rocketchat, body):
    assert received(rocketchat, make_request(body)).status == 401


def test_a_body_that_lacks_what_an_answer_needs_is_refused(rocketchat):
    assert received(rocketchat, make_request(said(channel_id=None))).status == 400


def test_a_huge_body_is_refused_unread(rocketchat):
    assert received(rocketchat, make_request(HUGE)).status == 413


@pytest.mark.parametrize("more", [{"bot": {"i": "b"}}, {"isEdited": True}, {"user_id": "user-1"}])
def test_bots_edits_and_our_own_messages_are_ignored(rocketchat, more):
    assert received(rocketchat, make_request(said(**more))).messages == []


@pytest.mark.parametrize(
    ("more", "kind", "text"),
    [
        ({"message": {"file": {"name": "scan.pdf"}}}, "file", "my knee cramps"),
        ({"text": ""}, "file", ""),
        ({"text": "knee: my calf", "trigger_word": "knee"}, None, "my calf"),
    ],
)
def test_files_and_trigger_words_are_told_from_words(rocketchat, more, kind, text):
    (found,) = received(rocketchat, make_request(said(**more))).messages
    assert (found.attachment_type, found.text) == (kind, text)


def test_an_answer_goes_into_the_thread_in_pieces_with_its_options(rocketchat):
    (incoming,) = received(rocketchat, make_request(said(tmid="t"))).messages
    context = ReplyContext(incoming)
    answer = {"text": "word " * 1200, "buttons": [{"title": "Causes", "payload": "/ask_causes"}]}
    requests = asyncio.run(rocketchat.to_requests(answer, context))
    assert {request.json["tmid"] for request in requests} == {"t"}
    assert len(requests) > 1
    assert all(len(request.json["text"]) <= LONGEST_TEXT for request in requests)
    assert requests[-1].json["text"].endswith("1. Causes\nReply 1, or write in your own words.")
    assert context.options == answer["buttons"]

"""Google Chat's webhook: its tokens, and the answer as the reply to the request."""

import asyncio
import json

import pytest

from channels.messaging.platform import MY_SIDE
from channels.platforms import google_chat
from channels.platforms.google_chat import ISSUER, LONGEST_TEXT, GoogleChat, joined
from tests.unit.channels.helpers import HUGE, bearer_token, make_request, received
from tests.unit.channels.platform_settings import GOOGLE_CHAT


@pytest.fixture
def chat(switch_on, keys_published, monkeypatch):
    monkeypatch.setattr(google_chat, "LONGEST_ANSWER", 0.01)
    return switch_on(GoogleChat, GOOGLE_CHAT)


def token(audience="12345", issuer=ISSUER, **more):
    return bearer_token(audience, issuer, **more)


def event(text="my knee cramps", **more):
    sender = {"name": "users/1", "type": "HUMAN"}
    message = {"name": "spaces/A/messages/1", "sender": sender, "text": f"@Knee {text}", "argumentText": text}
    return {"type": "MESSAGE", "user": sender, "space": {"name": "spaces/A"}, "message": message, **more}


def test_a_message_with_googles_token_is_taken_on(chat):
    found = received(chat, make_request(event(), token()))
    assert found.status == 200
    assert [one.text for one in found.messages] == ["my knee cramps"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer a.b.c"},
        {"Authorization": "Basic x"},
        token(signed_by="somebody's"),
        token(audience="54321"),
        token(issuer="https://evil.example"),
        token(kid="2"),
    ],
    ids=range(7),
)
def test_a_missing_or_wrong_token_is_refused(chat, headers):
    found = received(chat, make_request(event(), headers))
    assert (found.status, found.messages) == (401, [])


@pytest.mark.parametrize(("ends_in", "status"), [(600, 200), (-400, 401)])
def test_an_old_token_is_refused(chat, ends_in, status):
    assert received(chat, make_request(event(), token(ends_in=ends_in))).status == status


def test_a_replayed_event_is_taken_on_once(chat):
    request = make_request(event(), token())
    assert [len(received(chat, request).messages) for _ in range(2)] == [1, 0]
    assert asyncio.run(chat.receive(request)).body == b"{}"


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"\xff\xfe", b'{"type": "MESSAGE"}'])
def test_what_is_garbled_is_refused_although_the_token_is_right(chat, body):
    assert received(chat, make_request(body, token())).status == 400


def test_a_huge_body_is_refused_unread(chat):
    assert received(chat, make_request(HUGE, token())).status == 413


def test_without_the_keys_nothing_is_believed(switch_on):
    chat = switch_on(GoogleChat, {**GOOGLE_CHAT, "GOOGLE_CHAT_CERTIFICATES_URL": "http://127.0.0.1:9/keys"})
    assert received(chat, make_request(event(), token())).status == 401


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (event(type="CARD_CLICKED", action={"parameters": [{"key": "payload", "value": "/a"}]}), "/a"),
        (event(type="CARD_CLICKED", common={"parameters": {"payload": "/b"}}), "/b"),
        (event(type="ADDED_TO_SPACE", message=None), "hello"),
    ],
)
def test_presses_and_being_added_are_read(chat, body, text):
    assert [one.text for one in received(chat, make_request(body, token())).messages] == [text]


def test_what_a_bot_says_is_ignored(chat):
    body = event()
    body["message"]["sender"] = {"name": "users/2", "type": "BOT"}
    assert received(chat, make_request(body, token())).messages == []


def test_a_late_answer_is_told_of_with_the_emergency_numbers(chat):
    reply = asyncio.run(chat.receive(make_request(event(), token())))
    assert json.loads(reply.body) == {"text": MY_SIDE}


def test_an_answer_in_time_is_the_reply(chat, monkeypatch):
    monkeypatch.setattr(google_chat, "LONGEST_ANSWER", 5)

    async def on_new_message(message):
        await message.output_channel.send_text_message("", "One.")
        await message.output_channel.send_text_with_buttons("", "Two.", [{"title": "A", "payload": "/a"}])

    async def scene():
        chat._on_new_message = on_new_message
        replied = asyncio.ensure_future(chat.receive(make_request(event(), token())))
        while not chat.dispatcher.messages:
            await asyncio.sleep(0)
        await chat.answer(chat.dispatcher.messages[0], asyncio.Semaphore(1))
        return json.loads((await replied).body)

    reply = asyncio.run(scene())
    assert reply["text"] == "One.\n\nTwo."
    (section,) = reply["cardsV2"][0]["card"]["sections"]
    assert [button["text"] for button in section["widgets"][0]["buttonList"]["buttons"]] == ["A"]


def test_what_is_longer_than_google_takes_is_cut():
    assert len(joined([{"text": "é " * LONGEST_TEXT, "buttons": []}])["text"].encode()) <= LONGEST_TEXT
    assert joined([]) == {}

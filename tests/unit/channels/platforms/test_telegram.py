"""Telegram's webhook: what is taken for Telegram's, what is read of it, what a response means."""

import asyncio

import pytest

from channels.messaging.client import Response
from channels.messaging.output import ReplyContext
from channels.platforms.telegram import Telegram, classify
from tests.unit.channels.helpers import HUGE, make_request, received
from tests.unit.channels.platform_settings import TELEGRAM

SIGNED = {"X-Telegram-Bot-Api-Secret-Token": "secret-1"}


@pytest.fixture
def telegram(switch_on):
    return switch_on(Telegram, TELEGRAM)


def update(text="my knee cramps", number=1, **more):
    chat = {"id": 7, "type": "private"}
    return {"update_id": number, "message": {"message_id": 1, "chat": chat, "from": {"id": 7}, "text": text, **more}}


def group(text, **more):
    return update(text, chat={"id": -5, "type": "group"}, **more)


def test_a_message_with_the_right_token_is_taken_on(telegram):
    found = received(telegram, make_request(update(), SIGNED))
    assert found.status == 200
    assert [(one.channel, one.text, one.reply_target) for one in found.messages] == [
        ("telegram", "my knee cramps", {"chat": 7})
    ]


@pytest.mark.parametrize("headers", [{}, {"X-Telegram-Bot-Api-Secret-Token": "secret-2"}, {"X-Other": "secret-1"}])
def test_without_the_token_nothing_is_taken_on(telegram, headers):
    found = received(telegram, make_request(update(), headers))
    assert (found.status, found.messages) == (401, [])
    assert telegram.rejections.count == 1


def test_a_replayed_update_is_taken_on_once(telegram):
    request = make_request(update(), SIGNED)
    assert [len(received(telegram, request).messages) for _ in range(2)] == [1, 0]
    assert telegram.counts["repeated"] == 1


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"\xff\xfe", b"[" * 100_000, b"{}", b'{"update_id": "x"}'])
def test_what_is_garbled_is_refused_although_the_token_is_right(telegram, body):
    found = received(telegram, make_request(body, SIGNED))
    assert (found.status, found.messages) == (400, [])


def test_what_is_of_a_strange_shape_is_acknowledged_so_that_it_does_not_come_again(telegram):
    body = {"update_id": 2, "message": {"from": 5, "chat": []}}
    assert received(telegram, make_request(body, SIGNED)).status == 200


def test_a_huge_body_is_refused_unread(telegram):
    assert received(telegram, make_request(HUGE, SIGNED)).status == 413


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("/start", "hello"),
        ("/start ref-123", "hello"),
        ("/start my knee hurts", "start my knee hurts"),
        ("/help i cant breathe", "help i cant breathe"),
        ("/forget", "forget me"),
        ("/restart_all_now", "/restart_all_now"),
    ],
)
def test_a_command_is_read_as_what_it_means(telegram, typed, read):
    assert received(telegram, make_request(update(typed), SIGNED)).messages[0].text == read


@pytest.mark.parametrize(
    ("more", "kind"), [({"voice": {}}, None), ({"voice": {"file_id": "f"}}, "voice"), ({"photo": [1]}, "picture")]
)
def test_the_type_of_an_attachment_is_told(telegram, more, kind):
    assert received(telegram, make_request(update(**more), SIGNED)).messages[0].attachment_type == kind


def test_in_a_group_only_what_is_meant_for_the_bot_is_taken_on(telegram):
    mention = [{"type": "mention", "offset": 0, "length": 8}]
    telegram._username = "kneebot"
    assert received(telegram, make_request(group("my knee"), SIGNED)).messages == []
    assert (
        received(telegram, make_request(group("@someone my knee", number=2, entities=mention), SIGNED)).messages == []
    )
    found = received(telegram, make_request(group("@kneebot my knee", number=3, entities=mention), SIGNED)).messages
    assert [(one.text, one.reply_target["group"]) for one in found] == [("my knee", True)]


@pytest.mark.parametrize(
    "body", [update(**{"from": {"id": 8, "is_bot": True}}), {"update_id": 1, "edited_message": update()["message"]}]
)
def test_bots_and_edits_are_ignored(telegram, body):
    assert received(telegram, make_request(body, SIGNED)).messages == []
    assert telegram.counts["ignored"] == 1


def test_a_pressed_button_is_looked_up_when_it_is_answered(telegram):
    keyboard = asyncio.run(telegram._keyboard([{"title": "My medicines", "payload": "/ask_medicines"}]))
    key = keyboard["inline_keyboard"][0][0]["callback_data"]
    assert len(key) <= 64
    query = {"id": "q", "from": {"id": 7}, "message": {"chat": {"id": 7}}, "data": key}
    pressed = received(telegram, make_request({"update_id": 5, "callback_query": query}, SIGNED)).messages[0]
    assert asyncio.run(telegram.hydrate(pressed)).text == "/ask_medicines"
    assert [request.path for request in telegram.first_requests(pressed)] == ["/answerCallbackQuery"]


def test_an_answer_is_html_with_a_plain_fallback(telegram):
    incoming = received(telegram, make_request(update(), SIGNED)).messages[0]
    answer = {"text": "What to do: rest <now>"}
    (request,) = asyncio.run(telegram.to_requests(answer, ReplyContext(incoming)))
    assert request.json["text"] == "<b>What to do:</b> rest &lt;now&gt;"
    assert request.fallback.json == {"chat_id": 7, "text": "What to do: rest <now>"}


@pytest.mark.parametrize(
    ("response", "means"),
    [
        (Response(200, {"ok": True}), {"is_accepted": True}),
        (Response(200, {"ok": False, "description": "odd"}), {"is_accepted": False, "should_retry": False}),
        (Response(429, {"parameters": {"retry_after": 7}}), {"should_retry": True, "retry_after": 7}),
        (Response(429, {}, 3.0), {"should_retry": True, "retry_after": 3.0}),
        (Response(400, {"description": "Bad Request: chat not found"}), {"is_unreachable": True}),
        (
            Response(400, {"description": "Bad Request: can't parse entities"}),
            {"is_unreachable": False, "should_retry": False},
        ),
        (Response(502, {}), {"should_retry": True, "retry_after": None}),
    ],
)
def test_a_response_means_what_telegram_says(response, means):
    outcome = classify(response)
    assert {name: getattr(outcome, name) for name in means} == means


def test_a_secret_that_telegram_does_not_take_is_one_sentence(switch_on):
    with pytest.raises(Exception, match="TELEGRAM_WEBHOOK_SECRET") as error:
        switch_on(Telegram, {**TELEGRAM, "TELEGRAM_WEBHOOK_SECRET": "no blanks please"})
    assert type(error.value).__name__ == "SettingError"

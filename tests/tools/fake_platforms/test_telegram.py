"""The fake Telegram takes what is valid, refuses what is not, and delivers as Telegram does."""

import json

import pytest
import requests

from tests.tools.fake_platforms.sending import PERSON, PICTURE, keyboard, to_telegram


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("getMe", {}),
        ("setWebhook", {"url": "https://assistant.example/webhooks/telegram/webhook", "secret_token": "a_B-9" * 51}),
        ("deleteWebhook", {}),
        ("sendMessage", {"text": "x" * 4096}),
        ("sendMessage", {"text": f"<b>{'x' * 4096}</b>", "parse_mode": "HTML"}),
        ("sendMessage", {"text": "5 &lt; 6 &amp; <i>so <b>on</b></i>", "parse_mode": "HTML"}),
        ("sendMessage", {"text": "a", "reply_markup": keyboard({"text": "Yes", "callback_data": "x" * 64})}),
        ("sendMessage", {"text": "a", "reply_markup": json.dumps(keyboard({"text": "Yes", "url": PICTURE}))}),
        ("sendPhoto", {"photo": PICTURE, "caption": "x" * 1024}),
        ("sendChatAction", {"action": "typing"}),
    ],
)
def test_telegram_takes_what_is_valid(telegram, method, parameters):
    reply = to_telegram(telegram, method, **parameters)
    assert reply.json()["ok"], reply.text
    assert telegram.violations == []


@pytest.mark.parametrize(
    ("method", "parameters", "violation"),
    [
        ("sendMessage", {"text": ""}, "text is missing"),
        ("sendMessage", {"text": "  "}, "text is empty"),
        ("sendMessage", {"text": "x" * 4097}, "text is longer than 4096 characters"),
        ("sendMessage", {"text": "a", "chat_id": None}, "chat_id is missing"),
        ("sendMessage", {"text": "a", "chat_id": "someone"}, "chat_id is no chat"),
        ("sendMessage", {"text": "a", "parse_mode": "html5"}, "parse_mode"),
        ("sendMessage", {"text": "5 < 6", "parse_mode": "HTML"}, "Unsupported start tag"),
        ("sendMessage", {"text": "<b>a", "parse_mode": "HTML"}, "Can't find end tag"),
        ("sendMessage", {"text": "a", "reply_markup": keyboard({"text": "Yes"})}, "0 of the fields"),
        ("sendMessage", {"text": "a", "reply_markup": {"inline_keyboard": [{"text": "Yes"}]}}, "not of type array"),
        ("sendMessage", {"text": "a", "reply_markup": keyboard({"callback_data": "a"})}, "lacks text"),
        (
            "sendMessage",
            {"text": "a", "reply_markup": keyboard({"text": "Yes", "callback_data": "é" * 33})},
            "callback_data is longer than 64 bytes",
        ),
        ("sendPhoto", {"photo": PICTURE, "caption": "x" * 1025}, "caption is longer than 1024 characters"),
        ("sendPhoto", {"photo": "http://127.0.0.1/a.png"}, "no public address"),
        ("sendChatAction", {"action": "thinking"}, "action is none of"),
        ("setWebhook", {"url": "http://assistant.example/a"}, "not https"),
        ("setWebhook", {"url": "https://assistant.example:5005/a"}, "port 5005"),
        ("setWebhook", {"url": "https://assistant.example/a", "secret_token": "a:b"}, "secret_token"),
        ("setWebhook", {"url": "https://assistant.example/a", "secret_token": "a" * 257}, "secret_token"),
        ("answerCallbackQuery", {"callback_query_id": "1"}, "no such callback_query_id"),
        ("editMessageReplyMarkup", {"chat_id": 1, "message_id": 1}, "no such message"),
        ("sendNothing", {}, "no such method"),
    ],
)
def test_telegram_refuses_what_is_not(telegram, method, parameters, violation):
    reply = to_telegram(telegram, method, **parameters)
    assert reply.status_code == (404 if method == "sendNothing" else 400)
    assert reply.json()["ok"] is False
    assert violation in telegram.violations[0]
    assert telegram.violations[0].startswith(f"{method}: ")
    assert telegram.sent == []


def test_telegram_says_what_it_cannot_read_as_its_server_does(telegram):
    reply = to_telegram(telegram, text="é <script>", parse_mode="HTML")
    expected = 'Bad Request: can\'t parse entities: Unsupported start tag "script" at byte offset 3'
    assert reply.json() == {"ok": False, "error_code": 400, "description": expected}


def test_telegrams_buttons_are_pressed_answered_and_taken_away(telegram):
    to_telegram(telegram, text="Does it hurt?", reply_markup=keyboard({"text": "Yes", "callback_data": "a1"}))
    (sent,) = telegram.sent
    assert [(one.title, one.value) for one in sent.buttons] == [("Yes", "a1")]
    query = json.loads(telegram.press(PERSON["telegram"], sent, "Yes").body)["callback_query"]
    assert query["data"] == "a1"
    assert query["message"]["message_id"] == int(sent.id)
    assert to_telegram(telegram, "answerCallbackQuery", callback_query_id=query["id"]).ok
    edit = {"chat_id": PERSON["telegram"], "message_id": int(sent.id)}
    assert to_telegram(telegram, "editMessageReplyMarkup", **edit).ok
    assert to_telegram(telegram, "editMessageReplyMarkup", **edit).status_code == 400
    assert (len(telegram.edited), telegram.edited[0].buttons) == (1, [])
    with pytest.raises(ValueError, match="No button"):
        telegram.press(PERSON["telegram"], sent, "No")


def test_telegram_takes_forms(telegram):
    markup = json.dumps(keyboard({"text": "Yes", "callback_data": "a1"}))
    data = {"chat_id": "5", "text": "Hello", "reply_markup": markup}
    assert requests.post(f"{telegram.base}/bot{telegram.token}/sendMessage", data=data, timeout=5).ok
    assert telegram.sent[0].buttons[0].value == "a1"


def test_telegram_delivers_with_the_secret_that_the_bot_set(telegram):
    header = "X-Telegram-Bot-Api-Secret-Token"
    assert telegram.message("5", "Hello").headers[header] == telegram.webhook_secret
    to_telegram(telegram, "setWebhook", url="https://assistant.example/elsewhere", secret_token="another")
    delivery = telegram.message("5", "Hello")
    assert (delivery.path, delivery.headers[header]) == ("/elsewhere", "another")


@pytest.mark.parametrize("kind", ["voice", "photo", "sticker", "location", "contact", "document"])
def test_telegrams_other_messages(telegram, kind):
    message = json.loads(getattr(telegram, kind)(PERSON["telegram"], id=7).body)
    assert message["update_id"] == 7
    assert kind in message["message"]


def test_telegrams_groups_bots_and_edits(telegram):
    group = json.loads(telegram.group_message("5", "my knee", mentioned=True).body)["message"]
    assert group["chat"]["type"] == "supergroup"
    assert group["entities"][0]["type"] == "mention"
    assert json.loads(telegram.from_bot("Hi").body)["message"]["from"]["is_bot"]
    assert json.loads(telegram.edit("5", "Oh").body)["edited_message"]["text"] == "Oh"
    assert json.loads(telegram.join("5").body)["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert json.loads(telegram.leave("5").body)["my_chat_member"]["new_chat_member"]["status"] == "kicked"

"""The fake Messenger takes what is valid, refuses what is not, and delivers as Messenger does."""

import hashlib
import hmac
import json

import pytest
import requests

from tests.tools.fake_platforms.sending import PERSON, PICTURE, quick, template, to_messenger


@pytest.mark.parametrize(
    "parameters",
    [
        {"message": {"text": "x" * 2000}},
        {"message": {"text": "a", "quick_replies": [quick(f"{n:020}", "x" * 1000) for n in range(13)]}},
        {"message": template("x" * 640, 3, "x" * 20)},
        {"message": {"attachment": {"type": "image", "payload": {"url": PICTURE, "is_reusable": True}}}},
        {"sender_action": "typing_on"},
    ],
)
def test_messenger_takes_what_is_valid(messenger, parameters):
    reply = to_messenger(messenger, **parameters)
    assert reply.json()["recipient_id"] == PERSON["messenger"], reply.text
    assert messenger.violations == []
    assert len(messenger.sent) == ("message" in parameters)


@pytest.mark.parametrize(
    ("parameters", "violation"),
    [
        ({}, "not one of message and sender_action"),
        ({"message": {"text": "a"}, "sender_action": "typing_on"}, "not one of message and sender_action"),
        ({"sender_action": "thinking"}, "sender_action is none of"),
        ({"recipient": {}, "message": {"text": "a"}}, "recipient lacks id"),
        ({"recipient": {"id": "alex"}, "message": {"text": "a"}}, "recipient.id"),
        ({"message": {"text": "a"}, "messaging_type": "REPLY"}, "messaging_type is none of"),
        ({"message": {"text": "a"}, "messaging_type": None}, "messaging_type"),
        ({"message": {}}, "not one of message.text and message.attachment"),
        ({"message": {"text": ""}}, "message.text is empty"),
        ({"message": {"text": "x" * 2001}}, "message.text is longer than 2000 characters"),
        ({"message": {"text": "a", "buttons": []}}, "unknown buttons"),
        ({"message": {"text": "a", "quick_replies": [quick(str(n)) for n in range(14)]}}, "more than 13 items"),
        ({"message": {"text": "a", "quick_replies": [quick("x" * 21)]}}, "title is longer than 20"),
        ({"message": {"text": "a", "quick_replies": [quick(payload="x" * 1001)]}}, "payload is longer than 1000"),
        ({"message": {"text": "a", "quick_replies": [quick(content_type="postback")]}}, "content_type is not 'text'"),
        ({"message": {"text": "a", "quick_replies": [{"content_type": "text"}]}}, "lacks title, payload"),
        ({"message": template("x" * 641)}, "text is longer than 640"),
        ({"message": template(buttons=4)}, "more than 3 items"),
        ({"message": template(title="x" * 21)}, "title is longer than 20"),
        ({"message": {"attachment": {"type": "image", "payload": {}}}}, "no public address"),
    ],
)
def test_messenger_refuses_what_is_not(messenger, parameters, violation):
    reply = to_messenger(messenger, **parameters)
    assert reply.status_code == 400
    assert reply.json()["error"].keys() >= {"message", "type", "code", "fbtrace_id"}
    assert reply.json()["error"]["code"] == 100
    assert violation in messenger.violations[0]
    assert messenger.sent == []


def test_messenger_wants_a_version_and_takes_a_bearer(messenger):
    assert to_messenger(messenger, version="messages", message={"text": "a"}).json()["error"]["code"] == 2500
    headers = {"Authorization": f"Bearer {messenger.token}"}
    body = {"recipient": {"id": "1"}, "messaging_type": "RESPONSE", "message": {"text": "a"}}
    assert requests.post(f"{messenger.base}/v21.0/me/messages", json=body, headers=headers, timeout=5).ok


def test_messengers_buttons_and_quick_replies_are_pressed(messenger):
    to_messenger(messenger, message={"text": "Does it hurt?", "quick_replies": [quick("Yes", "a1")]})
    to_messenger(messenger, message=template())
    chosen, below = messenger.sent
    person = PERSON["messenger"]
    event = json.loads(messenger.press(person, chosen, "Yes").body)["entry"][0]["messaging"][0]
    assert (event["message"]["text"], event["message"]["quick_reply"]) == ("Yes", {"payload": "a1"})
    event = json.loads(messenger.press(person, below, "Yes").body)["entry"][0]["messaging"][0]
    assert (event["postback"]["title"], event["postback"]["payload"]) == ("Yes", "a0")
    assert below.text == "Does it hurt?"


def test_messengers_deliveries_are_signed_over_the_escaped_body(messenger):
    delivery = messenger.message(PERSON["messenger"], "é 1/2 😀")
    assert b"\\u00e9 1\\/2 \\ud83d" in delivery.body
    for name, method in (("X-Hub-Signature", "sha1"), ("X-Hub-Signature-256", "sha256")):
        proof = hmac.new(messenger.app_secret.encode(), delivery.body, getattr(hashlib, method)).hexdigest()
        assert delivery.headers[name] == f"{method}={proof}"
        assert delivery.wrongly_signed().headers[name] != delivery.headers[name]
        assert name not in delivery.unsigned().headers


def test_messengers_other_events(messenger):
    person = PERSON["messenger"]

    def event(delivery):
        return json.loads(delivery.body)["entry"][0]["messaging"][0]

    for kind, name in (("voice", "audio"), ("photo", "image"), ("location", "location"), ("document", "file")):
        assert event(getattr(messenger, kind)(person))["message"]["attachments"][0]["type"] == name
    assert event(messenger.sticker(person))["message"]["attachments"][0]["payload"]["sticker_id"]
    assert event(messenger.edit(person, "oh"))["message_edit"]["text"] == "oh"
    assert event(messenger.echo(person, "hi"))["message"]["is_echo"]
    assert event(messenger.from_bot(person, "hi"))["sender"]["id"] == messenger.page
    assert event(messenger.message(person, "hi", id="m_1"))["message"]["mid"] == "m_1"
    assert event(messenger.join(person))["postback"]["payload"] == "GET_STARTED"
    both = messenger.deliver(messenger.text_event(person, "one"), messenger.text_event("8", "two"))
    assert len(json.loads(both.body)["entry"]) == 2
    asked = messenger.verification()
    assert (asked.method, asked.query["hub.verify_token"]) == ("GET", messenger.verify_token)
    assert messenger.verification("wrong").query["hub.verify_token"] == "wrong"

"""The fake Slack takes what is valid, refuses what is not, and delivers as Slack does."""

import json
import time
from urllib.parse import parse_qs

import pytest
import requests
from slack_sdk.signature import SignatureVerifier

from tests.tools.fake_platforms.sending import PERSON, PICTURE, actions, button, section, to_slack


@pytest.mark.parametrize(
    "arguments",
    [
        {"text": "1 &lt; 2 &amp; <https://assistant.example/?a=1&amp;b=2|here> <@U0ALEX0001>\n> quoted"},
        {"text": "a", "blocks": [section("x" * 3000)]},
        {"text": "a", "blocks": [section()] * 50},
        {"text": "a", "blocks": [actions(*(button(str(n), action_id=f"a{n}", value="x" * 2000) for n in range(5)))]},
        {"text": "a", "blocks": [{"type": "image", "image_url": PICTURE, "alt_text": "A knee"}, {"type": "divider"}]},
        {"text": "a", "blocks": [{"type": "context", "elements": [{"type": "mrkdwn", "text": "small"}]}]},
        {"text": "a", "blocks": [section("1 < 2 & 3", "plain_text")]},
    ],
)
def test_slack_takes_what_is_valid(slack, arguments):
    reply = to_slack(slack, **arguments).json()
    assert reply["ok"], reply
    assert reply["channel"] == slack.address_of(PERSON["slack"])
    assert slack.violations == []


@pytest.mark.parametrize(
    ("arguments", "error", "violation"),
    [
        ({}, "no_text", "neither text nor blocks"),
        ({"text": "a", "channel": "general"}, "channel_not_found", "channel"),
        ({"text": "x" * 40_001}, "msg_too_long", "40000"),
        ({"text": "a", "blocks": [section()] * 51}, "invalid_blocks", "more than 50 blocks"),
        ({"text": "a", "blocks": [section("x" * 3001)]}, "invalid_blocks", "3000"),
        ({"text": "a", "blocks": [section("")]}, "invalid_blocks", "empty"),
        ({"text": "a", "blocks": [{"type": "section"}]}, "invalid_blocks", "section"),
        ({"text": "a", "blocks": [{**section(), "colour": "red"}]}, "invalid_blocks", "unknown colour"),
        ({"text": "a", "blocks": [actions()]}, "invalid_blocks", "fewer than 1"),
        ({"text": "a", "blocks": [actions(button("x" * 76))]}, "invalid_blocks", "75"),
        ({"text": "a", "blocks": [actions(button(value="x" * 2001))]}, "invalid_blocks", "2000"),
        ({"text": "a", "blocks": [actions(button(action_id="x" * 256))]}, "invalid_blocks", "255"),
        (
            {"text": "a", "blocks": [actions(button(action_id="a"), button("No", action_id="a"))]},
            "invalid_blocks",
            "twice",
        ),
        ({"text": "a", "blocks": [actions(*(button(str(n)) for n in range(26)))]}, "invalid_blocks", "25"),
        ({"text": "a", "blocks": [{"type": "image", "image_url": PICTURE}]}, "invalid_blocks", "lacks alt_text"),
        (
            {"text": "a", "blocks": [{"type": "image", "image_url": "http://localhost/a.png", "alt_text": "A"}]},
            "invalid_blocks",
            "no public address",
        ),
    ],
)
def test_slack_refuses_what_is_not(slack, arguments, error, violation):
    reply = to_slack(slack, **arguments)
    assert (reply.status_code, reply.json()["ok"], reply.json()["error"]) == (200, False, error)
    assert violation in slack.violations[0]
    assert slack.sent == []


@pytest.mark.parametrize(
    ("arguments", "violation"),
    [
        ({"text": "a & b"}, "& not escaped"),
        ({"text": "1 < 2 > 1"}, "< and > not escaped"),
        ({"text": "a", "blocks": [section("<b>a</b>")]}, "< and > not escaped"),
        ({"blocks": [section()]}, "without text"),
        ({"text": "a", "blocks": [actions(*(button(str(n)) for n in range(6)))]}, "more than 5 buttons"),
        ({"text": "a", "txt": "a"}, "unknown argument txt"),
    ],
)
def test_slack_takes_but_tells_what_is_wrong(slack, arguments, violation):
    assert to_slack(slack, **arguments).json()["ok"]
    assert violation in slack.violations[0]
    assert len(slack.sent) == 1


def test_slacks_buttons_are_pressed_and_taken_away(slack):
    blocks = [section(), actions(button("Yes & more", action_id="a", value="a1"))]
    to_slack(slack, text="Does it hurt?", blocks=blocks)
    (sent,) = slack.sent
    assert (sent.text, sent.buttons[0].value) == ("Does it hurt?", "a1")
    delivery = slack.press(PERSON["slack"], sent, "Yes & more")
    payload = json.loads(parse_qs(delivery.body.decode())["payload"][0])
    assert payload["type"] == "block_actions"
    assert (payload["actions"][0]["value"], payload["actions"][0]["text"]["text"]) == ("a1", "Yes &amp; more")
    assert SignatureVerifier(slack.signing_secret).is_valid_request(delivery.body, delivery.headers)
    update = {"channel": sent.recipient, "ts": sent.id, "text": "Does it hurt?", "blocks": [section()]}
    assert to_slack(slack, "chat.update", **update).json()["ok"]
    assert slack.edited[0].buttons == []
    assert to_slack(slack, "chat.update", **{**update, "ts": "1.1"}).json()["error"] == "message_not_found"
    answered = requests.post(payload["response_url"], json={"text": "Thanks"}, timeout=5)
    assert (answered.status_code, answered.text) == (200, "ok")
    assert slack.violations == ["chat.update: no such message (message_not_found)"]


def test_slack_knows_its_methods(slack):
    assert to_slack(slack, "auth.test").json()["user_id"] == slack.bot_user
    assert to_slack(slack, "chat.shout").json()["error"] == "unknown_method"


def test_slacks_deliveries_are_signed(slack):
    verifier = SignatureVerifier(slack.signing_secret)
    old = slack.message(PERSON["slack"], "Hello", at=time.time() - 600)
    for delivery in (slack.message(PERSON["slack"], "Hello é"), slack.challenge(), slack.voice(PERSON["slack"])):
        assert verifier.is_valid_request(delivery.body, delivery.headers)
        assert not verifier.is_valid_request(delivery.body, delivery.wrongly_signed().headers)
        assert not verifier.is_valid_request(delivery.body, delivery.unsigned().headers)
    assert not verifier.is_valid_request(old.body, old.headers)


def test_slacks_events(slack):
    person = PERSON["slack"]
    message = json.loads(slack.message(person, "1 < 2", id="Ev1").body)
    assert message["event_id"] == "Ev1"
    assert (message["event"]["text"], message["event"]["channel_type"]) == ("1 &lt; 2", "im")
    mention = json.loads(slack.group_message(person, "hi", mentioned=True, ts="1.5").body)["event"]
    twin = json.loads(slack.group_message(person, "hi", mentioned=True, as_message=True, ts="1.5").body)["event"]
    assert (mention["type"], twin["type"], mention["ts"]) == ("app_mention", "message", twin["ts"])
    assert json.loads(slack.edit(person, "oh").body)["event"]["message"]["text"] == "oh"
    assert json.loads(slack.echo(person, "hi").body)["event"]["bot_id"] == slack.bot
    assert json.loads(slack.from_bot("hi").body)["event"]["subtype"] == "bot_message"
    assert json.loads(slack.join(person).body)["event"]["type"] == "member_joined_channel"
    assert json.loads(slack.delete(person).body)["event"]["subtype"] == "message_deleted"
    for kind in (slack.voice, slack.photo, slack.document):
        assert json.loads(kind(person).body)["event"]["subtype"] == "file_share"
    assert slack.message(person, "Hello", retry=1).headers["X-Slack-Retry-Num"] == "1"

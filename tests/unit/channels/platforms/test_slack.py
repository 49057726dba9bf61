"""Slack's webhook: signed requests, events and presses, what a response means."""

import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

import pytest

from channels.messaging.client import Response
from channels.platforms.slack import Slack, classify, escaped, plain
from tests.unit.channels.helpers import HUGE, make_request, received
from tests.unit.channels.platform_settings import SLACK

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def slack(switch_on):
    return switch_on(Slack, SLACK)


def signed(content, key="signing", age=0, kind="application/json"):
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    timestamp = str(int(time.time() - age))
    base = b"v0:" + timestamp.encode() + b":" + body
    signature = "v0=" + hmac.new(key.encode(), base, hashlib.sha256).hexdigest()
    headers = {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature, "Content-Type": kind}
    return make_request(body, headers)


def event(text="my knee cramps", id_="Ev1", **more):
    said = {"type": "message", "channel_type": "im", "user": "U1", "channel": "D1", "ts": "1.0", "text": text, **more}
    return {"type": "event_callback", "event_id": id_, "event": said}


def press(payload="/ask_causes"):
    content = {
        "type": "block_actions",
        "user": {"id": "U1"},
        "channel": {"id": "D1"},
        "trigger_id": "t1",
        "actions": [{"type": "button", "value": payload}],
    }
    return urlencode({"payload": json.dumps(content)}).encode()


def test_a_signed_message_is_taken_on(slack):
    found = received(slack, signed(event()))
    assert found.status == 200
    assert [(one.text, one.reply_target["channel"]) for one in found.messages] == [("my knee cramps", "D1")]


def test_a_wrong_signature_is_refused(slack):
    found = received(slack, signed(event(), key="another"))
    assert (found.status, found.messages) == (401, [])


@pytest.mark.parametrize("header", ["X-Slack-Request-Timestamp", "X-Slack-Signature"])
def test_a_missing_header_is_refused(slack, header):
    request = signed(event())
    del request.headers[header]
    assert received(slack, request).status == 401


@pytest.mark.parametrize("timestamp", ["", "soon", "nan", "9" * 400])
def test_a_garbled_timestamp_is_refused(slack, timestamp):
    request = signed(event())
    request.headers["X-Slack-Request-Timestamp"] = timestamp
    assert received(slack, request).status == 401


def test_a_changed_body_is_refused(slack):
    request = signed(event())
    request.body = request.body.replace(b"cramps", b"is ok ")
    assert received(slack, request).status == 401


@pytest.mark.parametrize(("age", "status"), [(0, 200), (250, 200), (400, 401), (-400, 401)])
def test_a_replayed_request_is_good_for_five_minutes(slack, age, status):
    assert received(slack, signed(event(), age=age)).status == status


def test_within_them_it_is_taken_on_once(slack):
    assert [len(received(slack, signed(event())).messages) for _ in range(2)] == [1, 0]


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{"])
def test_what_is_garbled_is_refused_although_it_is_signed(slack, body):
    assert received(slack, signed(body)).status == 400


def test_a_huge_body_is_refused_unread(slack):
    assert received(slack, signed(HUGE)).status == 413


def test_the_trial_of_the_address_is_answered_only_where_it_is_signed(slack):
    content = {"type": "url_verification", "challenge": "c-1"}
    assert json.loads(slack.read(signed(content)).body) == {"challenge": "c-1"}
    assert received(slack, signed(content, key="another")).status == 401


def test_a_press_is_read_from_a_form(slack):
    found = received(slack, signed(press(), kind=FORM))
    assert [one.text for one in found.messages] == ["/ask_causes"]


def test_a_form_without_a_payload_is_nobodys_message(slack):
    found = received(slack, signed(b"ssl_check=1", kind=FORM))
    assert (found.status, found.messages) == (200, [])


@pytest.mark.parametrize(
    "more",
    [
        {"bot_id": "B1"},
        {"subtype": "message_changed"},
        {"edited": {"ts": "2.0"}},
        {"user": "USLACKBOT"},
        {"channel_type": "channel", "channel": "C1"},
    ],
)
def test_bots_edits_and_what_others_say_to_each_other_are_ignored(slack, more):
    assert received(slack, signed(event(**more))).messages == []


def test_a_mention_is_answered_in_its_thread(slack):
    more = {"type": "app_mention", "channel": "C1", "channel_type": "channel"}
    (found,) = received(slack, signed(event("<@UBOT> does it help", **more))).messages
    assert found.text == "does it help"
    assert found.reply_target == {"channel": "C1", "thread": "1.0", "group": True}


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("<@UBOT> does it help", "does it help"),
        ("does it help <@UBOT|knee>?", "does it help ?"),
        ("see <https://x.example|x.example> &amp; &lt;b&gt;", "see x.example & <b>"),
        ("ask <@U2> in <#C1|general> <!here>", "ask in general"),
        ("two\n  lines", "two\nlines"),
    ],
)
def test_slacks_markup_is_read_as_what_was_typed(typed, read):
    assert plain(typed, frozenset({"UBOT"}), is_mention=True) == read


def test_the_first_mention_goes_where_the_bot_is_not_known():
    assert plain("<@U9> it hurts", frozenset(), is_mention=True) == "it hurts"


def test_what_is_sent_holds_no_markup_of_others():
    assert escaped("<!channel> & <@U1>") == "&lt;!channel&gt; &amp; &lt;@U1&gt;"


@pytest.mark.parametrize(
    ("response", "means"),
    [
        (Response(200, {"ok": True}), {"is_accepted": True}),
        (Response(200, {"ok": False, "error": "ratelimited"}, 2.0), {"should_retry": True, "retry_after": 2.0}),
        (Response(200, {"ok": False, "error": "invalid_blocks"}), {"is_accepted": False, "is_unreachable": False}),
        (Response(200, {"ok": False, "error": "channel_not_found"}), {"is_unreachable": True}),
        (Response(429, {}, 5.0), {"should_retry": True, "retry_after": 5.0}),
    ],
)
def test_a_response_means_what_slack_says(response, means):
    outcome = classify(response)
    assert {name: getattr(outcome, name) for name in means} == means

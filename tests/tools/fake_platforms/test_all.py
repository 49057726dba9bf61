"""The stand-ins: they take what is lawful, refuse what is not, sign for real, and fail when told to."""

import hashlib
import hmac
import json
import threading
import time
from urllib.parse import parse_qs, parse_qsl

import pytest
import requests
from slack_sdk.signature import SignatureVerifier
from twilio.request_validator import RequestValidator

from tools.fake_platforms import all_stand_ins
from tools.fake_platforms.telegram_html import UnreadableError, visible
from tools.fake_platforms.twilio import segments
from tools.fake_platforms.webhook_request import Post

PERSON = {"telegram": "5550101", "slack": "U0ALEX0001", "twilio": "+12025550101", "messenger": "7712345678901234"}
PLATFORMS = list(PERSON)
PICTURE = "https://assistant.example/knee.png"


@pytest.fixture(scope="module")
def started():
    with all_stand_ins() as four:
        yield four


@pytest.fixture
def four(started):
    yield started
    for one in started.each():
        one.heal()
        one.forget()
    started.telegram.webhook = None


@pytest.fixture
def telegram(four):
    return four.telegram


@pytest.fixture
def slack(four):
    return four.slack


@pytest.fixture
def twilio(four):
    return four.twilio


@pytest.fixture
def messenger(four):
    return four.messenger


def to_telegram(one, method="sendMessage", token=None, **parameters):
    if method.startswith("send"):
        parameters = {"chat_id": int(PERSON["telegram"]), **parameters}
    return requests.post(f"{one.base}/bot{token or one.token}/{method}", json=parameters, timeout=5)


def to_slack(one, method="chat.postMessage", token=None, **arguments):
    if method == "chat.postMessage":
        arguments = {"channel": one.address_of(PERSON["slack"]), **arguments}
    headers = {"Authorization": f"Bearer {token or one.token}"}
    return requests.post(f"{one.base}/{method}", json=arguments, headers=headers, timeout=5)


def to_twilio(one, token=None, **fields):
    address = f"{one.base}/2010-04-01/Accounts/{one.account}/Messages.json"
    data = {"To": PERSON["twilio"], "From": one.number, **fields}
    return requests.post(address, data=data, auth=(one.account, token or one.token), timeout=5)


def to_messenger(one, token=None, version="v19.0", **parameters):
    body = {"recipient": {"id": PERSON["messenger"]}, **parameters}
    if "message" in body:
        body = {"messaging_type": "RESPONSE", **body}
    address = f"{one.base}/{version}/me/messages"
    return requests.post(address, json=body, params={"access_token": token or one.token}, timeout=5)


def say(four, platform, text):
    return {
        "telegram": lambda: to_telegram(four.telegram, text=text),
        "slack": lambda: to_slack(four.slack, text=text),
        "twilio": lambda: to_twilio(four.twilio, Body=text),
        "messenger": lambda: to_messenger(four.messenger, message={"text": text}),
    }[platform]()


def keyboard(*buttons):
    return {"inline_keyboard": [[button] for button in buttons]}


def button(title="Yes", **more):
    return {"type": "button", "text": {"type": "plain_text", "text": title}, **more}


def section(text="Does it hurt?", kind="mrkdwn"):
    return {"type": "section", "text": {"type": kind, "text": text}}


def actions(*buttons):
    return {"type": "actions", "elements": list(buttons)}


def quick(title="Yes", payload="a1", **more):
    return {"content_type": "text", "title": title, "payload": payload, **more}


def template(text="Does it hurt?", buttons=1, title="Yes"):
    below = [{"type": "postback", "title": title, "payload": f"a{number}"} for number in range(buttons)]
    payload = {"template_type": "button", "text": text, "buttons": below}
    return {"attachment": {"type": "template", "payload": payload}}


# Every platform


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_text_is_accepted_and_kept(four, platform):
    one = getattr(four, platform)
    assert say(four, platform, "Rest & stretch, then see?").ok
    (sent,) = one.wait_for(1, PERSON[platform], timeout=2)
    assert sent.text == "Rest & stretch, then see?"
    assert sent.recipient == one.address_of(PERSON[platform])
    assert sent.id
    assert time.time() - sent.at < 5
    assert one.problems == ([] if platform != "slack" else ["chat.postMessage: text: & not escaped"])


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("text", ["/affirm", 'Pick one: /inform{"tier":"a"}'])
def test_a_payload_in_a_visible_text_is_a_problem(four, platform, text):
    say(four, platform, text)
    assert "payload /" in getattr(four, platform).problems[-1]


@pytest.mark.parametrize("text", ["and/or", "see https://assistant.example/help", "120/80", "a /b"])
def test_other_slashes_are_no_payload(telegram, text):
    to_telegram(telegram, text=text)
    assert telegram.problems == []


@pytest.mark.parametrize("platform", PLATFORMS)
def test_it_fails_so_many_times_and_then_answers(four, platform):
    one = getattr(four, platform)
    one.fail(503, times=2)
    assert [say(four, platform, "Hello").status_code for _ in range(2)] == [503, 503]
    assert say(four, platform, "Hello").ok
    assert (len(one.requests), len(one.sent), one.problems) == (3, 1, [])


@pytest.mark.parametrize("platform", PLATFORMS)
def test_it_fails_until_it_is_healed_and_for_one_person_only(four, platform):
    one = getattr(four, platform)
    one.fail(500, recipient=PERSON[platform])
    assert not say(four, platform, "Hello").ok
    one.heal()
    assert say(four, platform, "Hello").ok
    one.fail(500, recipient="C0ANOTHER1")
    assert say(four, platform, "Hello").ok


def test_each_platform_says_too_many_in_its_own_way(four):
    for one in four.each():
        one.fail(429, retry_after=7)
    told = {platform: say(four, platform, "Hello") for platform in PLATFORMS}
    assert {platform: reply.status_code for platform, reply in told.items()} == {
        "telegram": 429,
        "slack": 429,
        "twilio": 429,
        "messenger": 400,
    }
    assert told["telegram"].json()["parameters"] == {"retry_after": 7}
    assert told["slack"].json() == {"ok": False, "error": "ratelimited"}
    assert told["twilio"].json()["code"] == 20429
    assert told["messenger"].json()["error"]["code"] == 613
    assert told["slack"].headers["Retry-After"] == told["twilio"].headers["Retry-After"] == "7"
    assert "estimated_time_to_regain_access" in told["messenger"].headers["X-Business-Use-Case-Usage"]


def test_each_platform_says_blocked_in_its_own_way(four):
    for platform in PLATFORMS:
        getattr(four, platform).block(PERSON[platform])
    told = {platform: say(four, platform, "Hello") for platform in PLATFORMS}
    assert told["telegram"].status_code == 403
    assert told["telegram"].json()["description"] == "Forbidden: bot was blocked by the user"
    assert told["slack"].json() == {"ok": False, "error": "channel_not_found"}
    assert (told["twilio"].status_code, told["twilio"].json()["code"]) == (400, 21610)
    assert told["messenger"].json()["error"]["code"] == 551
    assert [one.sent for one in four.each()] == [[], [], [], []]
    assert four.problems() == []


def test_who_waits_long_enough_is_answered(telegram):
    telegram.hang(0.2, times=1)
    began = time.monotonic()
    assert to_telegram(telegram, text="Hello").ok
    assert time.monotonic() - began >= 0.2
    assert len(telegram.sent) == 1


def test_who_leaves_while_it_hangs_is_lost(telegram):
    telegram.hang(1)
    with pytest.raises(requests.Timeout):
        requests.post(f"{telegram.base}/bot{telegram.token}/sendMessage", json={"chat_id": 1, "text": "a"}, timeout=0.1)
    telegram.heal()
    time.sleep(0.2)
    assert (len(telegram.requests), telegram.sent) == (1, [])


def test_one_method_can_fail_alone(telegram):
    telegram.fail(400, call="sendPhoto")
    assert not to_telegram(telegram, "sendPhoto", photo=PICTURE).ok
    assert to_telegram(telegram, text="Hello").ok


def test_waiting_in_vain_names_what_there_is(telegram):
    to_telegram(telegram, text="Hello")
    with pytest.raises(AssertionError, match=r"1 of 2 messages(.|\n)*'Hello'"):
        telegram.wait_for(2, timeout=0.05)


def test_waiting_ends_when_the_message_comes(telegram):
    threading.Timer(0.1, to_telegram, (telegram,), {"text": "Hello"}).start()
    assert telegram.wait_for(1, PERSON["telegram"], timeout=5)[0].text == "Hello"


@pytest.mark.parametrize(
    ("send", "status", "code"),
    [
        (
            lambda four: to_telegram(four.telegram, text="a", token="1:wrong"),
            401,
            lambda body: body["error_code"] == 401,
        ),
        (lambda four: to_slack(four.slack, text="a", token="wrong"), 200, lambda body: body["error"] == "invalid_auth"),
        (lambda four: to_twilio(four.twilio, Body="a", token="wrong"), 401, lambda body: body["code"] == 20003),
        (
            lambda four: to_messenger(four.messenger, message={"text": "a"}, token="wrong"),
            400,
            lambda body: body["error"]["code"] == 190,
        ),
    ],
)
def test_a_wrong_token_is_refused(four, send, status, code):
    reply = send(four)
    assert reply.status_code == status
    assert code(reply.json())
    assert len(four.problems()) == 1


def test_the_settings_name_all_four(four):
    settings = four.environment()
    assert settings["PUBLIC_URL"] == "https://assistant.example"
    assert len(settings) == 16
    assert all(settings.values())
    assert settings["SLACK_API_BASE"].endswith("/api")


# Telegram


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
def test_telegram_takes_what_is_lawful(telegram, method, parameters):
    reply = to_telegram(telegram, method, **parameters)
    assert reply.json()["ok"], reply.text
    assert telegram.problems == []


@pytest.mark.parametrize(
    ("method", "parameters", "problem"),
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
def test_telegram_refuses_what_is_not(telegram, method, parameters, problem):
    reply = to_telegram(telegram, method, **parameters)
    assert reply.status_code == (404 if method == "sendNothing" else 400)
    assert reply.json()["ok"] is False
    assert problem in telegram.problems[0]
    assert telegram.problems[0].startswith(f"{method}: ")
    assert telegram.sent == []


def test_telegram_says_what_it_cannot_read_as_its_server_does(telegram):
    reply = to_telegram(telegram, text="é <script>", parse_mode="HTML")
    expected = 'Bad Request: can\'t parse entities: Unsupported start tag "script" at byte offset 3'
    assert reply.json() == {"ok": False, "error_code": 400, "description": expected}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('<a href="https://assistant.example/?a=1&amp;b=2">here</a>', "here"),
        ('<span class="tg-spoiler">x</span> &#39;y&#x27; &quot;z&quot;', "x 'y' \"z\""),
        ('<pre><code class="language-python">1 &lt; 2</code></pre>', "1 < 2"),
        ("<blockquote expandable>a</blockquote>", "a"),
    ],
)
def test_telegrams_html_is_read(text, shown):
    assert visible(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "<p>a</p>",
        "a<br>",
        "<b>a</i>",
        "a</b>",
        "<b><i>a</b></i>",
        "a & b",
        "a > b",
        "&nbsp;",
        "<span>a</span>",
        "<code><b>a</b></code>",
        '<b class="x">a</b>',
        "<",
        "<b",
    ],
)
def test_telegrams_html_is_refused(text):
    with pytest.raises(UnreadableError):
        visible(text)


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
    post = telegram.message("5", "Hello")
    assert (post.path, post.headers[header]) == ("/elsewhere", "another")


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


# Slack


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
def test_slack_takes_what_is_lawful(slack, arguments):
    reply = to_slack(slack, **arguments).json()
    assert reply["ok"], reply
    assert reply["channel"] == slack.address_of(PERSON["slack"])
    assert slack.problems == []


@pytest.mark.parametrize(
    ("arguments", "error", "problem"),
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
def test_slack_refuses_what_is_not(slack, arguments, error, problem):
    reply = to_slack(slack, **arguments)
    assert (reply.status_code, reply.json()["ok"], reply.json()["error"]) == (200, False, error)
    assert problem in slack.problems[0]
    assert slack.sent == []


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"text": "a & b"}, "& not escaped"),
        ({"text": "1 < 2 > 1"}, "< and > not escaped"),
        ({"text": "a", "blocks": [section("<b>a</b>")]}, "< and > not escaped"),
        ({"blocks": [section()]}, "without text"),
        ({"text": "a", "blocks": [actions(*(button(str(n)) for n in range(6)))]}, "more than 5 buttons"),
        ({"text": "a", "txt": "a"}, "unknown argument txt"),
    ],
)
def test_slack_takes_but_tells_what_is_wrong(slack, arguments, problem):
    assert to_slack(slack, **arguments).json()["ok"]
    assert problem in slack.problems[0]
    assert len(slack.sent) == 1


def test_slacks_buttons_are_pressed_and_taken_away(slack):
    blocks = [section(), actions(button("Yes & more", action_id="a", value="a1"))]
    to_slack(slack, text="Does it hurt?", blocks=blocks)
    (sent,) = slack.sent
    assert (sent.text, sent.buttons[0].value) == ("Does it hurt?", "a1")
    post = slack.press(PERSON["slack"], sent, "Yes & more")
    payload = json.loads(parse_qs(post.body.decode())["payload"][0])
    assert payload["type"] == "block_actions"
    assert (payload["actions"][0]["value"], payload["actions"][0]["text"]["text"]) == ("a1", "Yes &amp; more")
    assert SignatureVerifier(slack.signing_secret).is_valid_request(post.body, post.headers)
    update = {"channel": sent.recipient, "ts": sent.id, "text": "Does it hurt?", "blocks": [section()]}
    assert to_slack(slack, "chat.update", **update).json()["ok"]
    assert slack.edited[0].buttons == []
    assert to_slack(slack, "chat.update", **{**update, "ts": "1.1"}).json()["error"] == "message_not_found"
    answered = requests.post(payload["response_url"], json={"text": "Thanks"}, timeout=5)
    assert (answered.status_code, answered.text) == (200, "ok")
    assert slack.problems == ["chat.update: no such message (message_not_found)"]


def test_slack_knows_its_methods(slack):
    assert to_slack(slack, "auth.test").json()["user_id"] == slack.bot_user
    assert to_slack(slack, "chat.shout").json()["error"] == "unknown_method"


def test_slacks_deliveries_are_signed(slack):
    verifier = SignatureVerifier(slack.signing_secret)
    old = slack.message(PERSON["slack"], "Hello", at=time.time() - 600)
    for post in (slack.message(PERSON["slack"], "Hello é"), slack.challenge(), slack.voice(PERSON["slack"])):
        assert verifier.is_valid_request(post.body, post.headers)
        assert not verifier.is_valid_request(post.body, post.wrongly_signed().headers)
        assert not verifier.is_valid_request(post.body, post.unsigned().headers)
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


# Twilio


@pytest.mark.parametrize(
    "fields",
    [
        {"Body": "x" * 1600},
        {"MediaUrl": PICTURE},
        {"Body": "a", "MediaUrl": [PICTURE, PICTURE]},
        {"Body": "a", "StatusCallback": "https://assistant.example/webhooks/twilio/status"},
    ],
)
def test_twilio_takes_what_is_lawful(twilio, fields):
    reply = to_twilio(twilio, **fields)
    assert (reply.status_code, reply.json()["status"]) == (201, "queued")
    assert twilio.problems == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, 21619),
        ({"Body": " "}, 21619),
        ({"Body": "x" * 1601}, 21617),
        ({"Body": "a", "To": ""}, 21604),
        ({"Body": "a", "From": ""}, 21603),
        ({"Body": "a", "To": "202 555 0101"}, 21211),
        ({"Body": "a", "To": "+1202"}, 21211),
        ({"Body": "a", "From": "assistant"}, 21212),
        ({"Body": "a", "From": "+12025550100"}, 21606),
        ({"Body": "a", "To": "whatsapp:+12025550101"}, 21910),
        ({"Body": "a", "To": "whatsapp:+12025550101", "From": "whatsapp:+12025550100"}, 63007),
        ({"Body": "a", "MediaUrl": "http://127.0.0.1/a.png"}, 21620),
        ({"MediaUrl": [PICTURE] * 11}, 21623),
    ],
)
def test_twilio_refuses_what_is_not(twilio, fields, code):
    reply = to_twilio(twilio, **fields)
    assert (reply.status_code, reply.json()["status"], reply.json()["code"]) == (400, 400, code)
    assert str(code) in twilio.problems[0]
    assert twilio.sent == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("x" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("€" * 153, 3),
        ("x" * 152 + "€" + "x" * 152, 3),
        ("ç" * 71, 2),
        ("“" * 70, 1),
        ("“" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 67, 3),
    ],
)
def test_segments_are_counted(text, count):
    assert segments(text) == count


def test_whatsapp_is_a_channel_of_its_own(twilio):
    to = f"whatsapp:{PERSON['twilio']}"
    assert to_twilio(twilio, Body="x" * 500, To=to, From=f"whatsapp:{twilio.whatsapp_number}").status_code == 201
    assert to_twilio(twilio, Body="x" * 500).json()["num_segments"] == "4"
    assert [(sent.recipient, sent.segments) for sent in twilio.sent] == [(to, None), (PERSON["twilio"], 4)]


def test_twilios_deliveries_are_signed_with_their_blank_fields(twilio):
    validator = RequestValidator(twilio.token)
    address = f"{twilio.public_url}/webhooks/twilio/webhook"
    person = PERSON["twilio"]
    for post in (twilio.message(person, "Hi é"), twilio.message(person, "Hi", whatsapp=True), twilio.location(person)):
        fields = dict(parse_qsl(post.body.decode(), keep_blank_values=True))
        assert validator.validate(address, fields, post.headers["X-Twilio-Signature"])
        assert not validator.validate(address, fields, post.wrongly_signed().headers["X-Twilio-Signature"])
        assert "X-Twilio-Signature" not in post.unsigned().headers
    assert dict(parse_qsl(twilio.message(person, "Hi").body.decode(), keep_blank_values=True))["FromCity"] == ""


def test_twilios_other_deliveries(twilio):
    def fields(post):
        return dict(parse_qsl(post.body.decode(), keep_blank_values=True))

    person = PERSON["twilio"]
    assert fields(twilio.voice(person))["MediaContentType0"] == "audio/ogg"
    assert fields(twilio.photo(person, "my knee", whatsapp=False))["Body"] == "my knee"
    assert fields(twilio.button_reply(person, "Yes", "a1"))["ButtonPayload"] == "a1"
    assert fields(twilio.message(person, "Hi", id="SM1"))["MessageSid"] == "SM1"
    for kind in (twilio.sticker, twilio.contact, twilio.document):
        assert fields(kind(person))["NumMedia"] == "1"
    to_twilio(twilio, Body="a", StatusCallback="https://assistant.example/status?a=1")
    status = twilio.status(twilio.sent[0], "failed", 30003)
    assert (status.path, status.query, fields(status)["ErrorCode"]) == ("/status", {"a": "1"}, "30003")
    with pytest.raises(NotImplementedError):
        twilio.press(person, twilio.sent[0], "Yes")


# Messenger


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
def test_messenger_takes_what_is_lawful(messenger, parameters):
    reply = to_messenger(messenger, **parameters)
    assert reply.json()["recipient_id"] == PERSON["messenger"], reply.text
    assert messenger.problems == []
    assert len(messenger.sent) == ("message" in parameters)


@pytest.mark.parametrize(
    ("parameters", "problem"),
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
def test_messenger_refuses_what_is_not(messenger, parameters, problem):
    reply = to_messenger(messenger, **parameters)
    assert reply.status_code == 400
    assert reply.json()["error"].keys() >= {"message", "type", "code", "fbtrace_id"}
    assert reply.json()["error"]["code"] == 100
    assert problem in messenger.problems[0]
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
    post = messenger.message(PERSON["messenger"], "é 1/2 😀")
    assert b"\\u00e9 1\\/2 \\ud83d" in post.body
    for name, method in (("X-Hub-Signature", "sha1"), ("X-Hub-Signature-256", "sha256")):
        proof = hmac.new(messenger.app_secret.encode(), post.body, getattr(hashlib, method)).hexdigest()
        assert post.headers[name] == f"{method}={proof}"
        assert post.wrongly_signed().headers[name] != post.headers[name]
        assert name not in post.unsigned().headers


def test_messengers_other_events(messenger):
    person = PERSON["messenger"]

    def event(post):
        return json.loads(post.body)["entry"][0]["messaging"][0]

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


# Deliveries


def test_a_post_is_sent_as_it_is(telegram):
    post = Post(f"/bot{telegram.token}/getMe", {"X-Proof": "abcdef"}, b"", "GET", {"a": "1"}, ("X-Proof",))
    assert post.send(telegram.base).json()["ok"]
    assert telegram.requests[0].query == {"a": "1"}
    assert telegram.requests[0].headers["x-proof"] == "abcdef"
    assert post.wrongly_signed().headers == {"X-Proof": "abc0ef"}
    assert post.unsigned().headers == {}

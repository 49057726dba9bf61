"""The Bot Framework's webhook: whose token counts, for what, until when; a token of our own for answers."""

import asyncio
import time

import pytest

from channels.messaging.client import ApiClient, OutboundRequest, Response
from channels.messaging.output import ReplyContext
from channels.platforms.botframework import ISSUER, BotFramework
from tests.unit.channels.helpers import HUGE, bearer_token, make_request, received
from tests.unit.channels.platform_settings import BOTFRAMEWORK

SERVICE = "https://smba.example/emea/"


@pytest.fixture
def bot(switch_on, keys_published):
    return switch_on(BotFramework, BOTFRAMEWORK)


def token(audience="app-1", issuer=ISSUER, **more):
    return bearer_token(audience, issuer, **{"serviceurl": SERVICE, **more})


def activity(text="my knee cramps", **more):
    said = {
        "type": "message",
        "id": "a1",
        "channelId": "msteams",
        "serviceUrl": SERVICE,
        "from": {"id": "u1", "name": "Ada"},
        "recipient": {"id": "bot"},
        "conversation": {"id": "c1"},
        "text": text,
    }
    return {**said, **more}


def test_a_message_with_the_connectors_token_is_taken_on(bot):
    found = received(bot, make_request(activity("<at>Knee</at> my knee cramps"), token()))
    assert found.status == 200
    assert [(one.text, one.reply_target["service"]) for one in found.messages] == [
        ("my knee cramps", SERVICE.rstrip("/"))
    ]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer a.b.c"},
        {"Authorization": token()["Authorization"].removeprefix("Bearer ")},
        token(signed_by="somebody's"),
        token(audience="app-2"),
        token(issuer="https://evil.example"),
        token(kid="2"),
        token(serviceurl="https://evil.example"),
        token(serviceurl=None),
    ],
    ids=range(11),
)
def test_a_missing_or_wrong_token_is_refused(bot, headers):
    found = received(bot, make_request(activity(), headers))
    assert (found.status, found.messages) == (401, [])


@pytest.mark.parametrize(("ends_in", "status"), [(600, 200), (-200, 200), (-400, 401)])
def test_an_old_token_is_refused_after_five_minutes_grace(bot, ends_in, status):
    assert received(bot, make_request(activity(), token(ends_in=ends_in))).status == status


def test_a_key_signs_only_for_the_channels_that_it_is_endorsed_for(bot):
    assert received(bot, make_request(activity(channelId="webchat"), token())).status == 401


def test_a_replayed_activity_is_taken_on_once(bot):
    request = make_request(activity(), token())
    assert [len(received(bot, request).messages) for _ in range(2)] == [1, 0]


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"\xff\xfe"])
def test_what_is_garbled_is_refused(bot, body):
    assert received(bot, make_request(body, token())).status == 401


def test_an_activity_that_lacks_what_an_answer_needs_is_refused(bot):
    assert received(bot, make_request(activity(conversation={}), token())).status == 400


def test_a_huge_body_is_refused_unread(bot):
    assert received(bot, make_request(HUGE, token())).status == 413


@pytest.mark.parametrize("more", [{"type": "typing"}, {"from": {"id": "u1", "role": "bot"}}])
def test_what_nobody_said_is_ignored(bot, more):
    found = received(bot, make_request(activity(**more), token()))
    assert (found.status, found.messages) == (200, [])


@pytest.mark.parametrize(
    ("more", "text", "kind"),
    [
        ({"value": {"payload": "/ask_causes"}}, "/ask_causes", None),
        ({"attachments": [{"contentType": "text/html"}]}, "my knee cramps", None),
        ({"text": "", "attachments": [{"contentType": "image/png"}]}, "", "picture"),
        ({"text": ""}, "hello", None),
    ],
)
def test_presses_and_attachments_are_read(bot, more, text, kind):
    (found,) = received(bot, make_request(activity(**more), token())).messages
    assert (found.text, found.attachment_type) == (text, kind)


def test_without_the_keys_nothing_is_believed(switch_on):
    bot = switch_on(BotFramework, {**BOTFRAMEWORK, "BOTFRAMEWORK_KEYS_URL": "http://127.0.0.1:9/keys"})
    assert received(bot, make_request(activity(), token())).status == 401


def test_an_answer_replies_to_the_message_with_buttons_on_a_card(bot):
    (incoming,) = received(bot, make_request(activity(), token())).messages
    answer = {"text": "Hi", "buttons": [{"title": "Causes", "payload": "/ask_causes"}]}
    (request,) = asyncio.run(bot.to_requests(answer, ReplyContext(incoming)))
    assert request.path == "https://smba.example/emea/v3/conversations/c1/activities"
    assert request.json["replyToId"] == "a1"
    assert request.json["attachments"][0]["content"]["buttons"][0]["value"] == {"payload": "/ask_causes"}
    assert "attachments" not in request.fallback.json


def test_a_request_carries_a_token_fetched_once_and_anew_where_it_is_refused(bot, monkeypatch):
    sent, statuses = [], [200, 401, 200]

    async def request(client, outbound):
        sent.append((outbound.path, client.headers.get("Authorization")))
        if client is bot.client.login_client:
            return Response(200, {"access_token": f"token-{len(sent)}", "expires_in": 3600})
        return Response(statuses.pop(0), {})

    monkeypatch.setattr(ApiClient, "request", request)
    for _ in range(3):
        asyncio.run(bot.client.request(OutboundRequest("/x")))
    login = ("/botframework.com/oauth2/v2.0/token", None)
    first, second = ("/x", "Bearer token-1"), ("/x", "Bearer token-4")
    assert sent == [login, first, first, login, second]
    assert bot.client._ends > time.monotonic()

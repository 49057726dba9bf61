"""The callback channel: a token both ways, valid bodies alone."""

import asyncio

import pytest

from channels.messaging.output import ReplyContext
from channels.platforms.callback import Callback
from channels.validation import LARGEST_BODY
from tests.unit.channels.helpers import HUGE, make_request, received
from tests.unit.channels.platform_settings import CALLBACK

SIGNED = {"Authorization": "Bearer token-1"}
BODY = {"sender": "s1", "message": "my knee cramps", "message_id": "1", "metadata": {"country": "GB"}}


@pytest.fixture
def callback(switch_on):
    return switch_on(Callback, CALLBACK)


def test_a_message_with_the_token_is_taken_on(callback):
    found = received(callback, make_request(BODY, SIGNED))
    assert found.status == 200
    assert [(one.text, one.country, one.reply_target) for one in found.messages] == [
        ("my knee cramps", "GB", {"recipient": "s1"})
    ]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer token-2"}, {"Authorization": "token-1"}])
def test_a_missing_or_wrong_token_is_refused(callback, headers):
    found = received(callback, make_request(BODY, headers))
    assert (found.status, found.messages) == (401, [])


def test_a_replayed_message_is_taken_on_once_where_it_has_an_id(callback):
    request = make_request(BODY, SIGNED)
    assert [len(received(callback, request).messages) for _ in range(2)] == [1, 0]
    request = make_request({**BODY, "message_id": None}, SIGNED)
    assert [len(received(callback, request).messages) for _ in range(2)] == [1, 1]


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"\xff\xfe", {"message": "x"}, {**BODY, "message": 7}, {**BODY, "metadata": [1]}]
)
def test_what_is_garbled_is_refused_although_the_token_is_right(callback, body):
    assert received(callback, make_request(body, SIGNED)).status == 400


@pytest.mark.parametrize(("body", "status"), [(HUGE, 413), (b"x" * (LARGEST_BODY + 1), 400)])
def test_a_huge_body_is_refused(callback, body, status):
    assert received(callback, make_request(body, SIGNED)).status == status


def test_an_answer_goes_to_the_sender_with_all_that_is_known_of_it(callback):
    (incoming,) = received(callback, make_request(BODY, SIGNED)).messages
    answer = {"text": "Hi", "tier": "emergency_now"}
    (request,) = asyncio.run(callback.to_requests(answer, ReplyContext(incoming)))
    assert request.json == {"recipient_id": "s1", "text": "Hi", "tier": "emergency_now"}
    assert callback.client.base == "https://program.example/answers"
    assert callback.client.headers == {"Authorization": "Bearer token-1"}

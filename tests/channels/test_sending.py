"""Sending: again where it helps, dropped where it does not, what a platform's reply means."""

import asyncio
import time

import pytest
from aiohttp import web

from channels.messaging import client
from channels.messaging.client import ApiClient, OutboundRequest, RecipientUnreachableError, Response
from channels.platforms import messenger, slack, telegram, twilio

CALL = OutboundRequest("/send", json={"text": "hello"})


class Answers:
    """A server that gives one answer after the other."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.heard = []

    async def _hear(self, request):
        self.heard.append((request.path, await request.json(), time.monotonic()))
        status, headers, content = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if status == "hang":
            await asyncio.sleep(5)
            status = 200
        return web.json_response(content, status=status, headers=headers)

    def run(self, scene, **api):
        async def all_of_it():
            app = web.Application()
            app.router.add_post("/{path:.*}", self._hear)
            runner = web.AppRunner(app, shutdown_timeout=0.1)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            port = site._server.sockets[0].getsockname()[1]
            used = ApiClient("Test", f"http://127.0.0.1:{port}", **api)
            try:
                return await scene(used)
            finally:
                await used.close()
                await runner.cleanup()

        return asyncio.run(all_of_it())


@pytest.fixture(autouse=True)
def fast(monkeypatch):
    monkeypatch.setattr(client, "_FIRST_BACKOFF", 0.01)


def test_a_failing_platform_is_tried_again_until_it_takes_the_message():
    answers = Answers((503, {}, {}), (500, {}, {}), (200, {}, {}))
    assert answers.run(lambda api: api.send(CALL)) is True
    assert len(answers.heard) == 3


def test_it_is_left_alone_for_as_long_as_it_says():
    answers = Answers((429, {"Retry-After": "1"}, {}), (200, {}, {}))
    assert answers.run(lambda api: api.send(CALL)) is True
    assert 0.95 < answers.heard[1][2] - answers.heard[0][2] < 1.6


def test_a_timeout_is_tried_again(monkeypatch):
    monkeypatch.setattr(client, "LONGEST_CALL", 0.2)
    answers = Answers(("hang", {}, {}), (200, {}, {}))
    assert answers.run(lambda api: api.send(CALL)) is True


def test_a_platform_that_never_answers_is_not_sent_the_same_again_and_again(monkeypatch):
    monkeypatch.setattr(client, "LONGEST_CALL", 0.2)
    answers = Answers(("hang", {}, {}))
    assert answers.run(lambda api: api.send(CALL)) is False
    assert len(answers.heard) == client.MOST_UNANSWERED


@pytest.mark.parametrize("value", ["0", "-5", "soon", "nan"])
def test_a_wait_of_nothing_is_no_reason_to_hurry(value, monkeypatch):
    monkeypatch.setattr(client, "_FIRST_BACKOFF", 0.2)
    answers = Answers((429, {"Retry-After": value}, {}), (429, {"Retry-After": value}, {}), (200, {}, {}))
    begun = time.monotonic()
    assert answers.run(lambda api: api.send(CALL)) is True
    assert time.monotonic() - begun > 0.4


def test_a_reply_of_no_known_shape_is_judged_by_its_status():
    answers = Answers((400, {}, {"error": {"code": [1]}}))
    assert answers.run(lambda api: api.send(CALL), classify=messenger.classify) is False


def test_a_platform_out_of_reach_is_given_up_in_the_end(monkeypatch):
    monkeypatch.setattr(client, "LONGEST_TRYING", 0.2)

    async def scene():
        api = ApiClient("Test", "http://127.0.0.1:9")
        with pytest.raises(RecipientUnreachableError):
            await api.send(CALL)
        await api.close()
        return api.counts

    assert asyncio.run(scene())["dropped"] == 1


def test_what_is_blocked_is_dropped_at_once(caplog):
    async def scene(api):
        with pytest.raises(RecipientUnreachableError):
            await api.send(CALL)

    answers = Answers((403, {}, {"description": "Forbidden: bot was blocked by the user 4917012345678"}))
    answers.run(scene, classify=telegram.classify)
    assert len(answers.heard) == 1
    assert "blocked" in caplog.text
    assert "4917012345678" not in caplog.text


def test_what_is_malformed_goes_out_plainer():
    rich = OutboundRequest("/rich", json={"text": "<b>"}, fallback=CALL)
    answers = Answers((400, {}, {"description": "Bad Request: can't parse entities"}), (200, {}, {}))
    assert answers.run(lambda api: api.send(rich), classify=telegram.classify) is True
    assert [path for path, _, _ in answers.heard] == ["/rich", "/send"]


def test_what_is_not_needed_is_tried_once():
    answers = Answers((503, {}, {}))
    assert answers.run(lambda api: api.send(OutboundRequest("/x", json={}, best_effort=True))) is False
    assert len(answers.heard) == 1


@pytest.mark.parametrize(
    ("judge", "reply", "means"),
    [
        (telegram.classify, Response(200, {"ok": True}), "taken"),
        (telegram.classify, Response(429, {"parameters": {"retry_after": 7}}), ("again", 7)),
        (telegram.classify, Response(429, {}, 3.0), ("again", 3)),
        (telegram.classify, Response(400, {"description": "Bad Request: chat not found"}), "gone"),
        (telegram.classify, Response(400, {"description": "Bad Request: can't parse entities"}), "refused"),
        (telegram.classify, Response(502, {}), ("again", None)),
        (slack.classify, Response(200, {"ok": True}), "taken"),
        (slack.classify, Response(200, {"ok": False, "error": "ratelimited"}, 2.0), ("again", 2)),
        (slack.classify, Response(200, {"ok": False, "error": "invalid_blocks"}), "refused"),
        (slack.classify, Response(200, {"ok": False, "error": "channel_not_found"}), "gone"),
        (slack.classify, Response(429, {}, 5.0), ("again", 5)),
        (twilio.classify, Response(201, {"sid": "SM1"}), "taken"),
        (twilio.classify, Response(400, {"code": 21610}), "gone"),
        (twilio.classify, Response(400, {"code": 21617}), "refused"),
        (twilio.classify, Response(429, {"code": 20429}), ("again", None)),
        (messenger.classify, Response(200, {"message_id": "m"}), "taken"),
        (messenger.classify, Response(400, {"error": {"code": 613}}), ("again", None)),
        (messenger.classify, Response(400, {"error": {"code": 551}}), "gone"),
        (messenger.classify, Response(400, {"error": {"code": 100}}), "refused"),
        (messenger.classify, Response(500, {"error": {"code": 1}}), ("again", None)),
        (messenger.classify, Response(503, {}), ("again", None)),
    ],
)
def test_replies_are_judged_as_the_platforms_mean_them(judge, reply, means):
    outcome = judge(reply)
    if outcome.is_accepted:
        found = "taken"
    elif outcome.should_retry:
        found = ("again", outcome.retry_after)
    else:
        found = "gone" if outcome.is_unreachable else "refused"
    assert found == means

"""Sending: again where it helps, dropped where it does not. A server of its own in this process answers."""

import asyncio
import time

import pytest
from aiohttp import web

from channels import settings
from channels.messaging import client
from channels.messaging.client import (
    ACCEPTED,
    ApiClient,
    OutboundRequest,
    RecipientUnreachableError,
    Response,
    SendOutcome,
    classify_by_status,
)
from channels.platforms import messenger, telegram

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
    ("response", "outcome"),
    [
        (Response(204, {}), ACCEPTED),
        (Response(302, {}), SendOutcome(should_retry=True, reason="status 302")),
        (Response(429, {}, 3.0), SendOutcome(should_retry=True, retry_after=3.0, reason="status 429")),
        (Response(503, {}), SendOutcome(should_retry=True, reason="status 503")),
        (Response(403, {}), SendOutcome(is_unreachable=True, reason="status 403")),
        (Response(400, {}), SendOutcome(reason="status 400")),
    ],
)
def test_a_status_says_what_became_of_a_request(response, outcome):
    assert classify_by_status(response) == outcome


@pytest.mark.parametrize(("statuses", "found"), [((503, 200), 200), ((404,), 404), ((503, 503, 503), 503)])
def test_what_is_fetched_is_asked_for_again_while_that_may_help(statuses, found, monkeypatch):
    answers = Answers(*((status, {}, {"status": status}) for status in statuses))
    real = asyncio.sleep
    monkeypatch.setattr(client.asyncio, "sleep", lambda seconds: real(0))
    response = answers.run(lambda api: api.fetch(CALL, 3))
    assert (response.status, len(answers.heard)) == (found, len(statuses))


def test_secrets_and_numbers_stay_out_of_the_log(caplog, monkeypatch):
    monkeypatch.setattr(settings, "_secrets", {"hush-hush"})
    api = ApiClient("Test", "https://x.example")
    api._drop(SendOutcome(reason="hush-hush is wrong for 4917012345678"))
    assert "*** is wrong for …" in caplog.text

"""The dispatcher: each message once, one conversation in order, conversations side by side; made for each server."""

import asyncio
from types import SimpleNamespace

import pytest

from channels.messaging import dispatcher as dispatchers
from channels.messaging.dispatcher import MOST_AT_ONCE, Dispatcher, dispatcher_of
from channels.messaging.inbox import Inbox
from channels.messaging.incoming import IncomingMessage


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'channels.sqlite'}"


def message(text, conversation_id="c", channel="fake"):
    return IncomingMessage(channel, text, conversation_id, {}, text)


class Responder:
    """Answers at once, or as the test says."""

    def __init__(self, channel="fake"):
        self.channel = channel
        self.answered, self.together, self.most_together = [], 0, 0
        self.is_closed = False
        self.delay = 0.0
        self.fails_at = None

    def name(self):
        return self.channel

    async def answer(self, incoming, slots):
        async with slots:
            self.together += 1
            self.most_together = max(self.most_together, self.together)
            await asyncio.sleep(self.delay)
            self.together -= 1
        self.answered.append(incoming.text)
        if incoming.text == self.fails_at:
            raise RuntimeError("broken")

    async def close(self):
        self.is_closed = True


async def until(condition):
    async def wait():
        while not condition():
            await asyncio.sleep(0.01)

    await asyncio.wait_for(wait(), 5)


def play(url, scene, *responders):
    async def all_of_it():
        dispatcher = Dispatcher(Inbox(url))
        for responder in responders:
            dispatcher.register(responder)
        dispatcher.start()
        try:
            return await scene(dispatcher)
        finally:
            await dispatcher.close()

    return asyncio.run(all_of_it())


def test_a_message_is_answered_once_however_often_it_comes(url):
    responder = Responder()

    async def scene(dispatcher):
        assert await dispatcher.enqueue([message("1")]) == 1
        assert await dispatcher.enqueue([message("1"), message("2")]) == 1
        await until(lambda: len(responder.answered) == 2)

    play(url, scene, responder)
    assert responder.answered == ["1", "2"]


def test_one_conversation_is_answered_in_its_order(url):
    responder = Responder()
    responder.delay = 0.02

    async def scene(dispatcher):
        await dispatcher.enqueue([message(str(number)) for number in range(5)])
        await until(lambda: len(responder.answered) == 5)

    play(url, scene, responder)
    assert responder.answered == list("01234")
    assert responder.most_together == 1


def test_conversations_are_answered_side_by_side_but_not_all_at_once(url):
    responder = Responder()
    responder.delay = 0.1

    async def scene(dispatcher):
        await dispatcher.enqueue([message(str(number), f"c{number}") for number in range(2 * MOST_AT_ONCE)])
        await until(lambda: len(responder.answered) == 2 * MOST_AT_ONCE)

    play(url, scene, responder)
    assert responder.most_together == MOST_AT_ONCE


def test_an_answer_that_fails_holds_up_nothing_after_it(url):
    responder = Responder()
    responder.fails_at = "1"

    async def scene(dispatcher):
        await dispatcher.enqueue([message("1"), message("2")])
        await until(lambda: len(responder.answered) == 2)

    play(url, scene, responder)
    assert responder.answered == ["1", "2"]


def test_what_the_last_process_left_is_answered_at_the_start(url):
    asyncio.run(Inbox(url).enqueue(message("left")))
    responder = Responder()

    async def scene(dispatcher):
        await until(lambda: responder.answered)

    play(url, scene, responder)
    assert responder.answered == ["left"]


def test_before_the_start_nothing_that_was_left_is_answered(url):
    asyncio.run(Inbox(url).enqueue(message("left")))
    responder = Responder()

    async def scene():
        dispatcher = Dispatcher(Inbox(url))
        dispatcher.register(responder)
        await asyncio.sleep(0.1)
        assert responder.answered == []
        dispatcher.start()
        await until(lambda: responder.answered)
        await dispatcher.close()

    asyncio.run(scene())


def test_a_channel_that_nobody_answers_for_is_left_alone(url):
    asyncio.run(Inbox(url).enqueue(message("left", channel="other")))
    responder = Responder()

    async def scene(dispatcher):
        await dispatcher.enqueue([message("1", "d")])
        await until(lambda: responder.answered)

    play(url, scene, responder)
    assert responder.answered == ["1"]
    assert asyncio.run(Inbox(url).pending(["other"], 0)) == ["c"]


def test_the_end_gives_answers_a_moment_and_keeps_the_rest_for_the_next_start(url, monkeypatch):
    monkeypatch.setattr(dispatchers, "_SHUTDOWN_GRACE", 0.2)
    quick, slow = Responder("quick"), Responder("slow")
    quick.delay, slow.delay = 0.05, 60

    async def scene(dispatcher):
        await dispatcher.enqueue([message("1", "a", "quick"), message("2", "b", "slow")])
        await until(lambda: slow.together and (quick.together or quick.answered))

    play(url, scene, quick, slow)
    assert (quick.answered, slow.answered) == (["1"], [])
    assert quick.is_closed
    assert slow.is_closed
    assert asyncio.run(Inbox(url).pending(["quick", "slow"], 0)) == ["b"]
    assert asyncio.run(Inbox(url).claim("b")) == message("2", "b", "slow")  # no lease is left


def test_a_message_that_comes_while_the_inbox_is_found_empty_is_answered_too(url, monkeypatch):
    responder = Responder()

    async def scene(dispatcher):
        claim = dispatcher.inbox.claim

        async def late_claim(conversation_id):
            found = await claim(conversation_id)
            if found is None and len(responder.answered) == 1:
                await dispatcher.enqueue([message("2")])
            return found

        monkeypatch.setattr(dispatcher.inbox, "claim", late_claim)
        await dispatcher.enqueue([message("1")])
        await until(lambda: len(responder.answered) == 2)

    play(url, scene, responder)


def test_starting_and_closing_twice_changes_nothing(url):
    responder = Responder()

    async def scene(dispatcher):
        upkeep = dispatcher._upkeep
        dispatcher.start()
        assert dispatcher._upkeep is upkeep
        await dispatcher.close()

    play(url, scene, responder)


def test_a_server_has_one_dispatcher_and_no_other_server_has_it(monkeypatch, url):
    monkeypatch.setenv("CHANNELS_DATABASE", url)
    one, other = SimpleNamespace(ctx=SimpleNamespace()), SimpleNamespace(ctx=SimpleNamespace())

    async def scene():
        assert dispatcher_of(one) is dispatcher_of(one)
        assert dispatcher_of(one) is one.ctx.dispatcher
        assert dispatcher_of(other) is not dispatcher_of(one)

    asyncio.run(scene())

"""Calls to a store, bounded in time."""

import asyncio
import time

import pytest
from rasa.core.lock_store import LockStore
from rasa.core.tracker_store import InMemoryTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain

from channels.fail_safe import bounded_call
from channels.fail_safe.bounded_call import call_bounded


class Locks(LockStore):
    """Blocks whoever asks for as long as it is told to."""

    def wait(self, seconds):
        time.sleep(seconds)
        return "done"

    def fail(self):
        raise KeyError("broken")


class Conversations(TrackerStore):
    """Waits without blocking."""

    def __init__(self):
        super().__init__(Domain.empty())

    async def wait(self, seconds):
        await asyncio.sleep(seconds)
        return "done"


class Memory(InMemoryTrackerStore):
    """The same, in memory."""

    def __init__(self):
        super().__init__(Domain.empty())

    wait = Conversations.wait


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(bounded_call, "LONGEST_CALL", 0.1)


@pytest.mark.parametrize("store", [Locks, Conversations, Memory])
def test_a_call_in_time_gives_its_result(store):
    assert asyncio.run(call_bounded(store(), "wait", 0)) == "done"


@pytest.mark.parametrize("store", [Locks, Conversations])
def test_a_call_that_hangs_is_given_up(store):
    begun = time.monotonic()
    with pytest.raises(asyncio.TimeoutError):
        asyncio.run(call_bounded(store(), "wait", 3))
    assert time.monotonic() - begun < 1


def test_a_blocking_store_holds_nobody_else_up():
    async def scene():
        call = asyncio.ensure_future(call_bounded(Locks(), "wait", 0.05))
        ticks = 0
        while not call.done():
            await asyncio.sleep(0.005)
            ticks += 1
        return ticks

    assert asyncio.run(scene()) > 2


def test_memory_is_not_bounded_for_it_cannot_hang(monkeypatch):
    assert asyncio.run(call_bounded(Memory(), "wait", 0.2)) == "done"


def test_what_a_store_raises_is_raised():
    with pytest.raises(KeyError, match="broken"):
        asyncio.run(call_bounded(Locks(), "fail"))

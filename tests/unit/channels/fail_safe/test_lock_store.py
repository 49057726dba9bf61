"""A lock store that fails or hangs: the conversation is locked in memory."""

import asyncio
import time

import pytest
from rasa.core.lock_store import InMemoryLockStore, LockStore

from channels.fail_safe import bounded_call
from channels.fail_safe.lock_store import FailSafeLockStore
from nlu.base import faults


class Failing(LockStore):
    def get_lock(self, conversation_id):
        raise RuntimeError("down")


class Hanging(LockStore):
    def get_lock(self, conversation_id):
        time.sleep(3)


class Lasting(InMemoryLockStore):
    """Stands for a store of its own: kept in memory, but asked as any other is."""


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(bounded_call, "LONGEST_CALL", 0.1)


def used_twice(store):
    """Locks one conversation from two tasks at once; returns in which order they held it, and the faults."""
    log = []

    async def hold(locks, name):
        async with locks.lock("c", wait_time_in_seconds=0.01):
            log.append(f"{name} in")
            await asyncio.sleep(0.05)
            log.append(f"{name} out")

    async def scene():
        record = faults.start()
        locks = FailSafeLockStore(store)
        await asyncio.gather(hold(locks, "a"), hold(locks, "b"))
        return record.faults

    return asyncio.run(scene()), log


@pytest.mark.parametrize("store", [InMemoryLockStore(), Lasting()], ids=["memory", "lasting"])
def test_a_sound_store_locks_one_after_the_other(store):
    found, log = used_twice(store)
    assert log == ["a in", "a out", "b in", "b out"]
    assert found == []
    assert store.conversation_locks == {}


@pytest.mark.parametrize("store", [Failing(), Hanging()], ids=["failing", "hanging"])
def test_where_it_fails_memory_locks_instead(store):
    found, log = used_twice(store)
    assert log == ["a in", "a out", "b in", "b out"]
    assert found == ["lock store", "lock store"]


def test_a_store_that_cannot_give_the_lock_back_is_noted(monkeypatch):
    store = Lasting()

    def cleanup(conversation_id, ticket):
        raise RuntimeError("down")

    monkeypatch.setattr(store, "cleanup", cleanup)

    async def scene():
        record = faults.start()
        async with FailSafeLockStore(store).lock("c"):
            pass
        return record.faults

    assert asyncio.run(scene()) == ["lock store"]


def test_what_is_done_under_the_lock_may_fail_without_the_store_being_blamed():
    async def scene():
        record = faults.start()
        with pytest.raises(ZeroDivisionError):
            async with FailSafeLockStore(Lasting()).lock("c"):
                1 / 0  # noqa: B018
        return record.faults

    assert asyncio.run(scene()) == []

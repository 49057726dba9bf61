"""Stores that fail or hang must not take the answer with them: every call to them is bounded in time.

Rasa's SQL, Redis, Mongo and Dynamo stores block the whole server while they wait; here they wait in a thread.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from threading import Thread
from typing import Any

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LOCK_LIFETIME, InMemoryLockStore, LockError, LockStore
from rasa.core.tracker_store import (
    DynamoTrackerStore,
    FailSafeTrackerStore,
    InMemoryTrackerStore,
    MongoTrackerStore,
    RedisTrackerStore,
    SQLTrackerStore,
    TrackerStore,
)
from rasa.shared.core.constants import ACTION_SESSION_START_NAME
from rasa.shared.core.events import ActionExecuted, SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker

from channels.fail_safe.memory_store import ForgettingTrackerStore
from nlu.base import faults

LONGEST_CALL = 1.0
"""Seconds that one call to a store may take."""

_BETWEEN_TRIES = 0.1
_BLOCKING = (SQLTrackerStore, RedisTrackerStore, MongoTrackerStore, DynamoTrackerStore)


class StoreError(RuntimeError):
    """A store failed a moment ago, so it is not asked again for this message."""


def _ask_in_thread(call: Callable[..., Any], *arguments: Any) -> Awaitable[Any]:
    """Waits for a blocking call in a thread that does not keep the process from ending."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Any] = loop.create_future()

    def settle(settled: Callable[[Any], None], value: Any) -> None:
        if not answer.done():
            settled(value)

    def wait() -> None:
        try:
            result = call(*arguments)
            result = asyncio.run(result) if inspect.iscoroutine(result) else result
        except Exception as error:
            loop.call_soon_threadsafe(settle, answer.set_exception, error)
        else:
            loop.call_soon_threadsafe(settle, answer.set_result, result)

    Thread(target=wait, daemon=True, name="store").start()
    return answer


async def ask(store: TrackerStore | LockStore, method: str, *arguments: Any) -> Any:
    """Calls a method of a store and gives it a second.

    Raises:
        asyncio.TimeoutError: it took longer.
        Exception: whatever the store raises.
    """
    call = getattr(store, method)
    if isinstance(store, InMemoryTrackerStore):
        return await call(*arguments)
    if isinstance(store, (*_BLOCKING, LockStore)):
        return await asyncio.wait_for(_ask_in_thread(call, *arguments), LONGEST_CALL)
    return await asyncio.wait_for(call(*arguments), LONGEST_CALL)


async def _ask_tracker_store(self: FailSafeTrackerStore, method: str, *arguments: Any) -> Any:
    record = faults.current()
    if record is not None and "tracker store" in record.faults:
        raise StoreError("The tracker store failed a moment ago.")
    return await ask(self._tracker_store, method, *arguments)


async def retrieve(self: FailSafeTrackerStore, sender_id: str) -> Any:
    """Returns the conversation from the store, joined with what only the spare one in memory has heard."""
    return await _retrieve_joined(self, "retrieve", sender_id)


async def retrieve_full_tracker(self: FailSafeTrackerStore, sender_id: str) -> Any:
    """Returns the conversation with what lies before its last restart, as `retrieve` does."""
    return await _retrieve_joined(self, "retrieve_full_tracker", sender_id)


async def _retrieve_joined(self: FailSafeTrackerStore, method: str, sender_id: str) -> Any:
    found = None
    try:
        found = await _ask_tracker_store(self, method, sender_id)
    except Exception as error:
        _note(error)
    spare = await _spare_store(self).retrieve(sender_id)
    if found is None or spare is None:
        return spare if found is None else found
    _spare_store(self).store.pop(sender_id, None)
    return _joined(found, spare, self.domain)


def _joined(found: DialogueStateTracker, spare: DialogueStateTracker, domain: Any) -> DialogueStateTracker:
    """Returns a conversation with what only the spare store has heard of it, as one."""
    latest = found.events[-1].timestamp if found.events else 0.0
    for event in spare.events:
        begins = isinstance(event, SessionStarted) or (
            isinstance(event, ActionExecuted) and event.action_name == ACTION_SESSION_START_NAME
        )
        if event.timestamp > latest and not begins:
            found.update(event, domain)
    return found


def _spare_store(self: FailSafeTrackerStore) -> ForgettingTrackerStore:
    if self._fallback_tracker_store is None:
        self._fallback_tracker_store = ForgettingTrackerStore(self.domain, self._tracker_store.event_broker)
    return self._fallback_tracker_store  # type: ignore[return-value]


async def save(self: FailSafeTrackerStore, tracker: DialogueStateTracker) -> None:
    """Keeps the conversation, in the store or, where that fails, in the spare one in memory."""
    try:
        await _ask_tracker_store(self, "save", tracker)
    except Exception as error:
        _note(error)
        await _spare_store(self).save(tracker)


def _note(error: Exception) -> None:
    if not isinstance(error, StoreError):
        faults.report("tracker store", error)


class FailSafeLockStore(LockStore):
    """A lock store with a spare one in memory for when it fails."""

    def __init__(self, store: LockStore) -> None:
        """Wraps `store`."""
        super().__init__()
        self._store = store
        self._spare = InMemoryLockStore()

    def get_lock(self, conversation_id: str) -> TicketLock | None:
        """Returns the lock of the wrapped store."""
        return self._store.get_lock(conversation_id)

    def delete_lock(self, conversation_id: str) -> None:
        """Deletes the lock of the wrapped store."""
        self._store.delete_lock(conversation_id)

    def save_lock(self, lock: TicketLock) -> None:
        """Saves a lock in the wrapped store."""
        self._store.save_lock(lock)

    @asynccontextmanager
    async def lock(
        self,
        conversation_id: str,
        lock_lifetime: float = LOCK_LIFETIME,
        wait_time_in_seconds: float = _BETWEEN_TRIES,
    ) -> AsyncGenerator[TicketLock | None, None]:
        """Holds the lock of a conversation; where the store fails, that of the spare one."""
        async with AsyncExitStack() as held:
            try:
                lock = await held.enter_async_context(self._hold(conversation_id, lock_lifetime, wait_time_in_seconds))
            except Exception as error:
                faults.report("lock store", error)
                lock = await held.enter_async_context(
                    self._spare.lock(conversation_id, lock_lifetime, wait_time_in_seconds)
                )
            yield lock

    @asynccontextmanager
    async def _hold(
        self, conversation_id: str, lock_lifetime: float, wait_time_in_seconds: float
    ) -> AsyncGenerator[TicketLock | None, None]:
        if type(self._store) is InMemoryLockStore:
            async with self._store.lock(conversation_id, lock_lifetime, wait_time_in_seconds) as lock:
                yield lock
            return
        ticket = await ask(self._store, "issue_ticket", conversation_id, lock_lifetime)
        while True:
            lock = await ask(self._store, "get_lock", conversation_id)
            if lock is None:
                raise LockError(f"The lock of conversation {conversation_id} is gone.")
            if not lock.is_locked(ticket):
                break
            await asyncio.sleep(wait_time_in_seconds)
            await ask(self._store, "update_lock", conversation_id)
        try:
            yield lock
        finally:
            try:
                await ask(self._store, "cleanup", conversation_id, ticket)
            except Exception as error:
                faults.report("lock store", error)

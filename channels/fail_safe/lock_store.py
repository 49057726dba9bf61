"""A lock store that fails or hangs: the conversation is locked in memory instead."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LOCK_LIFETIME, InMemoryLockStore, LockError, LockStore

from channels.fail_safe.bounded_call import call_bounded
from nlu.base import faults

_BETWEEN_TRIES = 0.1


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
        ticket = await call_bounded(self._store, "issue_ticket", conversation_id, lock_lifetime)
        while True:
            lock = await call_bounded(self._store, "get_lock", conversation_id)
            if lock is None:
                raise LockError(f"The lock of conversation {conversation_id} is gone.")
            if not lock.is_locked(ticket):
                break
            await asyncio.sleep(wait_time_in_seconds)
            await call_bounded(self._store, "update_lock", conversation_id)
        try:
            yield lock
        finally:
            try:
                await call_bounded(self._store, "cleanup", conversation_id, ticket)
            except Exception as error:
                faults.report("lock store", error)

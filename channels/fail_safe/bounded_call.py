"""Calls to a store, bounded in time: one that hangs must not take the answer with it.

Rasa's SQL, Redis, Mongo and Dynamo stores block the whole server while they wait; here they wait in a thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
from collections.abc import Awaitable, Callable
from threading import Thread
from typing import Any

from rasa.core.lock_store import LockStore
from rasa.core.tracker_store import (
    DynamoTrackerStore,
    InMemoryTrackerStore,
    MongoTrackerStore,
    RedisTrackerStore,
    SQLTrackerStore,
    TrackerStore,
)

LONGEST_CALL = 1.0
"""Seconds that one call to a store may take."""

_BLOCKING = (SQLTrackerStore, RedisTrackerStore, MongoTrackerStore, DynamoTrackerStore)


def _call_in_thread(call: Callable[..., Any], *arguments: Any) -> Awaitable[Any]:
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
            settled: tuple[Callable[[Any], None], Any] = (answer.set_exception, error)
        else:
            settled = (answer.set_result, result)
        with contextlib.suppress(RuntimeError):  # the server has ended, and nobody waits any more
            loop.call_soon_threadsafe(settle, *settled)

    Thread(target=wait, daemon=True, name="store").start()
    return answer


async def call_bounded(store: TrackerStore | LockStore, method: str, *arguments: Any) -> Any:
    """Calls a method of a store and gives it a second.

    Args:
        store: any of Rasa's or of ours; in memory it is not bounded, for it cannot hang.
        method: name of the method.
        arguments: of the method.

    Returns:
        What the method returns.

    Raises:
        asyncio.TimeoutError: it took longer.
        Exception: whatever the store raises.
    """
    call = getattr(store, method)
    if isinstance(store, InMemoryTrackerStore):
        return await call(*arguments)
    if isinstance(store, (*_BLOCKING, LockStore)):
        return await asyncio.wait_for(_call_in_thread(call, *arguments), LONGEST_CALL)
    return await asyncio.wait_for(call(*arguments), LONGEST_CALL)

"""The inbox: messages that wait for their answers. Where its database fails, they are answered all the same."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.engine import make_url

from channels.messaging.inbox_database import Busy, InboxDatabase
from channels.messaging.incoming import IncomingMessage
from channels.settings import SettingError, read

logger = logging.getLogger(__name__)

LONGEST_CALL = 1.0
"""Seconds that one call to the database may take; Slack wants its acknowledgement within three."""

_RETRY_AFTER_FAILURE = 5.0
"""Seconds for which a database that failed is not asked again."""

_MOST_KEYS = 10_000
_OWN_FILE = Path(__file__).resolve().parents[2] / ".scratch" / "channels.sqlite"
_SETTING = "CHANNELS_DATABASE"

Result = TypeVar("Result")


class InboxUnavailableError(RuntimeError):
    """The database failed, now or a moment ago."""


def database_url() -> str:
    """Returns ``CHANNELS_DATABASE``, else that of a file of our own.

    Raises:
        SettingError: it is no database's address.
    """
    url = read(_SETTING)
    if not url:
        _OWN_FILE.parent.mkdir(parents=True, exist_ok=True)
        return f"sqlite:///{_OWN_FILE}"
    try:
        make_url(url).get_dialect()
    except Exception as error:
        raise SettingError(
            f"{_SETTING} is no database's address; write it like postgresql://user:password@host/name."
        ) from error
    return url


class Inbox:
    """Asks the database from a thread of its own, and remembers what this process took on."""

    def __init__(self, url: str) -> None:
        """Takes the database's address; it is opened at the first call."""
        self._url = url
        self._database: InboxDatabase | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="inbox")
        self._retry_at = 0.0
        # both by conversation and deduplication key: what lies in the database too, for when it fails ...
        self._copies: dict[str, OrderedDict[str, IncomingMessage]] = {}
        # ... and what it never took
        self._unstored: dict[str, OrderedDict[str, IncomingMessage]] = {}
        # deduplication keys of what this process took on, and whether it is done
        self._seen: OrderedDict[str, bool] = OrderedDict()
        self._state: OrderedDict[str, Any] = OrderedDict()

    def _open(self) -> InboxDatabase:
        if self._database is None:
            self._database = InboxDatabase(self._url)
        return self._database

    async def _call(self, call: Callable[[InboxDatabase], Result]) -> Result:
        """Calls the database.

        Raises:
            InboxUnavailableError: it fails, takes too long, or did so a moment ago.
        """
        if time.monotonic() < self._retry_at:
            raise InboxUnavailableError
        called = asyncio.get_running_loop().run_in_executor(self._thread, lambda: call(self._open()))
        try:
            return await asyncio.wait_for(called, LONGEST_CALL)
        except Exception as error:
            self._retry_at = time.monotonic() + _RETRY_AFTER_FAILURE
            logger.error("The inbox's database failed (%s); going on without it.", type(error).__name__)
            raise InboxUnavailableError from error

    async def enqueue(self, incoming: IncomingMessage) -> bool:
        """Takes a message on; returns False for one that was taken on before."""
        key = incoming.deduplication_key
        if key in self._seen:
            return False
        self._see(key, is_done=False)
        try:
            is_new = await self._call(lambda database: database.enqueue(incoming))
        except InboxUnavailableError:
            self._unstored.setdefault(incoming.conversation_id, OrderedDict())[key] = incoming
            return True
        if is_new:
            self._copies.setdefault(incoming.conversation_id, OrderedDict())[key] = incoming
        else:
            self._see(key, is_done=True)
        return is_new

    def _see(self, key: str, *, is_done: bool) -> None:
        self._seen[key] = is_done
        self._seen.move_to_end(key)
        while len(self._seen) > _MOST_KEYS:
            self._seen.popitem(last=False)

    async def claim(self, conversation_id: str) -> IncomingMessage | Busy | None:
        """Takes the lease on a conversation and returns its oldest message that waits; see `InboxDatabase.claim`."""
        try:
            while True:
                found = await self._call(lambda database: database.claim(conversation_id))
                if not isinstance(found, IncomingMessage) or not self._seen.get(found.deduplication_key):
                    break
                await self._mark(found.deduplication_key, is_done=True)  # answered while the database was away
        except InboxUnavailableError:
            kept = {**self._copies.get(conversation_id, {}), **self._unstored.get(conversation_id, {})}
            return next(iter(kept.values()), None)
        if found is None:
            self._copies.pop(conversation_id, None)  # another process answered them
            return next(iter(self._unstored.get(conversation_id, {}).values()), None)
        return found

    async def mark_begun(self, incoming: IncomingMessage) -> None:
        """Notes that the first part of an answer is out: after a restart it is not given again."""
        await self._mark(incoming.deduplication_key, is_done=False)

    async def mark_done(self, incoming: IncomingMessage) -> None:
        """Notes that a message is answered."""
        key, conversation_id = incoming.deduplication_key, incoming.conversation_id
        self._see(key, is_done=True)
        for kept in (self._copies, self._unstored):
            kept.get(conversation_id, OrderedDict()).pop(key, None)
            if not kept.get(conversation_id):
                kept.pop(conversation_id, None)
        await self._mark(key, is_done=True)

    async def _mark(self, key: str, *, is_done: bool) -> None:
        with contextlib.suppress(InboxUnavailableError):
            await self._call(lambda database: database.mark(key, is_done=is_done))

    async def renew_leases(self, conversation_ids: Collection[str]) -> None:
        """Renews the leases on conversations whose answers are still going out."""
        with contextlib.suppress(InboxUnavailableError):
            await self._call(lambda database: database.renew_leases(conversation_ids))

    async def pending(self, channels: Collection[str], least_age: float) -> list[str]:
        """Returns the conversations in which a message waits; see `InboxDatabase.pending`."""
        try:
            return await self._call(lambda database: database.pending(channels, least_age))
        except InboxUnavailableError:
            return []

    async def get_state(self, key: str) -> Any:
        """Returns the value kept under a key, or None."""
        try:
            return await self._call(lambda database: database.get_state(key))
        except InboxUnavailableError:
            return self._state.get(key)

    async def set_state(self, key: str, value: Any, *, permanent: bool = False) -> None:
        """Keeps a value under a key for a day, or for good; None drops it.

        Args:
            key: at most 160 characters.
            value: what JSON can hold.
            permanent: whether to keep it for good.
        """
        self._state[key] = value
        self._state.move_to_end(key)
        while len(self._state) > _MOST_KEYS:
            self._state.popitem(last=False)
        with contextlib.suppress(InboxUnavailableError):
            await self._call(lambda database: database.set_state(key, value, permanent=permanent))

    async def close(self) -> None:
        """Gives the leases of this process up and closes the database."""
        with contextlib.suppress(InboxUnavailableError):
            await self._call(lambda database: database.release())
        self._thread.shutdown(wait=False)

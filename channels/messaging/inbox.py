"""The inbox: deliveries that wait for their answers. Where its database fails, they are answered all the same."""

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

from channels.messaging.delivery import Delivery
from channels.messaging.inbox_database import Busy, InboxDatabase
from channels.settings import SettingError, read

logger = logging.getLogger(__name__)

LONGEST_CALL = 1.0
"""Seconds that one call to the database may take; Slack wants its acknowledgement within three."""

_REST_AFTER_FAILURE = 5.0
_MOST_MARKS = 10_000
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
        self._rests_until = 0.0
        self._copies: dict[str, OrderedDict[str, Delivery]] = {}
        self._unwritten: dict[str, OrderedDict[str, Delivery]] = {}
        """By person: what lies in the database too, for when it fails, and what it never took."""
        self._seen: OrderedDict[str, bool] = OrderedDict()
        """Marks of what this process took on, and whether it is done."""
        self._memos: OrderedDict[str, Any] = OrderedDict()

    def _open(self) -> InboxDatabase:
        if self._database is None:
            self._database = InboxDatabase(self._url)
        return self._database

    async def _ask(self, call: Callable[[InboxDatabase], Result]) -> Result:
        """Calls the database.

        Raises:
            InboxUnavailableError: it fails, takes too long, or did so a moment ago.
        """
        if time.monotonic() < self._rests_until:
            raise InboxUnavailableError
        asked = asyncio.get_running_loop().run_in_executor(self._thread, lambda: call(self._open()))
        try:
            return await asyncio.wait_for(asked, LONGEST_CALL)
        except Exception as error:
            self._rests_until = time.monotonic() + _REST_AFTER_FAILURE
            logger.error("The inbox's database failed (%s); going on without it.", type(error).__name__)
            raise InboxUnavailableError from error

    async def take(self, delivery: Delivery) -> bool:
        """Takes a delivery on; returns False for one that was taken before."""
        if delivery.mark in self._seen:
            return False
        self._see(delivery.mark, is_done=False)
        try:
            is_new = await self._ask(lambda database: database.take(delivery))
        except InboxUnavailableError:
            self._unwritten.setdefault(delivery.person, OrderedDict())[delivery.mark] = delivery
            return True
        if is_new:
            self._copies.setdefault(delivery.person, OrderedDict())[delivery.mark] = delivery
        else:
            self._see(delivery.mark, is_done=True)
        return is_new

    def _see(self, mark: str, *, is_done: bool) -> None:
        self._seen[mark] = is_done
        self._seen.move_to_end(mark)
        while len(self._seen) > _MOST_MARKS:
            self._seen.popitem(last=False)

    async def begin(self, person: str) -> Delivery | Busy | None:
        """Takes a person's turn and returns the oldest delivery that waits; see `InboxDatabase.begin`."""
        try:
            while True:
                found = await self._ask(lambda database: database.begin(person))
                if not isinstance(found, Delivery) or not self._seen.get(found.mark):
                    break
                await self._note(found.mark, is_done=True)  # answered while the database was away
        except InboxUnavailableError:
            kept = {**self._copies.get(person, {}), **self._unwritten.get(person, {})}
            return next(iter(kept.values()), None)
        if found is None:
            self._copies.pop(person, None)  # another process answered them
            return next(iter(self._unwritten.get(person, {}).values()), None)
        return found

    async def note_begun(self, delivery: Delivery) -> None:
        """Notes that the first part of an answer is out: after a restart it is not given again."""
        await self._note(delivery.mark, is_done=False)

    async def note_done(self, delivery: Delivery) -> None:
        """Notes that a delivery is answered."""
        self._see(delivery.mark, is_done=True)
        for kept in (self._copies, self._unwritten):
            kept.get(delivery.person, OrderedDict()).pop(delivery.mark, None)
            if not kept.get(delivery.person):
                kept.pop(delivery.person, None)
        await self._note(delivery.mark, is_done=True)

    async def _note(self, mark: str, *, is_done: bool) -> None:
        with contextlib.suppress(InboxUnavailableError):
            await self._ask(lambda database: database.note(mark, is_done=is_done))

    async def hold(self, persons: Collection[str]) -> None:
        """Holds on to the turns of persons whose answers are still going out."""
        held = list(persons)
        with contextlib.suppress(InboxUnavailableError):
            await self._ask(lambda database: database.hold(held))

    async def left_waiting(self, channels: Collection[str], seconds: float) -> list[str]:
        """Returns who has waited in some channels for longer than some seconds."""
        try:
            return await self._ask(lambda database: database.left_waiting(channels, seconds))
        except InboxUnavailableError:
            return []

    async def recall(self, name: str) -> Any:
        """Returns what was remembered under a name, or None."""
        try:
            return await self._ask(lambda database: database.recall(name))
        except InboxUnavailableError:
            return self._memos.get(name)

    async def remember(self, name: str, content: Any, *, for_good: bool = False) -> None:
        """Remembers something under a name for a day, or `for_good`; None forgets it."""
        self._memos[name] = content
        self._memos.move_to_end(name)
        while len(self._memos) > _MOST_MARKS:
            self._memos.popitem(last=False)
        with contextlib.suppress(InboxUnavailableError):
            await self._ask(lambda database: database.remember(name, content, for_good=for_good))

    async def close(self) -> None:
        """Lets the turns of this process go and closes the database."""
        with contextlib.suppress(InboxUnavailableError):
            await self._ask(lambda database: database.let_go())
        self._thread.shutdown(wait=False)

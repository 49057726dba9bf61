"""Has messages answered: each once, those of one conversation in their order, all conversations side by side."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Collection
from typing import Protocol

from sanic import Sanic

from channels.messaging.inbox import Inbox, database_url
from channels.messaging.inbox_database import LEASE_SECONDS, Busy
from channels.messaging.incoming import IncomingMessage

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 8
"""Messages understood side by side. Each has seconds for its answer; all begun at once would use them up waiting."""

_BUSY_INTERVAL = 0.2
_RENEWAL_INTERVAL = 3.0
_SWEEP_INTERVAL = 30.0
_SHUTDOWN_GRACE = 2.0
"""All four in seconds."""


class Responder(Protocol):
    """What answers the messages of one channel."""

    def name(self) -> str:
        """Returns the channel's name."""

    async def answer(self, incoming: IncomingMessage, slots: asyncio.Semaphore) -> None:
        """Has a message answered; returns when all of the answer is out or given up.

        Args:
            incoming: a message of this channel.
            slots: one is held while the message is being understood.
        """

    async def close(self) -> None:
        """Closes the connections."""


class Dispatcher:
    """Takes messages on for all channels of a server."""

    def __init__(self, inbox: Inbox) -> None:
        """Takes the inbox; answers what lies in it from `start` on."""
        self.inbox = inbox
        self._responders: dict[str, Responder] = {}
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._woken: set[str] = set()
        self._slots = asyncio.Semaphore(MOST_AT_ONCE)
        self._upkeep: asyncio.Task[None] | None = None

    def register(self, responder: Responder) -> None:
        """Has the messages of a channel answered by `responder`."""
        self._responders[responder.name()] = responder

    def start(self) -> None:
        """Takes up what was left unanswered, when all channels are registered; doing it twice changes nothing."""
        if self._upkeep is None:
            self._upkeep = asyncio.ensure_future(self._renew_and_sweep())

    async def enqueue(self, messages: Collection[IncomingMessage]) -> int:
        """Takes messages on and returns how many were new; their answers follow."""
        new = 0
        for incoming in messages:
            if await self.inbox.enqueue(incoming):
                new += 1
                self._wake(incoming.conversation_id)
        return new

    def _wake(self, conversation_id: str) -> None:
        if conversation_id in self._workers:
            self._woken.add(conversation_id)
        else:
            self._workers[conversation_id] = asyncio.ensure_future(self._work(conversation_id))

    async def _work(self, conversation_id: str) -> None:
        """Answers all that waits in one conversation."""
        try:
            while True:
                claimed = await self.inbox.claim(conversation_id)
                if isinstance(claimed, IncomingMessage):
                    await self._answer(claimed)
                elif claimed is Busy.BUSY:
                    await asyncio.sleep(_BUSY_INTERVAL)
                elif conversation_id in self._woken:
                    self._woken.discard(conversation_id)
                else:
                    break
        finally:
            del self._workers[conversation_id]
            self._woken.discard(conversation_id)

    async def _answer(self, incoming: IncomingMessage) -> None:
        responder = self._responders.get(incoming.channel)
        try:
            if responder is not None:
                await responder.answer(incoming, self._slots)
        except Exception as error:
            logger.error("%s: an answer failed.", incoming.channel, exc_info=error)
        await self.inbox.mark_done(incoming)

    async def _renew_and_sweep(self) -> None:
        """Renews the leases of this process, and takes up what another, or this one before, left unanswered."""
        swept: float | None = None
        while True:
            try:
                if self._workers:
                    await self.inbox.renew_leases(tuple(self._workers))
                if swept is None or time.monotonic() - swept > _SWEEP_INTERVAL:
                    least_age = 0.0 if swept is None else LEASE_SECONDS
                    swept = time.monotonic()
                    for conversation_id in await self.inbox.pending(tuple(self._responders), least_age):
                        self._wake(conversation_id)
            except Exception as error:
                logger.error("The inbox could not be looked through.", exc_info=error)
            await asyncio.sleep(_RENEWAL_INTERVAL)

    async def close(self) -> None:
        """Gives what is being answered a moment, then ends; what is left is answered after the next start."""
        if self._upkeep is None:
            return
        self._upkeep.cancel()
        self._upkeep = None
        workers = list(self._workers.values())
        if workers:
            _, late = await asyncio.wait(workers, timeout=_SHUTDOWN_GRACE)
            for worker in late:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
        for responder in self._responders.values():
            await responder.close()
        await self.inbox.close()


def dispatcher_of(app: Sanic) -> Dispatcher:
    """Returns the dispatcher of a server, made when its first platform asks for it.

    Args:
        app: the server, in a running event loop.
    """
    if not hasattr(app.ctx, "dispatcher"):
        app.ctx.dispatcher = Dispatcher(Inbox(database_url()))
    found: Dispatcher = app.ctx.dispatcher
    return found

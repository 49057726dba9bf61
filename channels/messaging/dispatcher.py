"""Has deliveries answered: each once, those of one person in their order, all persons side by side."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Collection
from typing import Protocol

from sanic import Sanic

from channels.messaging.delivery import Delivery
from channels.messaging.inbox import Inbox, database_url
from channels.messaging.inbox_database import SECONDS_HELD, Busy

logger = logging.getLogger(__name__)

TURNS_AT_ONCE = 8
"""Messages understood side by side. Each has seconds for its answer; all begun at once would use them up waiting."""

_BETWEEN_LOOKS = 0.2
_BETWEEN_ROUNDS = 3.0
_BETWEEN_SWEEPS = 30.0
_LONGEST_ENDING = 2.0


class Responder(Protocol):
    """What answers the deliveries of one channel."""

    def name(self) -> str:
        """Returns the channel's name."""

    async def answer(self, delivery: Delivery, turns: asyncio.Semaphore) -> None:
        """Has a delivery answered; returns when all of the answer is out or given up.

        Args:
            delivery: of this channel.
            turns: to be held while the delivery is being understood.
        """

    async def close(self) -> None:
        """Closes the connections."""


class Dispatcher:
    """Takes deliveries on for all channels of a server."""

    def __init__(self, inbox: Inbox) -> None:
        """Takes the inbox; answers what lies in it from `start` on."""
        self.inbox = inbox
        self._responders: dict[str, Responder] = {}
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._woken: set[str] = set()
        self._turns = asyncio.Semaphore(TURNS_AT_ONCE)
        self._rounds: asyncio.Task[None] | None = None

    def register(self, responder: Responder) -> None:
        """Has the deliveries of a channel answered by `responder`."""
        self._responders[responder.name()] = responder

    def start(self) -> None:
        """Takes up what was left unanswered, when all channels are registered; doing it twice changes nothing."""
        if self._rounds is None:
            self._rounds = asyncio.ensure_future(self._make_rounds())

    async def take(self, deliveries: Collection[Delivery]) -> int:
        """Takes deliveries on and returns how many were new; their answers follow."""
        new = 0
        for delivery in deliveries:
            if await self.inbox.take(delivery):
                new += 1
                self._wake(delivery.person)
        return new

    def _wake(self, person: str) -> None:
        if person in self._workers:
            self._woken.add(person)
        else:
            self._workers[person] = asyncio.ensure_future(self._serve(person))

    async def _serve(self, person: str) -> None:
        """Answers all that waits for one person."""
        try:
            while True:
                delivery = await self.inbox.begin(person)
                if isinstance(delivery, Delivery):
                    await self._answer(delivery)
                elif delivery is Busy.BUSY:
                    await asyncio.sleep(_BETWEEN_LOOKS)
                elif person in self._woken:
                    self._woken.discard(person)
                else:
                    break
        finally:
            del self._workers[person]
            self._woken.discard(person)

    async def _answer(self, delivery: Delivery) -> None:
        responder = self._responders.get(delivery.channel)
        try:
            if responder is not None:
                await responder.answer(delivery, self._turns)
        except Exception as error:
            logger.error("%s: an answer failed.", delivery.channel, exc_info=error)
        await self.inbox.note_done(delivery)

    async def _make_rounds(self) -> None:
        """Holds on to the turns that last, and takes up what another process, or this one before, left unanswered."""
        swept = float("-inf")
        while True:
            try:
                if self._workers:
                    await self.inbox.hold(tuple(self._workers))
                if time.monotonic() - swept > _BETWEEN_SWEEPS:
                    seconds = 0.0 if swept == float("-inf") else SECONDS_HELD
                    swept = time.monotonic()
                    for person in await self.inbox.left_waiting(tuple(self._responders), seconds):
                        self._wake(person)
            except Exception as error:
                logger.error("The inbox could not be looked through.", exc_info=error)
            await asyncio.sleep(_BETWEEN_ROUNDS)

    async def close(self) -> None:
        """Gives what is being answered a moment, then ends; what is left is answered after the next start."""
        if self._rounds is None:
            return
        self._rounds.cancel()
        self._rounds = None
        workers = list(self._workers.values())
        if workers:
            _, late = await asyncio.wait(workers, timeout=_LONGEST_ENDING)
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

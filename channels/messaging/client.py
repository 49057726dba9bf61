"""Sends answers to a platform, again where it fails, without anybody else waiting for it.

One way for all platforms: the libraries that Rasa brings for them block the whole server (fbmessenger, Twilio's), hide
the status or how long to wait (fbmessenger, aiogram), or retry in ways of their own (slack_sdk).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from channels.settings import without_secrets

logger = logging.getLogger(__name__)

LONGEST_CALL = 10.0
"""Seconds that a platform has for one request."""

LONGEST_EXTRA_CALL = 3.0
"""Seconds for one that the answer is complete without."""

LONGEST_TRYING = 300.0
"""Seconds after which an answer that a platform does not take is dropped."""

MOST_UNANSWERED = 2
"""Time-outs of one message after which it is not sent again."""

_UNANSWERED = f"no answer within {LONGEST_CALL:.0f} seconds"
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 30.0
_BETWEEN_WARNINGS = 60.0
_LONG_NUMBER = re.compile(r"\+?\d{6,}")
_LONGEST_REASON = 200


@dataclass(frozen=True)
class Call:
    """A request to a platform.

    Attributes:
        path: below the platform's address.
        json: what it carries as JSON.
        form: what it carries as a form, where it is no JSON.
        method: of HTTP.
        is_extra: whether the answer is complete without it; tried once.
        instead: what is sent where the platform finds this one malformed.
    """

    path: str
    json: Mapping[str, Any] | None = None
    form: Mapping[str, Any] | None = None
    method: str = "POST"
    is_extra: bool = False
    instead: Call | None = None


@dataclass(frozen=True)
class Reply:
    """What a platform answered.

    Attributes:
        status: of HTTP.
        content: of the JSON object; empty where it was none.
        retry_after: seconds by the header of that name, or None.
    """

    status: int
    content: Mapping[str, Any]
    retry_after: float | None = None


@dataclass(frozen=True)
class Verdict:
    """What a reply means.

    Attributes:
        is_taken: the platform took the message.
        again: it may take it later.
        wait: seconds until then, where the platform says so.
        gone: it takes nothing for this person (blocked, left), so the rest of the answer is not tried.
        reason: why not, for the log.
    """

    is_taken: bool = False
    again: bool = False
    wait: float | None = None
    gone: bool = False
    reason: str = ""


TAKEN = Verdict(is_taken=True)


def by_status(reply: Reply) -> Verdict:
    """Judges a reply by its status alone, as most platforms mean it."""
    if 200 <= reply.status < 300:
        return TAKEN
    reason = f"status {reply.status}"
    if reply.status in {408, 425, 429} or reply.status >= 500 or 300 <= reply.status < 400:
        return Verdict(again=True, wait=reply.retry_after, reason=reason)
    return Verdict(gone=reply.status in {401, 403, 404, 410}, reason=reason)


class GoneError(Exception):
    """The platform takes nothing for this person, or nothing at all for minutes."""


@dataclass
class Api:
    """A platform's address and what every request to it carries.

    Attributes:
        name: the platform's, for the log.
        base: address, without a slash at its end.
        judge: tells what a reply means.
        headers: of every request.
        query: of every request.
        login: user and password, for basic authentication.
        counts: requests taken, tried again and dropped.
    """

    name: str
    base: str
    judge: Callable[[Reply], Verdict] = by_status
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    login: tuple[str, str] | None = None
    counts: dict[str, int] = field(default_factory=lambda: {"sent": 0, "again": 0, "dropped": 0})
    _session: aiohttp.ClientSession | None = None
    _warned: float = float("-inf")

    async def ask(self, call: Call) -> Reply:
        """Sends a request once.

        Raises:
            aiohttp.ClientError: the platform is out of reach.
            asyncio.TimeoutError: it does not answer in time.
        """
        if self._session is None or self._session.closed:
            # one each: the connections that one platform keeps waiting are not missed by another
            self._session = aiohttp.ClientSession()
        login = aiohttp.BasicAuth(*self.login) if self.login else None
        async with self._session.request(
            call.method,
            f"{self.base}{call.path}",
            json=call.json,
            data=call.form,
            headers=self.headers,
            params=self.query,
            auth=login,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=LONGEST_EXTRA_CALL if call.is_extra else LONGEST_CALL),
        ) as answer:
            try:
                content = await answer.json(content_type=None)
            except (ValueError, LookupError, RecursionError):
                content = {}
            is_page = answer.status == 200 and answer.content_type == "text/html"  # of something in between
            wait = _seconds(answer.headers.get("Retry-After"))
            return Reply(502 if is_page else answer.status, content if isinstance(content, dict) else {}, wait)

    async def fetch(self, call: Call, tries: int) -> Reply | None:
        """Asks the platform for something, again and later where that may help.

        Returns:
            The last reply, whatever it says; None where the platform was out of reach each time.
        """
        reply, pause = None, 1.0
        for number in range(1, tries + 1):
            verdict = Verdict(again=True)
            with contextlib.suppress(aiohttp.ClientError, asyncio.TimeoutError, OSError):
                reply = await self.ask(call)
                verdict = self.judge(reply)
            if not verdict.again:
                return reply
            if number < tries:
                await asyncio.sleep(verdict.wait or pause)
                pause = min(2 * pause, _LONGEST_WAIT)
        return reply

    async def send(self, call: Call) -> bool:
        """Sends a request, again and later where that may help.

        Returns:
            Whether the platform took it.

        Raises:
            GoneError: the rest of the answer need not be tried.
        """
        ends = time.monotonic() + LONGEST_TRYING
        pause, unanswered = _FIRST_WAIT, 0
        while True:
            verdict = await self._try(call)
            unanswered += verdict.reason == _UNANSWERED
            if verdict.is_taken:
                self.counts["sent"] += 1
                return True
            if call.is_extra:
                self._drop(verdict)
                return False
            if unanswered >= MOST_UNANSWERED:  # it may well have taken it each time; the rest of the answer goes on
                self._drop(verdict)
                return False
            if not verdict.again:
                self._drop(verdict)
                if verdict.gone:
                    raise GoneError
                if call.instead is None:
                    return False
                call = call.instead
                continue
            wait = max(verdict.wait or 0.0, pause * random.uniform(0.8, 1.2))  # noqa: S311
            if time.monotonic() + wait > ends:
                self._drop(verdict)
                raise GoneError
            self.counts["again"] += 1
            self._warn(verdict)
            await asyncio.sleep(wait)
            pause = min(2 * pause, _LONGEST_WAIT)

    async def _try(self, call: Call) -> Verdict:
        try:
            reply = await self.ask(call)
        except TimeoutError:
            return Verdict(again=True, reason=_UNANSWERED)
        except (aiohttp.ClientError, OSError) as error:
            return Verdict(again=True, reason=f"out of reach: {type(error).__name__}")
        try:
            return self.judge(reply)
        except (TypeError, ValueError, AttributeError):  # of a shape that the platform does not have
            return by_status(reply)

    def _drop(self, verdict: Verdict) -> None:
        self.counts["dropped"] += 1
        logger.warning("%s does not take a part of an answer (%s); dropped.", self.name, _safe(verdict.reason))

    def _warn(self, verdict: Verdict) -> None:
        if time.monotonic() - self._warned > _BETWEEN_WARNINGS:
            self._warned = time.monotonic()
            logger.warning("%s fails (%s); its answers are tried again.", self.name, _safe(verdict.reason))

    async def close(self) -> None:
        """Closes the connections."""
        if self._session is not None:
            await self._session.close()


def _safe(reason: str) -> str:
    """Returns a reason without secrets and without what may be somebody's number."""
    return _LONG_NUMBER.sub("…", without_secrets(reason))[:_LONGEST_REASON]


def _seconds(header: str | None) -> float | None:
    try:
        return max(0.0, float(header)) if header else None
    except ValueError:
        return None

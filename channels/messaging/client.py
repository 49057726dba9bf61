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

from channels.settings import redact

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
_FIRST_BACKOFF, _LONGEST_BACKOFF = 0.5, 30.0
_BETWEEN_WARNINGS = 60.0
_LONG_NUMBER = re.compile(r"\+?\d{6,}")
_LONGEST_REASON = 200


@dataclass(frozen=True)
class OutboundRequest:
    """A request to a platform.

    Attributes:
        path: below the platform's address.
        json: what it carries as JSON.
        form: what it carries as a form, where it is no JSON.
        method: of HTTP.
        best_effort: whether the answer is complete without it; tried once.
        fallback: what is sent where the platform finds this one malformed.
    """

    path: str
    json: Mapping[str, Any] | None = None
    form: Mapping[str, Any] | None = None
    method: str = "POST"
    best_effort: bool = False
    fallback: OutboundRequest | None = None


@dataclass(frozen=True)
class Response:
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
class SendOutcome:
    """What became of a request.

    Attributes:
        is_accepted: the platform took the message.
        should_retry: it may take it later.
        retry_after: seconds until then, where the platform says so.
        is_unreachable: it takes nothing for this person (blocked, left), so the rest of the answer is not tried.
        reason: why not, for the log.
    """

    is_accepted: bool = False
    should_retry: bool = False
    retry_after: float | None = None
    is_unreachable: bool = False
    reason: str = ""


ACCEPTED = SendOutcome(is_accepted=True)


def classify_by_status(response: Response) -> SendOutcome:
    """Returns what a response means by its status alone, as most platforms mean it."""
    if 200 <= response.status < 300:
        return ACCEPTED
    reason = f"status {response.status}"
    if response.status in {408, 425, 429} or response.status >= 500 or 300 <= response.status < 400:
        return SendOutcome(should_retry=True, retry_after=response.retry_after, reason=reason)
    return SendOutcome(is_unreachable=response.status in {401, 403, 404, 410}, reason=reason)


class RecipientUnreachableError(Exception):
    """The platform takes nothing for this person, or nothing at all for minutes."""


@dataclass
class ApiClient:
    """A platform's address and what every request to it carries.

    Attributes:
        name: the platform's, for the log.
        base: address, without a slash at its end.
        classify: tells what a response means.
        headers: of every request.
        query: of every request.
        login: user and password, for basic authentication.
        counts: requests taken, tried again and dropped.
    """

    name: str
    base: str
    classify: Callable[[Response], SendOutcome] = classify_by_status
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    login: tuple[str, str] | None = None
    counts: dict[str, int] = field(default_factory=lambda: {"sent": 0, "again": 0, "dropped": 0})
    _session: aiohttp.ClientSession | None = None
    _warned: float = float("-inf")

    async def request(self, request: OutboundRequest) -> Response:
        """Sends a request once.

        Args:
            request: what is sent.

        Returns:
            What the platform answered; of anything but a JSON object, the status alone.

        Raises:
            aiohttp.ClientError: the platform is out of reach.
            asyncio.TimeoutError: it does not answer in time.
        """
        if self._session is None or self._session.closed:
            # one each: the connections that one platform keeps waiting are not missed by another
            self._session = aiohttp.ClientSession()
        login = aiohttp.BasicAuth(*self.login) if self.login else None
        async with self._session.request(
            request.method,
            f"{self.base}{request.path}",
            json=request.json,
            data=request.form,
            headers=self.headers,
            params=self.query,
            auth=login,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=LONGEST_EXTRA_CALL if request.best_effort else LONGEST_CALL),
        ) as response:
            try:
                content = await response.json(content_type=None)
            except (ValueError, LookupError, RecursionError):
                content = {}
            is_page = response.status == 200 and response.content_type == "text/html"  # of something in between
            wait = _seconds(response.headers.get("Retry-After"))
            return Response(502 if is_page else response.status, content if isinstance(content, dict) else {}, wait)

    async def fetch(self, request: OutboundRequest, tries: int) -> Response | None:
        """Asks the platform for something, again and later where that may help.

        Args:
            request: what is asked.
            tries: how often at most.

        Returns:
            The last response, whatever it says; None where the platform was out of reach each time.
        """
        response, backoff = None, 1.0
        for number in range(1, tries + 1):
            outcome = SendOutcome(should_retry=True)
            with contextlib.suppress(aiohttp.ClientError, asyncio.TimeoutError, OSError):
                response = await self.request(request)
                outcome = self.classify(response)
            if not outcome.should_retry:
                return response
            if number < tries:
                await asyncio.sleep(outcome.retry_after or backoff)
                backoff = min(2 * backoff, _LONGEST_BACKOFF)
        return response

    async def send(self, request: OutboundRequest) -> bool:
        """Sends a request, again and later where that may help.

        Returns:
            Whether the platform took it.

        Raises:
            RecipientUnreachableError: the rest of the answer need not be tried.
        """
        ends = time.monotonic() + LONGEST_TRYING
        backoff, unanswered = _FIRST_BACKOFF, 0
        while True:
            outcome = await self._try(request)
            unanswered += outcome.reason == _UNANSWERED
            if outcome.is_accepted:
                self.counts["sent"] += 1
                return True
            if request.best_effort:
                self._drop(outcome)
                return False
            if unanswered >= MOST_UNANSWERED:  # it may well have taken it each time; the rest of the answer goes on
                self._drop(outcome)
                return False
            if not outcome.should_retry:
                self._drop(outcome)
                if outcome.is_unreachable:
                    raise RecipientUnreachableError
                if request.fallback is None:
                    return False
                request = request.fallback
                continue
            wait = max(outcome.retry_after or 0.0, backoff * random.uniform(0.8, 1.2))  # noqa: S311
            if time.monotonic() + wait > ends:
                self._drop(outcome)
                raise RecipientUnreachableError
            self.counts["again"] += 1
            self._warn(outcome)
            await asyncio.sleep(wait)
            backoff = min(2 * backoff, _LONGEST_BACKOFF)

    async def _try(self, request: OutboundRequest) -> SendOutcome:
        try:
            response = await self.request(request)
        except TimeoutError:
            return SendOutcome(should_retry=True, reason=_UNANSWERED)
        except (aiohttp.ClientError, OSError) as error:
            return SendOutcome(should_retry=True, reason=f"out of reach: {type(error).__name__}")
        try:
            return self.classify(response)
        except (TypeError, ValueError, AttributeError):  # of a shape that the platform does not have
            return classify_by_status(response)

    def _drop(self, outcome: SendOutcome) -> None:
        self.counts["dropped"] += 1
        logger.warning("%s does not take a part of an answer (%s); dropped.", self.name, _safe(outcome.reason))

    def _warn(self, outcome: SendOutcome) -> None:
        if time.monotonic() - self._warned > _BETWEEN_WARNINGS:
            self._warned = time.monotonic()
            logger.warning("%s fails (%s); its answers are tried again.", self.name, _safe(outcome.reason))

    async def close(self) -> None:
        """Closes the connections."""
        if self._session is not None:
            await self._session.close()


def _safe(reason: str) -> str:
    """Returns a reason without secrets and without what may be somebody's number."""
    return _LONG_NUMBER.sub("…", redact(reason))[:_LONGEST_REASON]


def _seconds(header: str | None) -> float | None:
    try:
        return max(0.0, float(header)) if header else None
    except ValueError:
        return None

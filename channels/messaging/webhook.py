"""What a webhook's request is held against before anybody reads it: its size, its shape, its secrets."""

from __future__ import annotations

import hmac
import json
import logging
from collections import Counter
from typing import Any

from sanic import response
from sanic.response import HTTPResponse

from channels.messaging.delivery import to_bytes
from nlu.text.tokens import whole_characters

logger = logging.getLogger(__name__)

LARGEST_BODY = 1_000_000
"""Bytes; platforms bundle deliveries, but none comes near it."""


class UnreadableError(ValueError):
    """A request is no delivery of this platform; the message says why."""


class Guard:
    """Counts what came to the door of a channel and tells of what was refused."""

    def __init__(self, title: str) -> None:
        """Takes the channel's name."""
        self._title = title
        self.counts: Counter[str] = Counter(taken=0, repeated=0, ignored=0, refused=0)

    def refuse(self, status: int, reason: str) -> HTTPResponse:
        """Refuses a request.

        Args:
            status: of HTTP.
            reason: one sentence for whoever sent it.
        """
        self.counts["refused"] += 1
        count = self.counts["refused"]
        if str(count).strip("0") == "1":  # 1, 10, 100 …: a flood of them must not fill the log
            logger.warning("%s: request number %d refused. %s", self._title, count, reason)
        return response.json({"error": reason}, status=status)


def same(one: str | None, other: str) -> bool:
    """Compares two secrets in a time that tells nothing of them."""
    return hmac.compare_digest(to_bytes(one or ""), to_bytes(other))


def read_object(body: bytes) -> dict[str, Any]:
    """Returns the JSON object that a request carries.

    Raises:
        UnreadableError: it carries none.
    """
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableError("The body is not JSON.") from error
    if not isinstance(content, dict):
        raise UnreadableError("The body is not a JSON object.")
    return whole(content)  # type: ignore[no-any-return]


def whole(value: Any) -> Any:
    """Returns JSON content with halves of characters replaced (see `nlu.text.tokens.whole_characters`)."""
    if isinstance(value, str):
        return whole_characters(value)
    if isinstance(value, list):
        return [whole(entry) for entry in value]
    if isinstance(value, dict):
        return {whole(key): whole(entry) for key, entry in value.items()}
    return value


def as_object(value: object) -> dict[str, Any]:
    """Returns a JSON object as it is, and an empty one for anything else: no platform's word for its shape is taken."""
    return value if isinstance(value, dict) else {}

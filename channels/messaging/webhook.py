"""What a webhook's request is held against before anybody reads it: its size, its shape, its secrets."""

from __future__ import annotations

import hmac
import json
import logging
from typing import Any

from sanic import response
from sanic.response import HTTPResponse

from channels.messaging.incoming import to_bytes
from nlu.text.tokens import whole_characters

logger = logging.getLogger(__name__)

LARGEST_BODY = 1_000_000
"""Bytes; platforms bundle messages, but no bundle comes near it."""


class UnreadableError(ValueError):
    """A request is not what this platform sends; the message says why."""


class RejectionCounter:
    """Counts the requests that a channel rejects, and logs some of them.

    Attributes:
        count: requests rejected so far.
    """

    def __init__(self, title: str) -> None:
        """Takes the channel's name."""
        self._title = title
        self._next_logged = 1
        self.count = 0

    def reject(self, status: int, reason: str) -> HTTPResponse:
        """Rejects a request.

        Args:
            status: of HTTP.
            reason: one sentence for whoever sent it.

        Returns:
            The response to it, which says the reason.
        """
        self.count += 1
        if self.count == self._next_logged:  # 1, 10, 100 …: a flood of them must not fill the log
            self._next_logged *= 10
            logger.warning("%s: request number %d refused. %s", self._title, self.count, reason)
        return response.json({"error": reason}, status=status)


def constant_time_equal(one: str | None, other: str) -> bool:
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
    return replace_surrogates(content)  # type: ignore[no-any-return]


def replace_surrogates(value: Any) -> Any:
    """Returns JSON content with halves of characters replaced (see `nlu.text.tokens.whole_characters`)."""
    if isinstance(value, str):
        return whole_characters(value)
    if isinstance(value, list):
        return [replace_surrogates(entry) for entry in value]
    if isinstance(value, dict):
        return {replace_surrogates(key): replace_surrogates(entry) for key, entry in value.items()}
    return value


def as_dict(value: object) -> dict[str, Any]:
    """Returns a JSON object as it is, and an empty one for anything else: no platform's word for its shape is taken."""
    return value if isinstance(value, dict) else {}

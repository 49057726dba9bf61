"""What a valid message is, where a program or a browser writes to us: a REST body and a widget's event."""

from __future__ import annotations

import json
import re
from typing import Any

LONGEST_SENDER = 200
LARGEST_BODY = 200_000
"""Bytes; far above the longest message that is read."""
_MESSAGE_ID = re.compile(r"[\w-]{8,64}")


def validate_body(body: bytes) -> tuple[int, str] | None:
    """Returns what is wrong with the body of a REST request.

    Returns:
        HTTP status and one sentence with the cure, or None where nothing is wrong.
    """
    if len(body) > LARGEST_BODY:
        return 413, f"The request is larger than {LARGEST_BODY} bytes; send a shorter message."
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return 400, 'The body is not JSON; send {"sender": "…", "message": "…"}.'
    if not isinstance(data, dict):
        return 400, 'The body is not a JSON object; send {"sender": "…", "message": "…"}.'
    sender, message = data.get("sender"), data.get("message", "")
    if not isinstance(sender, str) or not sender.strip():
        return 400, "The field sender is missing or empty; give every conversation a name of its own."
    if len(sender) > LONGEST_SENDER:
        return 400, f"The field sender is longer than {LONGEST_SENDER} characters; shorten it."
    if message is not None and not isinstance(message, str):
        return 400, "The field message is not a text; send it as a string."
    if not isinstance(data.get("metadata") or {}, dict):
        return 400, 'The field metadata is not an object; send {"locale": "en-GB"} or leave it out.'
    return None


def validate_event(data: Any) -> str | None:
    """Returns one sentence on what is wrong with a ``user_uttered``, or None."""
    if not isinstance(data, dict):
        return "The message is no object."
    if not isinstance(data.get("id"), str) or not _MESSAGE_ID.fullmatch(data["id"]):
        return "The message has no id of 8 to 64 letters, digits, - and _."
    if not isinstance(data.get("message"), str) or not isinstance(data.get("shown") or "", str):
        return "The message is not a text."
    return None

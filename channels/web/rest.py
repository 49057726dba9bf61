"""Rasa's REST channel behind a guard: who is speaking, and is it a lawful request."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.channels.rest import RestInput
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from channels.messaging.platform import announce

LONGEST_SENDER = 200
LARGEST_BODY = 200_000
"""Bytes; far above the longest message that is read."""


class GuardedRest(RestInput):
    """The ``rest`` channel; refuses what Rasa would put on a tracker shared by everyone."""

    title = "REST"

    @classmethod
    def name(cls) -> str:
        """Keeps Rasa's address, ``/webhooks/rest/webhook``."""
        return "rest"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Returns Rasa's endpoints with the guard before them."""
        endpoints = super().blueprint(on_new_message)

        @endpoints.listener("after_server_start")
        async def tell_which_are_on(app: Sanic, _: Any) -> None:
            announce(app)

        @endpoints.middleware("request")
        async def refuse_unlawful(request: Request) -> HTTPResponse | None:
            if request.method != "POST":
                return None
            problem = unlawful(request.body)
            return response.json({"error": problem[1]}, status=problem[0]) if problem else None

        return endpoints


def unlawful(body: bytes) -> tuple[int, str] | None:
    """Tells what is wrong with a request body.

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

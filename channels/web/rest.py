"""Rasa's REST channel, which takes valid requests alone: each with a conversation of its own."""

from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.channels.rest import RestInput
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from channels.fail_safe.install import install
from channels.settings import announce
from channels.validation import validate_body


class GuardedRest(RestInput):
    """The ``rest`` channel; refuses what Rasa would put on a tracker shared by everyone."""

    title = "REST"

    @classmethod
    def name(cls) -> str:
        """Keeps Rasa's address, ``/webhooks/rest/webhook``."""
        return "rest"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Returns Rasa's endpoints with the check before them."""
        install()
        endpoints = super().blueprint(on_new_message)

        @endpoints.listener("after_server_start")
        async def tell_which_are_on(app: Sanic, _: Any) -> None:
            announce(app)

        @endpoints.middleware("request")
        async def reject_invalid_body(request: Request) -> HTTPResponse | None:
            if request.method != "POST":
                return None
            problem = validate_body(request.body)
            return response.json({"error": problem[1]}, status=problem[0]) if problem else None

        return endpoints

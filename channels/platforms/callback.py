"""The callback channel: any program that writes to us with a token and takes the answers at an address of its own."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from sanic.request import Request
from sanic.response import HTTPResponse

from channels import settings
from channels.messaging.client import Api, Call
from channels.messaging.delivery import Delivery
from channels.messaging.output import Turn
from channels.messaging.platform import Platform
from channels.messaging.webhook import UnreadableError, read_object, same
from channels.validation import unlawful_body


class Callback(Platform):
    """Takes ``{sender, message, message_id}`` and sends each answer to ``CALLBACK_URL``; both with the same token."""

    title = "callback"
    binds_answers = False
    secrets = ("CALLBACK_URL", "CALLBACK_TOKEN")

    @classmethod
    def name(cls) -> str:
        """Returns the name in Rasa's address, ``/webhooks/callback/webhook``."""
        return "callback"

    def make_api(self) -> Api:
        """Returns how the other program is reached."""
        headers = {"Authorization": f"Bearer {self.settings['CALLBACK_TOKEN']}"}
        return Api(self.title, settings.address("CALLBACK_URL"), headers=headers)

    def verify(self, request: Request) -> str | None:
        """Checks the token."""
        is_ours = same(request.headers.get("authorization"), f"Bearer {self.settings['CALLBACK_TOKEN']}")
        return None if is_ours else "The token of the header Authorization is missing or wrong."

    def read(self, request: Request) -> list[Delivery] | HTTPResponse:
        """Reads a message; one with the ``message_id`` of another is that one come again."""
        problem = unlawful_body(request.body)
        if problem:
            raise UnreadableError(problem[1])
        content = read_object(request.body)
        sender = str(content["sender"])
        id_ = f"{sender}/{content.get('message_id') or uuid4().hex}"
        words = str(content.get("message") or "")
        country = str((content.get("metadata") or {}).get("country") or "") or None
        address = {"recipient": sender}
        return [Delivery(self.name(), id_, self.person(sender), address, words, country=country)]

    async def calls(self, answer: dict[str, Any], turn: Turn) -> list[Call]:
        """Returns an answer in the shape of Rasa's own callback channel, with what else is known of it."""
        return [Call("", json={"recipient_id": turn.delivery.address["recipient"], **answer})]

"""The callback channel: any program that writes to us with a token and takes the answers at an address of its own."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from sanic.request import Request
from sanic.response import HTTPResponse

from channels import settings
from channels.messaging.client import ApiClient, OutboundRequest
from channels.messaging.incoming import IncomingMessage
from channels.messaging.output import ReplyContext
from channels.messaging.platform import Platform
from channels.messaging.webhook import UnreadableError, constant_time_equal, read_object
from channels.validation import validate_body


class Callback(Platform):
    """Takes ``{sender, message, message_id}`` and sends each answer to ``CALLBACK_URL``; both with the same token."""

    title = "callback"
    route = "callback"
    binds_answers = False
    secrets = ("CALLBACK_URL", "CALLBACK_TOKEN")

    def make_client(self) -> ApiClient:
        """Returns how the other program is reached."""
        headers = {"Authorization": f"Bearer {self.settings['CALLBACK_TOKEN']}"}
        return ApiClient(self.title, settings.read_url("CALLBACK_URL"), headers=headers)

    def verify(self, request: Request) -> str | None:
        """Checks the token."""
        is_ours = constant_time_equal(request.headers.get("authorization"), f"Bearer {self.settings['CALLBACK_TOKEN']}")
        return None if is_ours else "The token of the header Authorization is missing or wrong."

    def read(self, request: Request) -> list[IncomingMessage] | HTTPResponse:
        """Reads a message; one with the ``message_id`` of another is that one come again."""
        problem = validate_body(request.body)
        if problem:
            raise UnreadableError(problem[1])
        content = read_object(request.body)
        sender = str(content["sender"])
        id_ = f"{sender}/{content.get('message_id') or uuid4().hex}"
        words = str(content.get("message") or "")
        country = str((content.get("metadata") or {}).get("country") or "") or None
        reply_target = {"recipient": sender}
        return [IncomingMessage(self.name(), id_, self.conversation_id(sender), reply_target, words, country=country)]

    async def to_requests(self, answer: dict[str, Any], context: ReplyContext) -> list[OutboundRequest]:
        """Returns an answer in the shape of Rasa's own callback channel, with what else is known of it."""
        return [OutboundRequest("", json={"recipient_id": context.incoming.reply_target["recipient"], **answer})]

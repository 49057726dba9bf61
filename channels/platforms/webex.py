"""Webex: signed webhooks, the message fetched by its id, options as a numbered list."""

from __future__ import annotations

import hashlib
import hmac
import html
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from sanic.request import Request
from sanic.response import HTTPResponse

from channels import settings
from channels.messaging import formatting
from channels.messaging.client import ApiClient, OutboundRequest
from channels.messaging.incoming import IncomingMessage
from channels.messaging.numbered_menu import NumberedPlatform
from channels.messaging.output import ReplyContext
from channels.messaging.webhook import UnreadableError, constant_time_equal, read_object

LONGEST_TEXT = 6_000
"""Bytes as UTF-8; Webex takes 7,439."""

_MENTION = re.compile(r"<spark-mention[^>]*>(.*?)</spark-mention>", re.DOTALL)
_BOT_ADDRESSES = ("@webex.bot", "@sparkbot.io")
_TRIES = 4


class Webex(NumberedPlatform):
    """The bot of ``WEBEX_BOT_TOKEN``."""

    title = "Webex"
    route = "webexteams"
    secrets = ("WEBEX_BOT_TOKEN", "WEBEX_WEBHOOK_SECRET")

    def make_client(self) -> ApiClient:
        """Returns how Webex is reached."""
        headers = {"Authorization": f"Bearer {self.settings['WEBEX_BOT_TOKEN']}"}
        return ApiClient(
            self.title, f"{settings.read_url('WEBEX_API_BASE', 'https://webexapis.com')}/v1", headers=headers
        )

    def verify(self, request: Request) -> str | None:
        """Checks the signature over the whole body (SHA-1, as Webex makes it)."""
        wanted = hmac.new(self.settings["WEBEX_WEBHOOK_SECRET"].encode(), request.body, hashlib.sha1).hexdigest()
        is_valid = constant_time_equal((request.headers.get("x-spark-signature") or "").lower(), wanted)
        return None if is_valid else "The signature X-Spark-Signature is missing or wrong."

    def read(self, request: Request) -> list[IncomingMessage] | HTTPResponse:
        """Reads that a message came; those of bots, and of whoever made the webhook, which is our bot, are none."""
        content = read_object(request.body)
        data = content.get("data")
        if not isinstance(data, dict):
            raise UnreadableError("The webhook has no data.")
        id_, room, person = data.get("id"), data.get("roomId"), data.get("personId")
        if content.get("resource") != "messages" or content.get("event") != "created":
            return []
        if not all(isinstance(part, str) and part for part in (id_, room, person)):
            raise UnreadableError("The webhook's data has no id, no roomId or no personId.")
        if person == content.get("createdBy") or str(data.get("personEmail")).endswith(_BOT_ADDRESSES):
            return []
        reply_target = {"room": room, "message": id_}
        return [IncomingMessage(self.name(), str(id_), self.conversation_id(room, person), reply_target, "")]

    async def hydrate(self, incoming: IncomingMessage) -> IncomingMessage | None:
        """Fetches the message, which the webhook only names."""
        request = OutboundRequest(f"/messages/{quote(str(incoming.reply_target['message']), safe='')}", method="GET")
        reply = await self.client.fetch(request, _TRIES)
        if reply is None or not self.client.classify(reply).is_accepted:
            return None
        words, attachment_type = _words(reply.content), "file" if reply.content.get("files") else None
        return replace(incoming, text=words or ("" if attachment_type else "hello"), attachment_type=attachment_type)

    def text_request(self, incoming: IncomingMessage, text: str) -> OutboundRequest:
        """Returns the request that sends a text."""
        return OutboundRequest("/messages", json={"roomId": incoming.reply_target["room"], "markdown": text})

    async def to_requests(self, answer: dict[str, Any], context: ReplyContext) -> list[OutboundRequest]:
        """Returns the messages of an answer, with its buttons as a numbered list."""
        # a paragraph of its own, or it would belong to the last option
        menu = self.add_options(answer, context).replace("\nReply", "\n\nReply")
        whole = "\n\n".join(filter(None, (formatting.to_markdown(answer["text"]), menu)))
        pieces = formatting.chunk(whole, lambda piece: len(piece.encode()) <= LONGEST_TEXT)
        return [self.text_request(context.incoming, piece) for piece in pieces]


def _words(message: Mapping[str, Any]) -> str:
    """Returns what a person typed, without the mention of the bot before it."""
    text = str(message.get("text") or "").strip()
    for mention in _MENTION.findall(str(message.get("html") or "")):
        name = html.unescape(mention)
        text = text[len(name) :].strip(" ,:") if text.startswith(name) else text
    return text

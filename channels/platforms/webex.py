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
from channels.messaging.client import Api, Call
from channels.messaging.delivery import Delivery
from channels.messaging.numbered_menu import NumberedPlatform
from channels.messaging.output import Turn
from channels.messaging.webhook import UnreadableError, read_object, same

LONGEST_TEXT = 6_000
"""Bytes as UTF-8; Webex takes 7,439."""

_MENTION = re.compile(r"<spark-mention[^>]*>(.*?)</spark-mention>", re.DOTALL)
_BOT_ADDRESSES = ("@webex.bot", "@sparkbot.io")
_TRIES = 4


class Webex(NumberedPlatform):
    """The bot of ``WEBEX_BOT_TOKEN``."""

    title = "Webex"
    secrets = ("WEBEX_BOT_TOKEN", "WEBEX_WEBHOOK_SECRET")

    @classmethod
    def name(cls) -> str:
        """Returns the name in Rasa's address, ``/webhooks/webexteams/webhook``."""
        return "webexteams"

    def make_api(self) -> Api:
        """Returns how Webex is reached."""
        headers = {"Authorization": f"Bearer {self.settings['WEBEX_BOT_TOKEN']}"}
        return Api(self.title, f"{settings.address('WEBEX_API_BASE', 'https://webexapis.com')}/v1", headers=headers)

    def verify(self, request: Request) -> str | None:
        """Checks the signature over the whole body (SHA-1, as Webex makes it)."""
        wanted = hmac.new(self.settings["WEBEX_WEBHOOK_SECRET"].encode(), request.body, hashlib.sha1).hexdigest()
        is_valid = same((request.headers.get("x-spark-signature") or "").lower(), wanted)
        return None if is_valid else "The signature X-Spark-Signature is missing or wrong."

    def read(self, request: Request) -> list[Delivery] | HTTPResponse:
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
        address = {"room": room, "message": id_}
        return [Delivery(self.name(), str(id_), self.person(room, person), address, "")]

    async def complete(self, delivery: Delivery) -> Delivery | None:
        """Fetches the message, which the webhook only names."""
        call = Call(f"/messages/{quote(str(delivery.address['message']), safe='')}", method="GET")
        reply = await self.api.fetch(call, _TRIES)
        if reply is None or not self.api.judge(reply).is_taken:
            return None
        words, medium = _words(reply.content), "file" if reply.content.get("files") else None
        return replace(delivery, text=words or ("" if medium else "hello"), medium=medium)

    def text_call(self, delivery: Delivery, text: str) -> Call:
        """Returns the request that sends a text."""
        return Call("/messages", json={"roomId": delivery.address["room"], "markdown": text})

    async def calls(self, answer: dict[str, Any], turn: Turn) -> list[Call]:
        """Returns the messages of an answer, with its buttons as a numbered list."""
        menu = self.offer(answer, turn).replace("\nReply", "\n\nReply")  # else it would belong to the last option
        whole = "\n\n".join(filter(None, (formatting.markdown(answer["text"]), menu)))
        pieces = formatting.split(whole, lambda piece: len(piece.encode()) <= LONGEST_TEXT)
        return [self.text_call(turn.delivery, piece) for piece in pieces]


def _words(message: Mapping[str, Any]) -> str:
    """Returns what a person typed, without the mention of the bot before it."""
    text = str(message.get("text") or "").strip()
    for mention in _MENTION.findall(str(message.get("html") or "")):
        name = html.unescape(mention)
        text = text[len(name) :].strip(" ,:") if text.startswith(name) else text
    return text

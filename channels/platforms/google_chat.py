"""Google Chat: its tokens checked; all of an answer goes out as the reply to the request."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any
from uuid import uuid4

import jwt
from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

from channels import settings
from channels.messaging import bearer, formatting
from channels.messaging.client import ApiClient, OutboundRequest, Response
from channels.messaging.incoming import IncomingMessage
from channels.messaging.output import ReplyContext
from channels.messaging.platform import MY_SIDE, Platform
from channels.messaging.webhook import UnreadableError, as_dict, read_object

ISSUER = "chat@system.gserviceaccount.com"
LONGEST_ANSWER = 25.0
"""Seconds; Google Chat waits for thirty."""

LONGEST_TEXT = 20_000
"""Bytes as UTF-8; a message may have 32,000 with its card."""

_KEYS = f"https://www.googleapis.com/service_accounts/v1/jwk/{ISSUER}"
_FUNCTION = "choose"
_PAYLOAD = "payload"


class _Collector(ApiClient):
    """Keeps what would be sent until the request is replied to."""

    messages: dict[str, list[dict[str, Any]]]

    async def request(self, request: OutboundRequest) -> Response:
        """Keeps a message for the request that its path names."""
        self.messages.setdefault(request.path, []).append(dict(request.json or {}))
        return Response(200, {})


class GoogleChat(Platform):
    """The Chat app of ``GOOGLE_CHAT_PROJECT_NUMBER``, in the directory ``hangouts`` of Rasa's addresses."""

    title = "Google Chat"
    route = "hangouts"
    secrets = ("GOOGLE_CHAT_PROJECT_NUMBER",)

    def make_client(self) -> ApiClient:
        """Returns what stands in for an API: there is none to be called."""
        url = settings.read_url("GOOGLE_CHAT_CERTIFICATES_URL", _KEYS)
        self._keys = jwt.PyJWKClient(url, lifespan=bearer.KEYS_LAST, timeout=bearer.LONGEST_FETCH)
        self._waiting: dict[str, asyncio.Event] = {}
        self._collector = _Collector(self.title, "")
        self._collector.messages = {}
        return self._collector

    async def verify_async(self, request: Request) -> str | None:
        """Checks the token; the keys for it are fetched in a thread."""
        return await asyncio.get_running_loop().run_in_executor(None, self.verify, request)

    def verify(self, request: Request) -> str | None:
        """Checks that the token is Google Chat's and for our project, and that it has not ended.

        As https://developers.google.com/workspace/chat/verify-requests-from-chat has it for a "Project Number".
        """
        try:
            bearer.claims(request, self._keys, self.settings["GOOGLE_CHAT_PROJECT_NUMBER"], ISSUER)
        except (jwt.PyJWTError, ValueError, OSError):
            return "The token of the header Authorization is missing or wrong."
        return None

    def acknowledgement(self) -> HTTPResponse:
        """Returns an empty object, which says nothing in the space."""
        return response.json({})

    def read(self, request: Request) -> list[IncomingMessage] | HTTPResponse:
        """Reads an event: a message, a pressed button, or that we were added to a space."""
        event = read_object(request.body)
        kind, user, space = event.get("type"), as_dict(event.get("user")), as_dict(event.get("space"))
        message = as_dict(event.get("message"))
        sender = (as_dict(message.get("sender")) if kind == "MESSAGE" else user) or user
        if kind not in ("MESSAGE", "CARD_CLICKED", "ADDED_TO_SPACE") or sender.get("type") == "BOT":
            return []
        if not all(isinstance(part.get("name"), str) and part["name"] for part in (sender, space)):
            raise UnreadableError("The event has no user or no space.")
        attachment_type, id_ = (
            None,
            str(message.get("name") or f"{space['name']}/{event.get('eventTime') or uuid4().hex}"),
        )
        if kind == "CARD_CLICKED":
            words = _pressed(as_dict(event.get("action")), as_dict(event.get("common")))
            id_ = f"press/{id_}/{event.get('eventTime') or uuid4().hex}"
        else:  # who adds us by a mention says something with it
            text = message["argumentText"] if "argumentText" in message else message.get("text")
            words = str(text or "").strip()
            attachment_type = "file" if message.get("attachment") or message.get("attachments") else None
        words = words or ("" if attachment_type else "hello")
        conversation_id, reply_target = self.conversation_id(space["name"], sender["name"]), {"request": uuid4().hex}
        return [IncomingMessage(self.name(), id_, conversation_id, reply_target, words, attachment_type)]

    async def accept(self, messages: Collection[IncomingMessage]) -> HTTPResponse:
        """Takes a message on, waits for its answer and returns it."""
        incoming = next(iter(messages), None)
        if incoming is None:
            return await super().accept(messages)
        name, nothing = incoming.reply_target["request"], self.acknowledgement()
        done = self._waiting[name] = asyncio.Event()
        try:
            new = await self.dispatcher.enqueue([incoming])
            self.counts.update(taken=new, repeated=1 - new)
            if not new:
                return nothing
            await asyncio.wait_for(done.wait(), LONGEST_ANSWER)
        except TimeoutError:
            nothing = response.json({"text": MY_SIDE})
        finally:
            self._waiting.pop(name, None)
            said = self._collector.messages.pop(name, [])
        return response.json(joined(said)) if said else nothing

    async def answer(self, incoming: IncomingMessage, slots: asyncio.Semaphore) -> None:
        """Has a message answered, then lets the request that waits be replied to."""
        try:
            await super().answer(incoming, slots)
        finally:
            waiting = self._waiting.get(incoming.reply_target["request"])
            if waiting is None:  # nobody waits any more: it took too long, or the process was started again in between
                self._collector.messages.pop(incoming.reply_target["request"], None)
            else:
                waiting.set()

    async def to_requests(self, answer: dict[str, Any], context: ReplyContext) -> list[OutboundRequest]:
        """Returns a message, to be joined with the others of its answer."""
        text = formatting.bold_asterisks(answer["text"])
        message = {"text": text, "buttons": answer.get("buttons") or []}
        return [OutboundRequest(str(context.incoming.reply_target["request"]), json=message)]


def joined(messages: Collection[dict[str, Any]]) -> dict[str, Any]:
    """Returns the messages of an answer as the one that Google Chat takes, the first of them first.

    Args:
        messages: with ``text`` and ``buttons``.
    """
    whole = "\n\n".join(message["text"] for message in messages)
    text = next(iter(formatting.chunk(whole, lambda piece: len(piece.encode()) <= LONGEST_TEXT)), "")
    buttons = [
        {
            "text": button["title"],
            "onClick": {
                "action": {"function": _FUNCTION, "parameters": [{"key": _PAYLOAD, "value": button["payload"]}]}
            },
        }
        for message in messages
        for button in message["buttons"]
    ]
    if not buttons:
        return {"text": text} if text else {}
    section = {"widgets": [{"buttonList": {"buttons": buttons}}]}
    return {"text": text, "cardsV2": [{"cardId": "answers", "card": {"sections": [section]}}]}


def _pressed(action: dict[str, Any], common: dict[str, Any]) -> str:
    """Returns the payload of a pressed button, which Google Chat tells in two places."""
    given = action.get("parameters")
    parameters = [as_dict(entry) for entry in given] if isinstance(given, list) else []
    found = next((entry.get("value") for entry in parameters if entry.get("key") == _PAYLOAD), None)
    return str(found or as_dict(common.get("parameters")).get(_PAYLOAD) or "")

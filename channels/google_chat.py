"""Google Chat: its tokens checked; all of an answer goes out as the reply to the request."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any
from uuid import uuid4

import google.auth.transport.requests
from google.auth.exceptions import GoogleAuthError
from google.oauth2 import id_token
from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

from channels import settings
from channels.delivery import Delivery
from channels.platform import Platform, Turn, UnreadableError, read_object
from channels.reception import reception
from channels.sending import Api, Call, Reply

ISSUER = "chat@system.gserviceaccount.com"
LONGEST_ANSWER = 25.0
"""Seconds; Google Chat waits for thirty."""

LONGEST_TEXT = 4_000
_CERTIFICATES = f"https://www.googleapis.com/service_accounts/v1/metadata/x509/{ISSUER}"
_FUNCTION = "choose"
_PAYLOAD = "payload"


class _Collector(Api):
    """Keeps what would be sent until the request is replied to."""

    messages: dict[str, list[dict[str, Any]]]

    async def ask(self, call: Call) -> Reply:
        """Keeps a message for the request that its path names."""
        self.messages.setdefault(call.path, []).append(dict(call.json or {}))
        return Reply(200, {})


class GoogleChat(Platform):
    """The Chat app of ``GOOGLE_CHAT_PROJECT_NUMBER``, in the directory ``hangouts`` of Rasa's addresses."""

    title = "Google Chat"
    secrets = ("GOOGLE_CHAT_PROJECT_NUMBER",)

    @classmethod
    def name(cls) -> str:
        """Returns the name in Rasa's address, ``/webhooks/hangouts/webhook``."""
        return "hangouts"

    def make_api(self) -> Api:
        """Returns what stands in for an API: there is none to be called."""
        self._certificates = settings.address("GOOGLE_CHAT_CERTIFICATES_URL", _CERTIFICATES)
        self._waiting: dict[str, asyncio.Event] = {}
        self._collector = _Collector(self.title, "")
        self._collector.messages = {}
        return self._collector

    async def check(self, request: Request) -> str | None:
        """Checks the token; the certificates for it are fetched in a thread."""
        return await asyncio.get_running_loop().run_in_executor(None, self.verify, request)

    def verify(self, request: Request) -> str | None:
        """Checks that the token is Google Chat's and for our project."""
        scheme, _, token = (request.headers.get("authorization") or "").partition(" ")
        try:
            claims = id_token.verify_token(
                token if scheme.lower() == "bearer" else "",
                google.auth.transport.requests.Request(),
                audience=self.settings["GOOGLE_CHAT_PROJECT_NUMBER"],
                certs_url=self._certificates,
            )
        except (ValueError, GoogleAuthError, OSError):
            claims = {}
        return None if claims.get("iss") == ISSUER else "The token of the header Authorization is missing or wrong."

    def read(self, request: Request) -> list[Delivery] | HTTPResponse:
        """Reads an event: a message, a pressed button, or that we were added to a space."""
        event = read_object(request.body)
        kind, user, space = event.get("type"), event.get("user") or {}, event.get("space") or {}
        message = event.get("message") or {}
        sender = message.get("sender") if kind == "MESSAGE" else user
        sender = sender or user
        if kind not in {"MESSAGE", "CARD_CLICKED", "ADDED_TO_SPACE"} or sender.get("type") == "BOT":
            return response.json({})
        if not (sender.get("name") and space.get("name")):
            raise UnreadableError("The event has no user or no space.")
        medium, words = None, "hello"
        if kind == "MESSAGE":
            attached = message.get("attachment") or message.get("attachments")
            medium = "file" if attached else None
            words = str(message.get("argumentText") or message.get("text") or "").strip()
            words = words or ("" if medium else "hello")
        elif kind == "CARD_CLICKED":
            words = _pressed(event.get("action") or {}, event.get("common") or {}) or words
        id_ = f"{kind}/{message.get('name') or space['name']}/{event.get('eventTime') or uuid4().hex}"
        address = {"request": uuid4().hex}
        return [Delivery(self.name(), id_, self.person(space["name"], sender["name"]), address, words, medium)]

    async def take(self, deliveries: Collection[Delivery]) -> HTTPResponse:
        """Takes a delivery on, waits for its answer and returns it."""
        reception().open(self)
        for delivery in deliveries:
            name = delivery.address["request"]
            done = self._waiting[name] = asyncio.Event()
            try:
                new = await reception().take([delivery])
                self.guard.counts.update(taken=new, repeated=1 - new)
                if new:
                    await asyncio.wait_for(done.wait(), LONGEST_ANSWER)
            except asyncio.TimeoutError:
                pass
            finally:
                self._waiting.pop(name, None)
            return response.json(joined(self._collector.messages.pop(name, [])))
        return response.json({})

    async def answer(self, delivery: Delivery, turns: asyncio.Semaphore) -> None:
        """Has a delivery answered, then lets the request that waits be replied to."""
        await super().answer(delivery, turns)
        waiting = self._waiting.get(delivery.address["request"])
        if waiting is None:  # nobody waits any more: the process was started again in between
            self._collector.messages.pop(delivery.address["request"], None)
        else:
            waiting.set()

    async def calls(self, answer: dict[str, Any], turn: Turn) -> list[Call]:
        """Returns a message, to be joined with the others of its answer."""
        message = {"text": answer["text"], "buttons": answer.get("buttons") or []}
        return [Call(str(turn.delivery.address["request"]), json=message)]


def joined(messages: Collection[dict[str, Any]]) -> dict[str, Any]:
    """Returns the messages of an answer as the one that Google Chat takes, the first of them first.

    Args:
        messages: with ``text`` and ``buttons``.
    """
    text = "\n\n".join(message["text"] for message in messages)[:LONGEST_TEXT]
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


def _pressed(action: dict[str, Any], common: dict[str, Any]) -> str | None:
    parameters = {entry.get("key"): entry.get("value") for entry in action.get("parameters") or []}
    return parameters.get(_PAYLOAD) or (common.get("parameters") or {}).get(_PAYLOAD)

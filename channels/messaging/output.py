"""The answer to one message: what is known of it so far, and the way out for each of its parts."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Protocol

from rasa.core.channels.channel import OutputChannel

from channels.messaging.client import OutboundRequest
from channels.messaging.incoming import IncomingMessage
from channels.rendering import render
from triage.contract import REPLIES

_QUESTION = frozenset(f"/{intent}" for intent in REPLIES)
_BOUND_TO = "#"


def is_question(payload: str) -> bool:
    """Tells whether a button answers a question of ours, rather than asking one."""
    return payload in _QUESTION


def is_bound(payload: str) -> bool:
    """Tells whether a payload is tied to one question of one answer."""
    return _BOUND_TO in payload


def unbind(payload: str) -> tuple[str, str]:
    """Returns a payload and the token of the question that it is tied to; an empty token where it is tied to none."""
    bare, _, token = payload.partition(_BOUND_TO)
    return bare, token


@dataclass
class ReplyContext:
    """The answering of one message.

    Attributes:
        incoming: what is answered.
        is_urgent: an emergency or a same-day line is among what was said.
        options: buttons offered so far, with ``title`` and ``payload``.
        held_back: what was held back until the person asks for more.
        has_question: whether buttons that answer a question of ours were offered.
    """

    incoming: IncomingMessage
    is_urgent: bool = False
    options: list[dict[str, str]] = field(default_factory=list)
    held_back: list[str] = field(default_factory=list)
    has_question: bool = False

    @property
    def question_token(self) -> str:
        """Tells the questions of this answer from those of all others."""
        return hashlib.sha256(self.incoming.deduplication_key.encode()).hexdigest()[:8]


class Renderer(Protocol):
    """What an `Output` asks of its platform.

    Attributes:
        binds_answers: whether buttons stay in view, so that an old one can be pressed.
        group_hint: what a question in a group ends with.
    """

    binds_answers: bool
    group_hint: str

    def name(self) -> str:
        """Returns the channel's name."""

    async def to_requests(self, answer: dict[str, Any], context: ReplyContext) -> list[OutboundRequest]:
        """Returns the requests that send a message."""

    async def send_all(self, requests: Collection[OutboundRequest]) -> None:
        """Sends requests that belong to no answer under way."""


class Output(OutputChannel):
    """Sends the answer to one message, each part as soon as there is one."""

    def __init__(self, platform: Renderer, context: ReplyContext) -> None:
        """Takes the platform and what is being answered."""
        self._platform = platform
        self.context = context
        self._requests: asyncio.Queue[OutboundRequest | None] = asyncio.Queue()
        self._is_closed = False
        self._late: set[asyncio.Task[None]] = set()

    def name(self) -> str:  # type: ignore[override]  # Rasa asks the instance, and the class is the same for all
        """Returns the channel's name."""
        return self._platform.name()

    async def send(self, answer: dict[str, Any]) -> None:
        """Sends a message.

        Args:
            answer: as `channels.rendering.render` returns it.
        """
        if answer.get("tier"):
            self.context.is_urgent = True
        asks = any(is_question(button["payload"]) for button in answer.get("buttons") or ())
        if asks and self._platform.binds_answers:
            self.context.has_question = True
            answer = {**answer, "buttons": [self._bound(button) for button in answer["buttons"]]}
        if self.context.incoming.reply_target.get("group") and (asks or answer["text"].rstrip().endswith("?")):
            answer = {**answer, "text": f"{answer['text']}\n\n{self._platform.group_hint}"}
        for request in await self._platform.to_requests(answer, self.context):
            self.queue(request)

    def _bound(self, button: dict[str, str]) -> dict[str, str]:
        """Ties an answer to its question: "yes" pressed below an old one must not answer a new one."""
        if not is_question(button["payload"]):
            return button
        return {**button, "payload": f"{button['payload']}{_BOUND_TO}{self.context.question_token}"}

    def queue(self, request: OutboundRequest) -> None:
        """Sends a request of the platform after those before it."""
        if not self._is_closed:
            self._requests.put_nowait(request)
            return
        task = asyncio.ensure_future(self._platform.send_all([request]))  # the answer took too long, but came
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    async def next_request(self) -> OutboundRequest | None:
        """Returns what is to be sent next, as soon as there is something; None at the end."""
        return await self._requests.get()

    def close(self) -> None:
        """Ends the answer."""
        self._is_closed = True
        self._requests.put_nowait(None)

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Sends a text, in one piece."""
        await self.send(render({**kwargs, "text": text}))

    async def send_text_with_buttons(
        self, recipient_id: str, text: str, buttons: list[dict[str, Any]], **kwargs: Any
    ) -> None:
        """Sends a text and its buttons."""
        await self.send(render({**kwargs, "text": text, "buttons": buttons}))

    async def send_image_url(self, recipient_id: str, image: str, **kwargs: Any) -> None:
        """Sends the address of a picture, as text."""
        await self.send(render({"text": image}))

"""The answer to one delivery: what is known of it so far, and the way out for each of its messages."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Protocol

from rasa.core.channels.channel import OutputChannel

from channels.messaging.client import Call
from channels.messaging.delivery import Delivery
from channels.rendering import shaped
from triage.conversation import REPLIES

_QUESTION = frozenset(f"/{intent}" for intent in REPLIES)
_BOUND_TO = "#"


def is_question(payload: str) -> bool:
    """Tells whether a button answers a question of ours, rather than asking one."""
    return payload in _QUESTION


def is_bound(payload: str) -> bool:
    """Tells whether a payload is tied to one question of one turn."""
    return _BOUND_TO in payload


def unbind(payload: str) -> tuple[str, str]:
    """Returns a payload and the token of the question that it is tied to; an empty token where it is tied to none."""
    bare, _, token = payload.partition(_BOUND_TO)
    return bare, token


@dataclass
class Turn:
    """The answering of one delivery.

    Attributes:
        delivery: what is answered.
        is_urgent: an emergency or a same-day line is among what was said.
        options: buttons offered so far, with ``title`` and ``payload``.
        rest: what was held back until the person asks for more.
        has_asked: whether buttons that answer a question of ours were offered.
    """

    delivery: Delivery
    is_urgent: bool = False
    options: list[dict[str, str]] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)
    has_asked: bool = False

    @property
    def mark(self) -> str:
        """Tells the questions of this turn from those of all others."""
        return hashlib.sha256(self.delivery.mark.encode()).hexdigest()[:8]


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

    async def calls(self, answer: dict[str, Any], turn: Turn) -> list[Call]:
        """Returns the requests that send a message."""

    async def send_all(self, calls: Collection[Call]) -> None:
        """Sends requests that belong to no answer under way."""


class Output(OutputChannel):
    """Sends the answer to one delivery, each message as soon as it is said."""

    def __init__(self, platform: Renderer, turn: Turn) -> None:
        """Takes the platform and the turn."""
        self._platform = platform
        self.turn = turn
        self._calls: asyncio.Queue[Call | None] = asyncio.Queue()
        self._is_closed = False
        self._late: set[asyncio.Task[None]] = set()

    def name(self) -> str:  # type: ignore[override]  # Rasa asks the instance, and the class is the same for all
        """Returns the channel's name."""
        return self._platform.name()

    async def say(self, answer: dict[str, Any]) -> None:
        """Sends a message.

        Args:
            answer: as `channels.rendering.shaped` returns it.
        """
        if answer.get("tier"):
            self.turn.is_urgent = True
        asks = any(is_question(button["payload"]) for button in answer.get("buttons") or ())
        if asks and self._platform.binds_answers:
            self.turn.has_asked = True
            answer = {**answer, "buttons": [self._bound(button) for button in answer["buttons"]]}
        if self.turn.delivery.address.get("group") and (asks or answer["text"].rstrip().endswith("?")):
            answer = {**answer, "text": f"{answer['text']}\n\n{self._platform.group_hint}"}
        for call in await self._platform.calls(answer, self.turn):
            self.send(call)

    def _bound(self, button: dict[str, str]) -> dict[str, str]:
        """Ties an answer to its question: "yes" pressed below an old one must not answer a new one."""
        payload = button["payload"]
        return {**button, "payload": f"{payload}{_BOUND_TO}{self.turn.mark}"} if is_question(payload) else button

    def send(self, call: Call) -> None:
        """Sends a request of the platform after those before it."""
        if not self._is_closed:
            self._calls.put_nowait(call)
            return
        task = asyncio.ensure_future(self._platform.send_all([call]))  # the answer took too long, but came
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    async def next_call(self) -> Call | None:
        """Returns what is to be sent next, as soon as there is something; None at the end."""
        return await self._calls.get()

    def close(self) -> None:
        """Ends the answer."""
        self._is_closed = True
        self._calls.put_nowait(None)

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Sends a text, in one piece."""
        await self.say(shaped({**kwargs, "text": text}))

    async def send_text_with_buttons(
        self, recipient_id: str, text: str, buttons: list[dict[str, Any]], **kwargs: Any
    ) -> None:
        """Sends a text and its buttons."""
        await self.say(shaped({**kwargs, "text": text, "buttons": buttons}))

    async def send_image_url(self, recipient_id: str, image: str, **kwargs: Any) -> None:
        """Sends the address of a picture, as text."""
        await self.say(shaped({"text": image}))

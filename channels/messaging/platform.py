"""What all messaging platforms share: the guard at their door, and the way from a delivery to the answer sent."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from channels import settings
from channels.messaging.client import Api, Call, GoneError
from channels.messaging.delivery import Delivery, to_bytes
from channels.messaging.dispatcher import reception
from channels.messaging.inbox import database_url
from channels.rendering import shaped
from nlu.base import faults
from nlu.text.tokens import whole_characters
from triage.contract import REPLIES

logger = logging.getLogger(__name__)

LARGEST_BODY = 1_000_000
"""Bytes; platforms bundle deliveries, but none comes near it."""

MY_SIDE = (
    "Something is wrong on my side, and I could not read your message. If you feel very ill, or it is getting worse "
    "fast, call your local emergency number now (999, 112 or 911). If not, please try again in a minute."
)
CLOSED = (
    "That question is closed, so I have not counted this answer. Please tell me in your own words what you feel now. "
    "If it feels like an emergency, call your local emergency number now (999, 112 or 911)."
)
"""The numbers of both stand on swast_999, eu_112 and mass_911."""

ONLY_WORDS = "I read only your words. I cannot look at pictures or files, or listen to recordings."

NewMessage = Callable[[UserMessage], Awaitable[Any]]


_QUESTION = frozenset(f"/{intent}" for intent in REPLIES)
_BOUND_TO = "#"


def is_question(payload: str) -> bool:
    """Tells whether a button answers a question of ours, rather than asking one."""
    return payload in _QUESTION


def is_bound(payload: str) -> bool:
    """Tells whether a payload is tied to one question of one turn."""
    return _BOUND_TO in payload


class UnreadableError(ValueError):
    """A request is no delivery of this platform; the message says why."""


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


class Guard:
    """Counts what came to the door of a channel and tells of what was refused."""

    def __init__(self, title: str) -> None:
        """Takes the channel's name."""
        self._title = title
        self.counts: Counter[str] = Counter(taken=0, repeated=0, ignored=0, refused=0)

    def refuse(self, status: int, reason: str) -> HTTPResponse:
        """Refuses a request.

        Args:
            status: of HTTP.
            reason: one sentence for whoever sent it.
        """
        self.counts["refused"] += 1
        count = self.counts["refused"]
        if str(count).strip("0") == "1":  # 1, 10, 100 …: a flood of them must not fill the log
            logger.warning("%s: request number %d refused. %s", self._title, count, reason)
        return response.json({"error": reason}, status=status)


class Output(OutputChannel):
    """Sends the answer to one delivery, each message as soon as it is said."""

    def __init__(self, platform: Platform, turn: Turn) -> None:
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


class Platform(InputChannel):
    """A messaging platform: off without its secrets, else a webhook behind a guard.

    A platform says what it is called (`title`), by which variables it is switched on (`secrets`, `needed`), and how
    to check a request (`verify`), read it (`read`) and shape an answer (`calls`).
    """

    title = ""
    secrets: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    binds_answers = True
    """Whether buttons stay in view, so that an old one can be pressed."""

    group_hint = "Mention me when you answer."

    def __init__(self) -> None:
        """Reads the settings.

        Raises:
            SettingError: it is half set up, or a setting cannot be used.
        """
        found = settings.switched_on(self.title, self.secrets, self.needed)
        self.settings: dict[str, str] = found or {}
        self.is_on = found is not None
        self.guard = Guard(self.title)
        self.public_url = settings.address("PUBLIC_URL") if self.is_on else ""
        if self.is_on:
            self._key = hashlib.sha256("\0".join(self.settings[name] for name in self.secrets).encode()).digest()
            self.api = self.make_api()
            database_url()

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """Returns the channel; its settings come from the environment alone."""
        return cls()

    def make_api(self) -> Api:
        """Returns how the platform is reached."""
        raise NotImplementedError

    def verify(self, request: Request) -> str | None:
        """Returns one sentence on why a request is not the platform's, or None."""
        raise NotImplementedError

    async def check(self, request: Request) -> str | None:
        """Does what `verify` does; for platforms whose keys must be fetched first."""
        return self.verify(request)

    def read(self, request: Request) -> list[Delivery] | HTTPResponse:
        """Returns what a request brings; or the reply, where it brings nothing but wants one of its own.

        Raises:
            UnreadableError: it is not what the platform sends.
        """
        raise NotImplementedError

    async def calls(self, answer: dict[str, Any], turn: Turn) -> list[Call]:
        """Returns the requests that send a message.

        Args:
            answer: as `channels.rendering.shaped` returns it.
            turn: what is being answered; it may be added to.
        """
        raise NotImplementedError

    def acknowledgement(self) -> HTTPResponse:
        """Returns the reply to a delivery."""
        return response.text("")

    def first_calls(self, delivery: Delivery) -> list[Call]:
        """Returns requests that go out before the answer is there."""
        return []

    async def open(self) -> None:
        """Does what there is to do when the server has started."""

    def person(self, *parts: object) -> str:
        """Returns the id of a conversation: the same for the same parts, and not to be guessed or traced back."""
        text = "\0".join(map(str, parts))
        return f"{self.name()}-{hmac.new(self._key, to_bytes(text), hashlib.sha256).hexdigest()[:32]}"

    def blueprint(self, on_new_message: NewMessage) -> Blueprint:
        """Returns the endpoints; none where the channel is off."""
        endpoints = Blueprint(f"{self.name()}_webhook")
        if not self.is_on:
            return endpoints
        self._on_new_message = on_new_message

        @endpoints.listener("after_server_start")
        async def start(_: Sanic, __: Any) -> None:
            reception().open(self)
            await self.open()

        @endpoints.listener("before_server_stop")
        async def stop(_: Sanic, __: Any) -> None:
            await reception().close()

        @endpoints.get("/")
        async def health(_: Request) -> HTTPResponse:
            return response.json({"status": "ok", **self.guard.counts, **self.api.counts})

        @endpoints.post("/webhook")
        async def webhook(request: Request) -> HTTPResponse:
            return await self.receive(request)

        self.add_endpoints(endpoints)
        return endpoints

    def add_endpoints(self, endpoints: Blueprint) -> None:
        """Adds what else the platform asks for."""

    async def receive(self, request: Request) -> HTTPResponse:
        """Checks a request, takes what it brings on, and acknowledges it before anything is answered."""
        if len(request.body) > LARGEST_BODY:
            return self.guard.refuse(413, f"The request is larger than {LARGEST_BODY} bytes.")
        try:
            problem = await self.check(request)
        except UnreadableError as error:
            problem = str(error)
        if problem:
            return self.guard.refuse(401, problem)
        try:
            found = self.read(request)
        except UnreadableError as error:
            return self.guard.refuse(400, str(error))
        except Exception as error:  # lawful by its signature: an error would have it sent again for hours
            logger.error("%s: a delivery could not be read.", self.title, exc_info=error)
            found = []
        if isinstance(found, HTTPResponse):
            return found
        # an id is unique to one bot, app or number alone
        return await self.take([replace(one, id=f"{self._key.hex()[:16]}/{one.id}") for one in found])

    async def take(self, deliveries: Collection[Delivery]) -> HTTPResponse:
        """Takes deliveries on and returns the acknowledgement."""
        reception().open(self)
        new = await reception().take(deliveries)
        self.guard.counts.update(taken=new, repeated=len(deliveries) - new, ignored=0 if deliveries else 1)
        return self.acknowledgement()

    async def answer(self, delivery: Delivery, turns: asyncio.Semaphore) -> None:
        """Has a delivery answered and the answer sent; returns when all of it is out or given up."""
        output = Output(self, Turn(delivery))
        sending = asyncio.ensure_future(self._send(output))
        try:
            complete = await self.complete(delivery)  # before the turn, for which others wait
            if complete is None:
                await output.say({"text": MY_SIDE})
            else:
                async with turns:
                    await self.hear(complete, output)
        except Exception as error:
            logger.error("%s: an answer failed.", self.title, exc_info=error)
            await output.say({"text": MY_SIDE})
        finally:
            output.close()
            try:
                await sending
            except asyncio.CancelledError:
                sending.cancel()
                raise

    async def complete(self, delivery: Delivery) -> Delivery | None:
        """Returns a delivery with what its webhook only named; None where that cannot be had."""
        return delivery

    async def hear(self, delivery: Delivery, output: Output) -> None:
        """Has a delivery understood; what it leads to is said through `output`."""
        memo_name = f"question:{delivery.person}"
        payload, _, mark = delivery.text.partition(_BOUND_TO)
        if mark and is_question(payload):
            memo = await reception().inbox.recall(memo_name) or {}
            if memo.get("mark") == mark and memo.get("answer") == payload:
                return  # pressed twice
            if memo.get("mark") != mark or memo.get("answer"):
                await output.say({"text": CLOSED})
                return
            await reception().inbox.remember(memo_name, {"mark": mark, "answer": payload})
            delivery = replace(delivery, text=payload)
        await self._understand(delivery, output)
        record = faults.current()
        if output.turn.has_asked:
            await reception().inbox.remember(memo_name, {"mark": output.turn.mark})
        elif mark and record is not None and record.faults:
            await reception().inbox.remember(memo_name, {"mark": mark})  # "try again": the answer may come again

    async def _understand(self, delivery: Delivery, output: Output) -> None:
        metadata = {"medium": delivery.medium, "country": delivery.country}
        message = UserMessage(
            delivery.text,
            output,
            delivery.person,
            input_channel=self.name(),
            metadata={key: value for key, value in metadata.items() if value},
        )
        await self._on_new_message(message)
        if delivery.medium and delivery.text:
            await output.say({"text": ONLY_WORDS})

    async def _send(self, output: Output) -> None:
        delivery, has_begun = output.turn.delivery, False
        try:
            for first in self.first_calls(delivery):
                await self.api.send(first)
            while (call := await output.next_call()) is not None:
                if await self.api.send(call) and not has_begun:
                    has_begun = True
                    await reception().inbox.note_begun(delivery)
        except GoneError:
            return

    async def send_all(self, calls: Collection[Call]) -> None:
        """Sends requests that belong to no answer under way."""
        try:
            for call in calls:
                await self.api.send(call)
        except GoneError:
            return

    async def close(self) -> None:
        """Closes the connections."""
        await self.api.close()


def same(one: str | None, other: str) -> bool:
    """Compares two secrets in a time that tells nothing of them."""
    return hmac.compare_digest(to_bytes(one or ""), to_bytes(other))


def read_object(body: bytes) -> dict[str, Any]:
    """Returns the JSON object that a request carries.

    Raises:
        UnreadableError: it carries none.
    """
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableError("The body is not JSON.") from error
    if not isinstance(content, dict):
        raise UnreadableError("The body is not a JSON object.")
    return whole(content)  # type: ignore[no-any-return]


def whole(value: Any) -> Any:
    """Returns JSON content with halves of characters replaced (see `nlu.text.tokens.whole_characters`)."""
    if isinstance(value, str):
        return whole_characters(value)
    if isinstance(value, list):
        return [whole(entry) for entry in value]
    if isinstance(value, dict):
        return {whole(key): whole(entry) for key, entry in value.items()}
    return value


def as_object(value: object) -> dict[str, Any]:
    """Returns a JSON object as it is, and an empty one for anything else: no platform's word for its shape is taken."""
    return value if isinstance(value, dict) else {}


def announce(app: Sanic) -> None:
    """Prints which channels are on."""
    found = [channel for channel in app.ctx.input_channels if getattr(channel, "is_on", True)]
    names = [str(getattr(channel, "title", "") or "") for channel in found]
    print(f"Channels on: {', '.join(filter(None, names))}.", flush=True)

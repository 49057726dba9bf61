"""What all messaging platforms share: the way from a webhook's request to the answer sent."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from channels import settings
from channels.fail_safe.install import install
from channels.messaging.client import ApiClient, OutboundRequest, RecipientUnreachableError
from channels.messaging.dispatcher import Dispatcher, dispatcher_of
from channels.messaging.inbox import database_url
from channels.messaging.incoming import IncomingMessage, to_bytes
from channels.messaging.output import Output, ReplyContext, is_question, unbind
from channels.messaging.webhook import LARGEST_BODY, RejectionCounter, UnreadableError
from nlu.base import faults

logger = logging.getLogger(__name__)

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


class Platform(InputChannel):
    """A messaging platform: off without its secrets, else a webhook that takes nothing unproven.

    A platform says what it is called (`title`, `route`), by which variables it is switched on (`secrets`, `needed`),
    how it is reached (`make_client`), and how to check a request (`verify`), read it (`read`) and send an answer
    (`to_requests`).

    Attributes:
        title: its name as people write it.
        route: its name in Rasa's addresses, ``/webhooks/<route>/webhook``.
        secrets: variables that switch it on together.
        needed: variables that it needs too, but which other channels share.
        binds_answers: whether buttons stay in view, so that an old one can be pressed.
        group_hint: what a question in a group ends with.
        dispatcher: set by `attach`, before the first request.
    """

    title = ""
    route = ""
    secrets: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    binds_answers = True
    dispatcher: Dispatcher
    group_hint = "Mention me when you answer."

    def __init__(self) -> None:
        """Reads the settings.

        Raises:
            SettingError: it is half set up, or a setting cannot be used.
        """
        found = settings.load_settings(self.title, self.secrets, self.needed)
        self.settings: dict[str, str] = found or {}
        self.is_on = found is not None
        self.rejections = RejectionCounter(self.title)
        self.counts: Counter[str] = Counter(taken=0, repeated=0, ignored=0)
        self.public_url = settings.read_url("PUBLIC_URL") if self.is_on else ""
        if self.is_on:
            self._key = hashlib.sha256("\0".join(self.settings[name] for name in self.secrets).encode()).digest()
            self.client = self.make_client()
            database_url()

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """Returns the channel; its settings come from the environment alone."""
        return cls()

    @classmethod
    def name(cls) -> str:
        """Returns the channel's name, which Rasa makes its address of."""
        return cls.route

    def make_client(self) -> ApiClient:
        """Returns how the platform is reached."""
        raise NotImplementedError

    def verify(self, request: Request) -> str | None:
        """Returns one sentence on why a request is not the platform's, or None."""
        raise NotImplementedError

    async def verify_async(self, request: Request) -> str | None:
        """Does what `verify` does; for platforms whose keys must be fetched first."""
        return self.verify(request)

    def read(self, request: Request) -> list[IncomingMessage] | HTTPResponse:
        """Reads a request that `verify` has let through.

        Args:
            request: of the webhook.

        Returns:
            What it brings; or the response, where it brings nothing but wants one of its own.

        Raises:
            UnreadableError: it is not what the platform sends.
        """
        raise NotImplementedError

    async def to_requests(self, answer: dict[str, Any], context: ReplyContext) -> list[OutboundRequest]:
        """Returns the requests that send a message.

        Args:
            answer: as `channels.rendering.render` returns it.
            context: what is being answered; it may be added to.
        """
        raise NotImplementedError

    def acknowledgement(self) -> HTTPResponse:
        """Returns the response to a request whose messages were taken on."""
        return response.text("")

    def first_requests(self, incoming: IncomingMessage) -> list[OutboundRequest]:
        """Returns requests that go out before the answer is there."""
        return []

    async def on_startup(self) -> None:
        """Does what there is to do when the server has started."""

    def conversation_id(self, *parts: object) -> str:
        """Returns the id of a conversation: the same for the same parts, and not to be guessed or traced back.

        Args:
            parts: what tells the conversation from all others of the platform, such as chat and sender.
        """
        text = "\0".join(map(str, parts))
        return f"{self.name()}-{hmac.new(self._key, to_bytes(text), hashlib.sha256).hexdigest()[:32]}"

    def blueprint(self, on_new_message: NewMessage) -> Blueprint:
        """Returns the endpoints; none where the channel is off."""
        endpoints = Blueprint(f"{self.name()}_webhook")
        if not self.is_on:
            return endpoints
        install()
        self._on_new_message = on_new_message

        @endpoints.listener("before_server_start")
        async def join_dispatcher(app: Sanic, _: Any) -> None:
            self.attach(dispatcher_of(app))

        @endpoints.listener("after_server_start")
        async def start(_: Sanic, __: Any) -> None:
            self.dispatcher.start()
            await self.on_startup()

        @endpoints.listener("before_server_stop")
        async def stop(_: Sanic, __: Any) -> None:
            await self.dispatcher.close()

        @endpoints.get("/")
        async def health(_: Request) -> HTTPResponse:
            return response.json(
                {"status": "ok", **self.counts, "refused": self.rejections.count, **self.client.counts}
            )

        @endpoints.post("/webhook")
        async def webhook(request: Request) -> HTTPResponse:
            return await self.receive(request)

        self.add_endpoints(endpoints)
        return endpoints

    def attach(self, dispatcher: Dispatcher) -> None:
        """Has what comes in answered by way of `dispatcher` from here on."""
        self.dispatcher = dispatcher
        dispatcher.register(self)

    def add_endpoints(self, endpoints: Blueprint) -> None:
        """Adds what else the platform asks for."""

    async def receive(self, request: Request) -> HTTPResponse:
        """Checks a request, takes what it brings on, and acknowledges it before anything is answered.

        Returns:
            The acknowledgement; else why not, with status 413 (too large), 401 (not theirs) or 400 (unreadable).
        """
        if len(request.body) > LARGEST_BODY:
            return self.rejections.reject(413, f"The request is larger than {LARGEST_BODY} bytes.")
        try:
            problem = await self.verify_async(request)
        except UnreadableError as error:
            problem = str(error)
        if problem:
            return self.rejections.reject(401, problem)
        try:
            found = self.read(request)
        except UnreadableError as error:
            return self.rejections.reject(400, str(error))
        except Exception as error:  # valid by its signature: an error would have it sent again for hours
            logger.error("%s: a request could not be read.", self.title, exc_info=error)
            found = []
        if isinstance(found, HTTPResponse):
            return found
        # an id is unique to one bot, app or number alone
        return await self.accept([replace(one, id=f"{self._key.hex()[:16]}/{one.id}") for one in found])

    async def accept(self, messages: Collection[IncomingMessage]) -> HTTPResponse:
        """Takes messages on and returns the acknowledgement."""
        new = await self.dispatcher.enqueue(messages)
        self.counts.update(taken=new, repeated=len(messages) - new, ignored=0 if messages else 1)
        return self.acknowledgement()

    async def answer(self, incoming: IncomingMessage, slots: asyncio.Semaphore) -> None:
        """Has a message answered and the answer sent; returns when all of it is out or given up.

        Args:
            incoming: a message of this platform.
            slots: one is held while the message is being understood.
        """
        output = Output(self, ReplyContext(incoming))
        sending = asyncio.ensure_future(self._send(output))
        try:
            complete = await self.hydrate(incoming)  # before the slot, for which others wait
            if complete is None:
                await output.send({"text": MY_SIDE})
            else:
                async with slots:
                    await self.handle(complete, output)
        except Exception as error:
            logger.error("%s: an answer failed.", self.title, exc_info=error)
            await output.send({"text": MY_SIDE})
        finally:
            output.close()
            try:
                await sending
            except asyncio.CancelledError:
                sending.cancel()
                raise

    async def hydrate(self, incoming: IncomingMessage) -> IncomingMessage | None:
        """Returns a message with what its webhook only named; None where that cannot be had."""
        return incoming

    async def handle(self, incoming: IncomingMessage, output: Output) -> None:
        """Has a message understood; the answer to it goes out through `output`.

        Args:
            incoming: the message, complete.
            output: of this message.
        """
        inbox, key = self.dispatcher.inbox, f"question:{incoming.conversation_id}"
        payload, token = unbind(incoming.text)
        if token and is_question(payload):
            question = await inbox.get_state(key) or {}
            if question.get("mark") == token and question.get("answer") == payload:
                return  # pressed twice
            if question.get("mark") != token or question.get("answer"):
                await output.send({"text": CLOSED})
                return
            await inbox.set_state(key, {"mark": token, "answer": payload})
            incoming = replace(incoming, text=payload)
        await self._understand(incoming, output)
        record = faults.current()
        if output.context.has_question:
            await inbox.set_state(key, {"mark": output.context.question_token})
        elif token and record is not None and record.faults:
            await inbox.set_state(key, {"mark": token})  # "try again": the answer may come again

    async def _understand(self, incoming: IncomingMessage, output: Output) -> None:
        metadata = {"medium": incoming.attachment_type, "country": incoming.country}
        message = UserMessage(
            incoming.text,
            output,
            incoming.conversation_id,
            input_channel=self.name(),
            metadata={key: value for key, value in metadata.items() if value},
        )
        await self._on_new_message(message)
        if incoming.attachment_type and incoming.text:
            await output.send({"text": ONLY_WORDS})

    async def _send(self, output: Output) -> None:
        incoming, has_begun = output.context.incoming, False
        try:
            for first in self.first_requests(incoming):
                await self.client.send(first)
            while (request := await output.next_request()) is not None:
                if await self.client.send(request) and not has_begun:
                    has_begun = True
                    await self.dispatcher.inbox.mark_begun(incoming)
        except RecipientUnreachableError:
            return

    async def send_all(self, requests: Collection[OutboundRequest]) -> None:
        """Sends requests that belong to no answer under way."""
        try:
            for request in requests:
                await self.client.send(request)
        except RecipientUnreachableError:
            return

    async def close(self) -> None:
        """Closes the connections."""
        await self.client.close()

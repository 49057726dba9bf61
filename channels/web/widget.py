"""The channel of the web widget: socket.io, with conversations that outlast a lost connection and a reload.

What a browser and the server say to each other (``user_uttered``, ``bot_uttered`` and ``session_confirm`` as in Rasa's
own socket.io channel, which trusts the browser with the session id and therefore is not used):

* The browser connects with ``{token, epoch, after}`` or nothing. The server looks the token up or begins a
  conversation, and sends ``session_confirm`` with a fresh token and all that the browser has not seen.
* ``user_uttered {id, message, shown, locale}`` is acknowledged as soon as it is taken on; one that comes again, since
  the acknowledgement was lost, is acknowledged and not answered again.
* ``catch_up {epoch, after}`` asks for ``session_confirm`` anew, where an answer did not come to its end.
* ``bot_uttered``, ``user_echoed`` (to the other tabs), ``typing`` and ``turn_ended`` go to every tab of a conversation.
"""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import engineio
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.core.channels.socketio import SocketBlueprint
from rasa.shared.core.events import Restarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, Sanic
from socketio import AsyncServer

from channels.fail_safe.install import install
from channels.rendering import render
from channels.settings import SettingError
from channels.validation import validate_event
from channels.web.conversation_log import MESSAGE_ID, SHOWN, Log, Logs, tier_in_force
from channels.web.sessions import Sessions
from nlu.base import faults

NAME = "widget"
SOCKET_PATH = "/socket.io"
LARGEST_PACKET = 100_000
"""Bytes; far above the longest message that is read."""

LONGEST_SHOWN = 5_000
"""Characters of a message that are kept to be shown again; the whole of it is read."""

MOST_WAITING = 20
"""Messages of one conversation that may wait for their answers; more are sent back to be tried again."""

_LOCALE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_BETWEEN_CLEANINGS = 600


def allowed_origins() -> frozenset[str]:
    """Reads ``WIDGET_ORIGINS``: the sites that may embed the widget, beside the assistant's own address.

    Returns:
        Origins such as ``https://clinic.example``; ``*`` alone for any.

    Raises:
        SettingError: an entry is no origin.
    """
    origins = [entry.strip().rstrip("/") for entry in (os.environ.get("WIDGET_ORIGINS") or "").split(",")]
    for origin in filter(None, origins):
        parts = urlsplit(origin)
        if origin != "*" and (parts.scheme not in {"http", "https"} or f"{parts.scheme}://{parts.netloc}" != origin):
            raise SettingError(
                f"WIDGET_ORIGINS holds {origin!r}, which is no origin; write it like https://clinic.example."
            )
    return frozenset(filter(None, origins))


class _Engine(engineio.AsyncServer):
    """Holds on to the tasks that it starts: a ping for each browser, a sweep for lost ones."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tasks: set[asyncio.Task[Any]] = set()

    def start_background_task(self, target: Callable[..., Any], *args: Any, **kwargs: Any) -> asyncio.Task[Any]:
        """Starts a coroutine function as a task and returns the task."""
        task: asyncio.Task[Any] = super().start_background_task(target, *args, **kwargs)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task


class _SocketServer(AsyncServer):
    """A socket.io server whose tasks end before the event loop, which complains of any that still wait."""

    def _engineio_server_class(self) -> type[_Engine]:
        return _Engine

    def cancel_tasks(self) -> None:
        """Cancels what runs in the background; a message that is not acknowledged yet is sent again by its browser."""
        for task in tuple(self.eio.tasks):
            task.cancel()


class WidgetOutput(OutputChannel):
    """Sends the answers to one message to every tab of its conversation."""

    def __init__(self, send: Callable[[dict[str, Any]], Awaitable[None]], message_id: str) -> None:
        """Takes what sends an entry, and the message that is answered."""
        self._send = send
        self._message_id = message_id
        self._answers = 0

    @classmethod
    def name(cls) -> str:
        """Returns the channel's name."""
        return NAME

    async def _say(self, message: dict[str, Any]) -> None:
        self._answers += 1
        entry = {"id": f"{self._message_id}.{self._answers}", "from": "assistant", "re": self._message_id}
        await self._send({**entry, "at": time.time(), **render(message)})

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Sends a text, in one piece."""
        await self._say({**kwargs, "text": text})

    async def send_text_with_buttons(
        self, recipient_id: str, text: str, buttons: list[dict[str, Any]], **kwargs: Any
    ) -> None:
        """Sends a text and its buttons as one."""
        await self._say({**kwargs, "text": text, "buttons": buttons})

    async def send_image_url(self, recipient_id: str, image: str, **kwargs: Any) -> None:
        """Sends the address of a picture."""
        await self._say({**kwargs, "image": image})


class WidgetChannel(InputChannel):
    """Serves the widget's conversations."""

    title = "web widget"

    def __init__(self) -> None:
        """Reads the settings.

        Raises:
            SettingError: one of them cannot be used.
        """
        self._origins = allowed_origins()
        self._sessions = Sessions.from_environment()
        self._logs = Logs()
        self._turns: dict[str, asyncio.Lock] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._cleaned = time.monotonic()
        self._app: Sanic | None = None

    @classmethod
    def name(cls) -> str:
        """Returns the channel's name."""
        return NAME

    def _is_allowed(self, origin: str | None, environ: dict[str, Any]) -> bool:
        """Tells whether a page of `origin` may talk to us: our own pages, and those of the sites in the setting."""
        if not origin or "*" in self._origins or origin in self._origins:
            return True
        hosts = {environ.get("HTTP_HOST"), environ.get("HTTP_X_FORWARDED_HOST")}
        return urlsplit(origin).netloc in {host.split(",")[0].strip() for host in hosts if host}

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Returns the socket's endpoint."""
        install()
        self._on_new_message = on_new_message
        self._sio = _SocketServer(
            async_mode="sanic",
            cors_allowed_origins=self._is_allowed,
            max_http_buffer_size=LARGEST_PACKET,
            ping_interval=15,
            ping_timeout=20,
        )
        endpoints = SocketBlueprint(self._sio, SOCKET_PATH, "widget_socket")
        self._sio.on("connect", self._on_connect)
        self._sio.on("user_uttered", self._on_user_uttered)
        self._sio.on("catch_up", self._on_catch_up)

        @endpoints.listener("before_server_start")
        async def remember_app(app: Sanic, _: Any) -> None:
            self._app = app

        @endpoints.listener("before_server_stop")
        async def end_tasks(*_: Any) -> None:
            self._sio.cancel_tasks()

        return endpoints

    async def _on_connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        auth = auth if isinstance(auth, dict) else {}
        known = self._sessions.conversation_of(auth.get("token"))
        conversation = known or self._sessions.new()
        await self._sio.save_session(sid, {"conversation": conversation})
        await self._sio.enter_room(sid, conversation)
        self._in_background(self._confirm(sid, conversation, auth, known is not None))

    async def _on_catch_up(self, sid: str, data: Any = None) -> None:
        session = await self._sio.get_session(sid)
        conversation = session.get("conversation")
        if conversation:
            await self._confirm(sid, conversation, data if isinstance(data, dict) else {}, True)

    async def _confirm(self, sid: str, conversation: str, auth: dict[str, Any], is_known: bool) -> None:
        """Tells a browser its token and what it has not seen."""
        log = await self._log(conversation)
        missed = log.after(auth.get("epoch"), auth.get("after"))
        answer = {
            "token": self._sessions.sign(conversation),
            "keep": self._sessions.keep_hours > 0,
            "known": is_known,
            "epoch": log.epoch,
            "missed": missed,
            "typing": log.waiting > 0,
            "tier": log.tier,
        }
        await self._sio.emit("session_confirm", answer, to=sid)

    async def _log(self, conversation: str) -> Log:
        if time.monotonic() - self._cleaned > _BETWEEN_CLEANINGS:
            self._cleaned = time.monotonic()
            self._logs.drop_unused(self._sessions.keep_hours or 1)
        tracker = None if self._logs.get(conversation) else await self._tracker(conversation)
        return self._logs.open(conversation, tracker)

    async def _tracker(self, conversation: str) -> DialogueStateTracker | None:
        """Returns what the tracker store knows of a conversation; None where it knows nothing or fails."""
        agent = getattr(self._app.ctx, "agent", None) if self._app else None
        if agent is None or agent.tracker_store is None:
            return None
        try:
            return await agent.tracker_store.retrieve(conversation)
        except Exception as error:
            faults.report("tracker store", error)
            return None

    async def _on_user_uttered(self, sid: str, data: Any = None) -> dict[str, Any]:
        """Takes a message on and returns the acknowledgement: ``taken``, or ``error`` and whether to try ``again``."""
        session = await self._sio.get_session(sid)
        conversation = session.get("conversation")
        problem = validate_event(data)
        if conversation is None or problem:
            return {"error": problem or "There is no conversation; load the page again.", "again": False}
        log = await self._log(conversation)
        if data["id"] in log.accepted:
            return {"taken": data["id"]}
        if log.waiting >= MOST_WAITING:
            return {"error": "Too many messages at once; wait for the answers.", "again": True}
        shown = str(data.get("shown") or data["message"])[:LONGEST_SHOWN]
        entry = log.add({"id": data["id"], "from": "person", "text": shown, "at": time.time()})
        log.waiting += 1
        await self._sio.emit("user_echoed", entry, room=conversation, skip_sid=sid)
        self._in_background(self._answer(conversation, log, data, shown))
        return {"taken": data["id"], "seq": entry["seq"]}

    async def _answer(self, conversation: str, log: Log, data: dict[str, Any], shown: str) -> None:
        """Has a message answered, after those before it."""

        async def send(entry: dict[str, Any]) -> None:
            await self._sio.emit("bot_uttered", log.add(entry), room=conversation)

        locale = str(data.get("locale") or "")
        metadata = {MESSAGE_ID: data["id"], SHOWN: shown, **({"locale": locale} if _LOCALE.fullmatch(locale) else {})}
        output = WidgetOutput(send, data["id"])
        message = UserMessage(data["message"], output, conversation, input_channel=NAME, metadata=metadata)
        cleared = False
        turn = self._turns.setdefault(conversation, asyncio.Lock())
        async with turn:
            await self._sio.emit("typing", {"re": data["id"]}, room=conversation)
            try:
                await self._on_new_message(message)
            except Exception as error:
                faults.report("answer", error)
            record = faults.current()
            if record is not None and record.conversation is not None:
                log.tier, cleared = tier_in_force(record.conversation), _was_cleared(record.conversation)
            if cleared:
                log.keep_only(data["id"])
            log.waiting -= 1
            ended = {"re": data["id"], "tier": log.tier, "cleared": cleared, "waiting": log.waiting}
            await self._sio.emit("turn_ended", ended, room=conversation)
        if not log.waiting:
            self._turns.pop(conversation, None)

    def _in_background(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)  # a task that nobody holds may be dropped half-way
        task.add_done_callback(self._tasks.discard)


def _was_cleared(tracker: DialogueStateTracker) -> bool:
    """Tells whether the latest message ended in a restart ("forget me", "start again")."""
    for event in reversed(tracker.events):
        if isinstance(event, Restarted):
            return True
        if isinstance(event, UserUttered):
            return False
    return False

"""What every fake platform is: a server on loopback that keeps what came, judges it, and fails when told to."""

import asyncio
import itertools
import json
import secrets
import threading
import time
import traceback
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from aiohttp import web

from tools.fake_platforms.server.schemas import payloads_in

Self = TypeVar("Self", bound="FakePlatform")

_LONGEST_START = 10
_LARGEST_BODY = 20 * 2**20


@dataclass(frozen=True)
class Button:
    """A button of a sent message.

    Attributes:
        title: what the person sees.
        value: what comes back when it is pressed, or the address that it opens.
    """

    title: str
    value: str


@dataclass(frozen=True)
class Sent:
    """A message that the platform accepted.

    Attributes:
        recipient: chat, channel, number or person, as the platform names it.
        text: what the person gets to read, without mark-up.
        buttons: below it, in order.
        picture: its address; None where there is none.
        raw: the request's body.
        at: when it came, in seconds since the epoch.
        id: what the platform calls the message from now on.
        call: the method that sent it.
        segments: what it costs as a text message; None where it is none.
    """

    recipient: str
    text: str
    buttons: list[Button]
    picture: str | None
    raw: dict[str, Any]
    at: float
    id: str = ""
    call: str = ""
    segments: int | None = None


@dataclass(frozen=True)
class Request:
    """A request as it came.

    Attributes:
        method: such as POST.
        path: without the query.
        headers: by their lower-case names.
        query: of the address.
        body: parsed: JSON, or a form's fields (repeated ones as lists, files by their names).
        is_form: whether the body was a form.
        at: when it came, in seconds since the epoch.
    """

    method: str
    path: str
    headers: dict[str, str]
    query: dict[str, str]
    body: dict[str, Any]
    is_form: bool
    at: float

    @property
    def call(self) -> str:
        """The last part of the path: the method that is called, without ``.json``."""
        return self.path.rstrip("/").rpartition("/")[2].removesuffix(".json")


@dataclass(frozen=True)
class Reply:
    """What the platform answers.

    Attributes:
        body: sent as JSON; a text as it is.
        status: of HTTP.
        headers: besides the usual ones.
    """

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Refused(Exception):  # noqa: N818 - a refusal is the platform's answer, no error of the fake platform
    """A request that the platform would refuse.

    Attributes:
        violation: why, without the name of the method; None where the fault is not the sender's.
        reply: what the platform answers.
    """

    def __init__(self, violation: str | None, reply: Reply) -> None:
        super().__init__(violation)
        self.violation = violation
        self.reply = reply


@dataclass(eq=False)
class _Fault:
    """Something wrong with the platform itself; ``hang`` is None where it answers at once with a failure."""

    left: int | None
    recipient: str | None
    call: str | None
    status: int = 503
    retry_after: int | None = None
    hang: float | None = None


class FakePlatform:
    """A platform's API on a free port of 127.0.0.1, in a thread of its own; use it as a context manager.

    Attributes:
        base: what to put in the platform's ``…_API_BASE`` setting; empty until it is started.
        requests: every request that came, in order, the failed and refused ones too.
        sent: the messages that the platform accepted, in order.
        edited: the changes to sent messages that it accepted, in order.
        violations: what was wrong with requests, as "method: what". Most of them the platform would have refused; these
            got its own error and are not in ``sent``. Some it would have taken, to the person's harm, such as a payload
            in a visible text; these are in ``sent`` too.
    """

    prefix = ""
    """What the platform's API has before its methods, as part of ``base``."""

    def __init__(self) -> None:
        self.base = ""
        self.requests: list[Request] = []
        self.sent: list[Sent] = []
        self.edited: list[Sent] = []
        self.violations: list[str] = []
        self._changed = threading.Condition()
        self._faults: list[_Fault] = []
        self._blocked: set[str] = set()
        self._numbers = itertools.count(secrets.randbelow(10**6) + 10**8)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._stopping = False

    # Started and stopped

    def __enter__(self: Self) -> Self:
        """Starts it; returns itself."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stops it."""
        self.stop()

    def start(self) -> None:
        """Starts the server and waits until it listens.

        Raises:
            RuntimeError: it runs already, or did not start within ten seconds.
        """
        if self._thread is not None:
            raise RuntimeError("The fake platform runs already.")
        ready = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._serve, args=(ready,), daemon=True, name=type(self).__name__)
        self._thread.start()
        if not ready.wait(_LONGEST_START) or not self.base:
            raise RuntimeError("The fake platform did not start.")

    def stop(self) -> None:
        """Stops the server; requests that hang are dropped. What it has seen can still be read."""
        if self._thread is None or self._loop is None:
            return
        self._stopping = True
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_LONGEST_START)
        self._thread = self._loop = None

    def _serve(self, ready: threading.Event) -> None:
        loop = self._loop = asyncio.new_event_loop()
        application = web.Application(client_max_size=_LARGEST_BODY)
        application.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
        try:
            loop.run_until_complete(runner.setup())
            loop.run_until_complete(web.TCPSite(runner, "127.0.0.1", 0).start())
            self.base = f"http://127.0.0.1:{runner.addresses[0][1]}{self.prefix}"
            ready.set()
            loop.run_forever()
        finally:
            ready.set()
            loop.run_until_complete(runner.cleanup())
            loop.close()

    # What tests ask

    def environment(self) -> dict[str, str]:
        """Returns the settings that switch the channel on in the assistant and point it here."""
        raise NotImplementedError

    def address_of(self, person: str) -> str:
        """Returns what messages to a person have as their recipient."""
        return person

    def sent_to(self, recipient: str | None) -> list[Sent]:
        """Returns the accepted messages to a person or chat, in order; None for all."""
        with self._changed:
            if recipient is None:
                return list(self.sent)
            return [sent for sent in self.sent if sent.recipient == self.address_of(recipient)]

    def wait_for(self, count: int, recipient: str | None = None, timeout: float = 15) -> list[Sent]:
        """Waits for accepted messages.

        Args:
            count: at least how many there are to be, since the start or the last ``clear_history``.
            recipient: only those to this person or chat.
            timeout: seconds.

        Returns:
            All that there are then, in order.

        Raises:
            AssertionError: there are fewer after that time; it names what there is.
        """
        with self._changed:
            if self._changed.wait_for(lambda: len(self.sent_to(recipient)) >= count, timeout):
                return self.sent_to(recipient)
        there = "".join(f"\n  to {sent.recipient}: {sent.text!r}" for sent in self.sent) or " none"
        wrong = "".join(f"\n  {violation}" for violation in self.violations) or " none"
        raise AssertionError(
            f"{len(self.sent_to(recipient))} of {count} messages to {recipient or 'anyone'} after {timeout} s."
            f"\nMessages:{there}\nProblems:{wrong}\nRequests: {[request.call for request in self.requests]}"
        )

    def calls(self, call: str) -> list[Request]:
        """Returns the requests that called a method, such as ``sendChatAction``; failed and refused ones too."""
        with self._changed:
            return [request for request in self.requests if request.call == call]

    def clear_history(self) -> None:
        """Empties ``requests``, ``sent``, ``edited`` and ``violations``; faults stay, as do messages to edit."""
        with self._changed:
            for seen in (self.requests, self.sent, self.edited, self.violations):
                seen.clear()

    # Faults of the platform

    def fail(
        self,
        status: int = 503,
        retry_after: int | None = None,
        times: int | None = None,
        recipient: str | None = None,
        call: str | None = None,
    ) -> None:
        """Lets requests fail, in the platform's own form.

        Args:
            status: of HTTP; 429 is the platform's own way to say "too many".
            retry_after: seconds to wait, told where the platform tells it.
            times: how many requests; None for all until ``reset_faults``.
            recipient: only those to this person or chat.
            call: only those that call this method.
        """
        recipient = None if recipient is None else self.address_of(recipient)
        with self._changed:
            self._faults.append(_Fault(times, recipient, call, status=status, retry_after=retry_after))

    def hang(self, seconds: float, times: int | None = None, recipient: str | None = None) -> None:
        """Lets requests wait for their answer.

        Who is still there afterwards gets the usual answer; a request whose sender has left by then is lost, and its
        message is not in ``sent``.

        Args:
            seconds: how long.
            times: how many requests; None for all until ``reset_faults``, which also ends the waiting.
            recipient: only those to this person or chat.
        """
        recipient = None if recipient is None else self.address_of(recipient)
        with self._changed:
            self._faults.append(_Fault(times, recipient, None, hang=seconds))

    def block(self, recipient: str) -> None:
        """Lets a person have blocked the sender: what goes to them is refused until ``reset_faults``."""
        with self._changed:
            self._blocked.add(self.address_of(recipient))

    def reset_faults(self) -> None:
        """Ends all faults and blocks."""
        with self._changed:
            self._faults.clear()
            self._blocked.clear()

    # What each platform says in its own way

    def recipient_in(self, request: Request) -> str | None:
        """Returns whom a request is for; None where it is for nobody."""
        raise NotImplementedError

    def failure(self, status: int, retry_after: int | None) -> Reply:
        """Returns how the platform says that something is wrong with it."""
        raise NotImplementedError

    def blocked(self, recipient: str) -> Reply:
        """Returns how the platform says that a person does not want messages."""
        raise NotImplementedError

    def authorise(self, request: Request) -> None:
        """Checks who asks.

        Raises:
            Refused: it is not the account that the fake platform knows.
        """
        raise NotImplementedError

    def answer(self, request: Request) -> Reply:
        """Returns what the platform answers to a request that no fault keeps from it.

        Raises:
            Refused: the platform would refuse it.
        """
        raise NotImplementedError

    # What they share

    def next_number(self) -> int:
        """Returns a number that was not given out before."""
        return next(self._numbers)

    def record_violation(self, request: Request, violation: str) -> None:
        """Keeps a violation for which the platform would not refuse the request."""
        with self._changed:
            self.violations.append(f"{request.call}: {violation}")

    def check_visible(self, request: Request, texts: Iterable[str]) -> None:
        """Keeps a violation for every payload in texts that a person gets to see."""
        for payload in payloads_in(texts):
            self.record_violation(request, f"the visible text holds the payload {payload}")

    def accept(self, sent: Sent, edit: bool = False) -> None:
        """Keeps an accepted message, or the accepted change of one."""
        with self._changed:
            (self.edited if edit else self.sent).append(sent)
            self._changed.notify_all()

    async def _handle(self, http: web.Request) -> web.StreamResponse:
        request = await _read(http)
        recipient = self.recipient_in(request)
        with self._changed:
            self.requests.append(request)
            self._changed.notify_all()
            fault = self._fault_for(request, recipient)
        if fault is not None and fault.hang is not None:
            await self._wait(fault)
            if http.transport is None or http.transport.is_closing():
                return web.Response(status=499)
            fault = None
        reply = self.failure(fault.status, fault.retry_after) if fault else self._judge(request, recipient)
        if isinstance(reply.body, str):
            return web.Response(text=reply.body, status=reply.status, headers=reply.headers)
        return web.json_response(reply.body, status=reply.status, headers=reply.headers)

    def _fault_for(self, request: Request, recipient: str | None) -> _Fault | None:
        for fault in self._faults:
            if fault.recipient not in (None, recipient) or fault.call not in (None, request.call) or fault.left == 0:
                continue
            if fault.left is not None:
                fault.left -= 1
            return fault
        return None

    async def _wait(self, fault: _Fault) -> None:
        until = time.monotonic() + (fault.hang or 0)
        while time.monotonic() < until and not self._stopping and fault in self._faults:
            await asyncio.sleep(0.02)

    def _judge(self, request: Request, recipient: str | None) -> Reply:
        try:
            self.authorise(request)
            if recipient is not None and recipient in self._blocked:
                return self.blocked(recipient)
            return self.answer(request)
        except Refused as refused:
            if refused.violation:
                self.record_violation(request, refused.violation)
            return refused.reply
        except Exception:
            # What a test could otherwise take for a fault that it asked for.
            self.record_violation(request, f"the fake platform itself failed:\n{traceback.format_exc()}")
            return self.failure(500, None)


async def _read(http: web.Request) -> Request:
    body: dict[str, Any] = {}
    is_form = http.content_type in ("application/x-www-form-urlencoded", "multipart/form-data")
    if is_form:
        form = await http.post()
        for name in form:
            values = [
                value if isinstance(value, str) else getattr(value, "filename", "") for value in form.getall(name)
            ]
            body[name] = values if len(values) > 1 else values[0]
    elif http.can_read_body:
        try:
            parsed = json.loads(await http.read())
            body = parsed if isinstance(parsed, dict) else {"": parsed}
        except ValueError:
            body = {}
    headers = {name.lower(): value for name, value in http.headers.items()}
    return Request(http.method, http.path, headers, dict(http.query), body, is_form, time.time())

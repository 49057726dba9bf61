"""Starts the processes of the Procfile, says when the assistant answers, and ends them all together.

A process that dies later on, killed or crashed, is started again: the assistant is not taken down by its action server.
"""

import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from functools import partial
from multiprocessing.synchronize import Event as EventType
from pathlib import Path
from typing import Any

from honcho.environ import parse_procfile
from honcho.manager import Manager
from honcho.process import Popen, Process

from tools.data_check import data_problem
from tools.readiness import DEGRADED_WARNING, Readiness, probe
from tools.settings import ROOT, is_free, read_env_file, write_endpoints

_LONGEST_START = 180
_SHORTEST_LIFE = 5.0
"""Seconds; before all was ready once, what ends sooner, or by itself with an error, cannot run at all and is not
started again."""

_PAUSE_BEFORE_RESTART = 1.0
_PRINTING = threading.Lock()


def main() -> int:
    """Runs until a process ends or a signal comes; returns the exit code."""
    try:
        read_env_file()
        settings = _settings()
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    problem = data_problem()
    if problem:
        print(problem, file=sys.stderr)
        return 2
    taken = [name for name in ("PORT", "ACTIONS_PORT") if not is_free(settings["HOST"], int(settings[name]))]
    if taken:
        name = taken[0]
        print(
            f"{name} {settings[name]} is taken; stop what uses it or choose another: make run {name}=…", file=sys.stderr
        )
        return 1
    with tempfile.TemporaryDirectory() as folder:
        try:
            settings["ENDPOINTS"] = write_endpoints(Path(folder), settings["ACTIONS_PORT"])
        except OSError as error:
            print(f"The endpoints file cannot be read ({error}); set ENDPOINTS to another.", file=sys.stderr)
            return 2
        return _run(settings)


def _settings() -> dict[str, str]:
    settings = {
        "HOST": os.environ.get("HOST") or "127.0.0.1",
        "PORT": os.environ.get("PORT") or "5005",
        "ACTIONS_PORT": os.environ.get("ACTIONS_PORT") or "5055",
    }
    for name in ("PORT", "ACTIONS_PORT"):
        if not settings[name].isdigit() or not 0 < int(settings[name]) < 65536:
            raise ValueError(f"{name} {settings[name]!r} is no port; give a number from 1 to 65535.")
    if settings["PORT"] == settings["ACTIONS_PORT"]:
        raise ValueError("PORT and ACTIONS_PORT are the same; give them different numbers.")
    token = os.environ.get("API_TOKEN") or ""
    settings["API"] = f"--enable-api --auth-token {token}" if token else ""
    if token and not token.replace("-", "").replace("_", "").isalnum():
        raise ValueError("API_TOKEN holds a character that a web address cannot carry; use letters, digits, - and _.")
    return settings


def _run(settings: dict[str, str]) -> int:
    environment = {**os.environ, **settings, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    manager = Supervisor(_FilteredOutput())
    for name, command in parse_procfile((ROOT / "Procfile").read_text(encoding="utf-8")).processes.items():
        manager.add_process(name, command, env=environment, cwd=str(ROOT))
    for watch in (_say_when_ready, _end_with_parent):
        threading.Thread(target=watch, args=(settings, manager), daemon=True).start()
    print("[start] Starting the action server and Rasa (a few seconds) ...", flush=True)
    manager.loop()
    return 0 if manager.returncode in (0, None, -signal.SIGINT, -signal.SIGTERM, 130, 143) else 1


def _say(line: str) -> None:
    """Prints a whole line: `print` writes words and line end one by one, and two threads print here."""
    with _PRINTING:
        print(line, flush=True)


class _StopWithheld:
    """The events of one process on their way to the supervisor; its stop is kept back."""

    def __init__(self, events: Any) -> None:
        self._events = events
        self.stop: Any = None

    def put(self, event: Any) -> None:
        """Takes an event of the process."""
        if event.type == "stop":
            self.stop = event
        else:
            self._events.put(event)


def _restore_signals() -> None:
    """Undoes in a new child that honcho's worker ignores the signals by which all is ended."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


class RestartingProcess(Process):
    """Starts its command again when it dies, unless all is being ended or it could not run at all."""

    def __init__(self, *args: Any, ending: EventType, ready: EventType, **kwargs: Any) -> None:
        """Takes honcho's arguments, and two events shared with the supervisor.

        Args:
            args: honcho's.
            ending: set when all is to end.
            ready: set when the assistant has answered once.
            kwargs: honcho's.
        """
        super().__init__(*args, **kwargs)
        self._child_ctor = partial(Popen, preexec_fn=_restore_signals)
        self._ending, self._ready = ending, ready

    def run(self, events: Any = None, ignore_signals: bool = False) -> None:
        """Runs until the end is meant."""
        while True:
            passed_on, begun = _StopWithheld(events), time.monotonic()
            super().run(passed_on, ignore_signals)
            stop = passed_on.stop
            has_failed = stop is not None and (stop.data or {}).get("returncode", 0) > 0
            cannot_run = not self._ready.is_set() and (has_failed or time.monotonic() - begun < _SHORTEST_LIFE)
            if cannot_run or self._ending.wait(_PAUSE_BEFORE_RESTART):
                events.put(stop)
                return
            print(f"[start] {self.name} ended; starting it again.", flush=True)


class Supervisor(Manager):
    """Honcho's manager over processes that are kept running.

    Attributes:
        ready: to be set when the assistant has answered once.
    """

    def __init__(self, printer: Any) -> None:
        """Takes what prints the processes' lines."""
        super().__init__(printer)
        self._ending: EventType = multiprocessing.Event()
        self.ready: EventType = multiprocessing.Event()
        self._process_ctor = partial(RestartingProcess, ending=self._ending, ready=self.ready)

    def terminate(self) -> None:
        """Ends all processes for good."""
        self._ending.set()
        super().terminate()


class _FilteredOutput:
    """Prints what the processes say, without honcho's own lines, Python's warnings and Rasa's progress."""

    _NOISE = ("INFO", "declare_namespace", "SANIC_VERSION")

    width = 0

    def __init__(self) -> None:
        self._after_warning: dict[str, bool] = {}

    def write(self, message) -> None:  # type: ignore[no-untyped-def]
        """Prints one line of a process."""
        text = message.data.decode("utf-8", "replace") if isinstance(message.data, bytes) else str(message.data)
        for line in text.splitlines():
            # a warning is followed by the indented line of code that it is about
            about_warning = self._after_warning.get(message.name, False) and line.startswith("  ")
            self._after_warning[message.name] = "Warning: " in line
            noise = about_warning or "Warning: " in line or any(word in line for word in self._NOISE)
            if message.name != "system" and line.strip() and not noise:
                _say(f"[{message.name}] {line}")


def _say_when_ready(settings: dict[str, str], manager: Supervisor) -> None:
    host = "127.0.0.1" if settings["HOST"] in {"0.0.0.0", "::"} else settings["HOST"]  # noqa: S104
    host = f"[{host}]" if ":" in host else host
    page = f"http://{host}:{settings['PORT']}/"
    health_checks = [f"http://127.0.0.1:{settings['ACTIONS_PORT']}/health", f"{page}webhooks/rest/"]
    until = time.monotonic() + _LONGEST_START
    while time.monotonic() < until:
        state = probe(f"{page}webhooks/rest/webhook") if all(map(_answers, health_checks)) else Readiness.SILENT
        if state is not Readiness.SILENT:
            manager.ready.set()
            if state is Readiness.DEGRADED:
                _say(f"[start] {DEGRADED_WARNING}")
            _say(f"ready {page}  (chat there; end with Ctrl-C)")
            return
        time.sleep(0.2)
    print(f"[start] Not ready after {_LONGEST_START} seconds; ending.", file=sys.stderr, flush=True)
    manager.terminate()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as reply:  # noqa: S310
            return bool(reply.status == 200)
    except (OSError, ValueError):
        return False


def _end_with_parent(settings: dict[str, str], manager: Supervisor) -> None:
    """Ends with `make`: it hands SIGTERM on to its children, but not a SIGINT, and a SIGKILL leaves them orphaned."""
    parent = os.getppid()
    status = Path(f"/proc/{parent}/status")
    interrupt = 1 << (signal.SIGINT - 1)
    is_make = status.exists() and status.read_text().startswith("Name:\tmake")
    while os.getppid() == parent:
        if is_make:
            fields = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
            if int(fields["SigBlk"], 16) & interrupt:
                break
        time.sleep(0.5)
    manager.terminate()


if __name__ == "__main__":
    sys.exit(main())

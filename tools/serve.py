"""Starts the processes of the Procfile, says when the assistant answers, and ends them all together.

A process that dies later on, killed or crashed, is started again: the assistant is not taken down by its action server.
"""

import multiprocessing
import os
import signal
import socket
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from functools import partial
from pathlib import Path
from typing import Any

from honcho.environ import parse, parse_procfile
from honcho.manager import Manager
from honcho.process import Popen, Process

ROOT = Path(__file__).resolve().parent.parent
_ENV_FILE = ROOT / ".env"
_LONGEST_START = 180
_LIVED_WELL = 5.0
"""Seconds; what ends sooner, or by itself with an error, before all was ready once, cannot run at all and is not
started again."""

_BETWEEN_STARTS = 1.0

_ENDING = multiprocessing.Event()
_PRINTING = threading.Lock()
_READY = multiprocessing.Event()


def main() -> int:
    """Runs until a process ends or a signal comes; returns the exit code."""
    try:
        _read_env_file()
        settings = _settings()
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    taken = [name for name in ("PORT", "ACTIONS_PORT") if not _is_free(settings["HOST"], int(settings[name]))]
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


def _read_env_file() -> None:
    """Adds the settings of the file ``.env``, if there is one, to those of the environment, which go before.

    Raises:
        ValueError: the file cannot be read.
    """
    if not _ENV_FILE.exists():
        return
    try:
        found = parse(_ENV_FILE.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"The file .env cannot be read ({error}); mend or remove it.") from error
    for name, value in found.items():
        os.environ.setdefault(name, value)


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


def _is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Returns a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write_endpoints(folder: Path, actions_port: str) -> str:
    """Writes endpoints.yml, or the file that ENDPOINTS names, for another action server port into `folder`.

    Returns:
        The path of the file written.

    Raises:
        OSError: the file that ENDPOINTS names cannot be read.
    """
    source = Path(os.environ.get("ENDPOINTS") or ROOT / "endpoints.yml")
    text = source.read_text(encoding="utf-8")
    path = folder / "endpoints.yml"
    path.write_text(text.replace("127.0.0.1:5055", f"127.0.0.1:{actions_port}"), encoding="utf-8")
    return str(path)


def _run(settings: dict[str, str]) -> int:
    environment = {**os.environ, **settings, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    manager = _Keeper(_Quiet())
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


class _StopsWithheld:
    """Passes a process's events on, but keeps its end to itself."""

    def __init__(self, events: Any) -> None:
        self._events = events
        self.end: Any = None

    def put(self, event: Any) -> None:
        """Takes an event of the process."""
        if event.type == "stop":
            self.end = event
        else:
            self._events.put(event)


def _heed_signals() -> None:
    """Undoes in a new child that honcho's worker ignores the signals by which all is ended."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


class _KeptProcess(Process):
    """Starts its command again when it dies, unless all is being ended or it could not run at all."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._child_ctor = partial(Popen, preexec_fn=_heed_signals)

    def run(self, events: Any = None, ignore_signals: bool = False) -> None:
        """Runs until the end is meant."""
        while True:
            watched, begun = _StopsWithheld(events), time.monotonic()
            super().run(watched, ignore_signals)
            ended_by_itself = watched.end is not None and (watched.end.data or {}).get("returncode", 0) > 0
            cannot_run = not _READY.is_set() and (ended_by_itself or time.monotonic() - begun < _LIVED_WELL)
            if cannot_run or _ENDING.wait(_BETWEEN_STARTS):
                events.put(watched.end)
                return
            print(f"[start] {self.name} ended; starting it again.", flush=True)


class _Keeper(Manager):
    """Honcho's manager over processes that are kept running."""

    def __init__(self, printer: Any) -> None:
        super().__init__(printer)
        self._process_ctor = _KeptProcess

    def terminate(self) -> None:
        """Ends all processes for good."""
        _ENDING.set()
        super().terminate()


class _Quiet:
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


def _say_when_ready(settings: dict[str, str], manager: Manager) -> None:
    host = "127.0.0.1" if settings["HOST"] in {"0.0.0.0", "::"} else settings["HOST"]  # noqa: S104
    host = f"[{host}]" if ":" in host else host
    page = f"http://{host}:{settings['PORT']}/"
    wanted = [f"http://127.0.0.1:{settings['ACTIONS_PORT']}/health", f"{page}webhooks/rest/"]
    until = time.monotonic() + _LONGEST_START
    while time.monotonic() < until:
        if all(map(_answers, wanted)) and has_loaded_model(f"{page}webhooks/rest/webhook"):
            _READY.set()
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


def has_loaded_model(address: str) -> bool:
    """Tells whether the REST channel at `address` answers a message; warns where the answer is not the right one."""
    body = b'{"sender": "start-up", "message": "what causes knee cramps"}'
    request = urllib.request.Request(address, data=body, headers={"Content-Type": "application/json"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:  # noqa: S310
            answer = reply.read()
    except (OSError, ValueError):
        return False
    if len(answer) > 2 and b"Sources: " not in answer:
        _say("[start] Something in the assistant is broken (see above); it runs, but cannot answer well.")
    return len(answer) > 2


def _end_with_parent(settings: dict[str, str], manager: Manager) -> None:
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

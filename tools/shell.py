"""Chats in the terminal: starts the assistant on free ports, and ends it with the conversation.

Rasa's own shell (`rasa shell`) works too; it shows the payloads behind buttons and, while it offers buttons, takes no
typed words.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
import urllib.request
import uuid
from pathlib import Path

from tools.data_check import data_problem
from tools.readiness import DEGRADED_WARNING, Readiness, probe
from tools.settings import ROOT, free_port, write_endpoints

_LONGEST_START = 180
_SECONDS_TO_END = 5
_LEAVES = {"/stop", "/quit", "/exit"}
_OUT_OF_REACH = (
    "I cannot be reached just now. If this could be an emergency, call your local emergency number (999, 112 or 911)."
)


def main() -> int:
    """Runs until the person leaves; returns the exit code."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))
    problem = data_problem()
    if problem:
        print(problem, file=sys.stderr)
        return 2
    print("Starting (a few seconds); type /stop to leave ...", flush=True)
    started: list[subprocess.Popen[bytes]] = []
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        try:
            address = _start(Path(folder), log, started)
            if address is None:
                print(log.read_text(encoding="utf-8", errors="replace")[-3000:], file=sys.stderr)
                print("The assistant did not start; the end of its log stands above.", file=sys.stderr)
                return 1
            _chat(address)
        except (KeyboardInterrupt, EOFError):
            print()
        finally:
            _end(started)
    return 0


def _start(folder: Path, log: Path, started: list[subprocess.Popen[bytes]]) -> str | None:
    actions_port, port = str(free_port()), str(free_port())
    binaries = Path(sys.executable).parent
    environment = {**os.environ, "SANIC_HOST": "127.0.0.1", "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}"}
    credentials = folder / "credentials.yml"
    credentials.write_text(
        "channels.web.rest.GuardedRest: {}\n", encoding="utf-8"
    )  # messaging platforms are not for here
    commands = [
        [sys.executable, "-m", "rasa_sdk", "--actions", "actions", "--port", actions_port],
        [
            str(binaries / "rasa"), "run", "--interface", "127.0.0.1", "--port", port, "--credentials",
            str(credentials), "--endpoints", write_endpoints(folder, actions_port),
        ],
    ]  # fmt: skip
    with log.open("wb") as output:
        started += [subprocess.Popen(c, cwd=ROOT, env=environment, stdout=output, stderr=output) for c in commands]
    address = f"http://127.0.0.1:{port}/webhooks/rest/webhook"
    until = time.monotonic() + _LONGEST_START
    while time.monotonic() < until and all(process.poll() is None for process in started):
        state = probe(address)
        if state is Readiness.DEGRADED:
            print(f"[start] {DEGRADED_WARNING}", flush=True)
        if state is not Readiness.SILENT:
            return address
        time.sleep(0.1)
    return None


def _chat(address: str) -> None:
    sender = uuid.uuid4().hex
    buttons: list[dict] = []
    while True:
        typed = input("\nYou: ").strip()
        if not sys.stdin.isatty():
            print(typed)  # so that a piped conversation reads like one
        if typed.lower() in _LEAVES:
            return
        chosen = typed.isdigit() and 0 < int(typed) <= len(buttons)
        answers = _ask(address, sender, buttons[int(typed) - 1]["payload"] if chosen else typed)
        for answer in answers:
            print("\n" + _wrapped(answer.get("text", "")))
        buttons = [button for answer in answers for button in answer.get("buttons", [])]
        if buttons:
            print()
        for number, button in enumerate(buttons, 1):
            print(f"  {number}) {button['title']}")


def _ask(address: str, sender: str, message: str) -> list[dict]:
    body = json.dumps({"sender": sender, "message": message}).encode()
    request = urllib.request.Request(address, data=body, headers={"Content-Type": "application/json"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:  # noqa: S310
            return json.load(reply) or [{"text": _OUT_OF_REACH}]
    except (OSError, ValueError):
        return [{"text": _OUT_OF_REACH}]


def _wrapped(text: str) -> str:
    width = min(100, shutil.get_terminal_size().columns)
    lines = (textwrap.fill(line, width, subsequent_indent="  " * line.startswith("- ")) for line in text.split("\n"))
    return "\n".join(lines)


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    until = time.monotonic() + _SECONDS_TO_END
    while any(process.poll() is None for process in processes) and time.monotonic() < until:
        time.sleep(0.1)
    for process in processes:
        process.kill()


if __name__ == "__main__":
    sys.exit(main())

"""A started assistant for tests, reports and benchmarks: the real processes, on free ports."""

import asyncio
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import requests
import structlog

from tools.settings import ROOT, free_port

LONGEST_START = 120
_END_OF_WORD = "( |$)"
"""So that port 4000 is not found in port 40001."""


class StartError(RuntimeError):
    """The assistant did not start; the message holds the end of what it printed."""


def trained_parser() -> Callable[[str], dict[str, Any]]:
    """Returns what turns a text into Rasa's parse data, in this process, by the newest trained model.

    Raises:
        StartError: there is no trained model.
    """
    archives = sorted((ROOT / "models").glob("*.tar.gz"), key=os.path.getmtime)
    if not archives:
        raise StartError("There is no trained model; `make train` makes one.")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    from rasa.core.agent import Agent  # seconds to import, and most who start an assistant do not need it

    agent = Agent.load(str(archives[-1]))
    loop = asyncio.new_event_loop()
    return lambda text: loop.run_until_complete(agent.parse_message(text))


class RunningAssistant:
    """The assistant as `make run` starts it.

    Attributes:
        port: of the assistant.
        actions_port: of the action server.
        address: of the assistant, without a path.
        output: lines printed so far.
    """

    def __init__(self, port: int | None = None, **environment: str) -> None:
        """Starts it and waits until it answers.

        Args:
            port: of the assistant; None for one that is free.
            environment: more environment variables, such as ``API_TOKEN``.

        Raises:
            StartError: it did not answer within two minutes.
        """
        self.port, self.actions_port = port or free_port(), free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.output: list[str] = []
        self._ready = threading.Event()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tools.serve"],
            cwd=ROOT,
            env={**os.environ, "PORT": str(self.port), "ACTIONS_PORT": str(self.actions_port), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        until = time.monotonic() + LONGEST_START
        while not self._ready.wait(0.2) and self.process.poll() is None and time.monotonic() < until:
            pass
        if not self._ready.is_set():
            self._reader.join(2)
            self.stop()
            raise StartError("The assistant did not start:\n" + "".join(self.output[-30:]))

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.output.append(line)
            if line.startswith("ready"):
                self._ready.set()

    def processes(self) -> list[int]:
        """Returns the processes that belong to it."""
        return _pids(f"port ({self.port}|{self.actions_port}){_END_OF_WORD}")

    def action_server(self) -> list[int]:
        """Returns the processes of its action server."""
        return _pids(f"rasa_sdk.* --port {self.actions_port}{_END_OF_WORD}")

    def post(self, **kwargs: object) -> requests.Response:
        """Sends a request to the REST channel."""
        return requests.post(f"{self.address}/webhooks/rest/webhook", timeout=30, **kwargs)  # type: ignore[arg-type]

    def stop(self, by: int = signal.SIGTERM) -> int:
        """Ends it by a signal; returns its exit code.

        Raises:
            subprocess.TimeoutExpired: it did not end within 20 seconds and had to be killed.
        """
        if self.process.poll() is None:
            self.process.send_signal(by)
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise


def _pids(pattern: str) -> list[int]:
    """Returns the processes whose command line matches an extended regular expression."""
    found = subprocess.run(["pgrep", "-f", pattern], capture_output=True, text=True, check=False)
    return [int(pid) for pid in found.stdout.split()]

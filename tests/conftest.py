"""Shared by all tests: the trained pipeline in this process, and a started server for whole conversations."""

import asyncio
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import uuid
from pathlib import Path

import pytest
import requests
import structlog

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))

ROOT = Path(__file__).resolve().parent.parent
LONGEST_START = 120


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """The assistant as `make run` starts it, on free ports."""

    def __init__(self, **environment: str) -> None:
        self.port, self.actions_port = free_port(), free_port()
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
        threading.Thread(target=self._read, daemon=True).start()
        if not self._ready.wait(LONGEST_START):
            self.stop()
            pytest.fail("the server did not start:\n" + "".join(self.output[-30:]))

    def _read(self) -> None:
        for line in self.process.stdout:
            self.output.append(line)
            if line.startswith("ready"):
                self._ready.set()

    def processes(self) -> list[int]:
        """Returns the processes that belong to this server."""
        found = subprocess.run(
            ["pgrep", "-f", f"port {self.port}|port {self.actions_port}"], capture_output=True, text=True
        )
        return [int(pid) for pid in found.stdout.split()]

    def action_server(self) -> list[int]:
        found = subprocess.run(["pgrep", "-f", f"rasa_sdk.*{self.actions_port}"], capture_output=True, text=True)
        return [int(pid) for pid in found.stdout.split()]

    def post(self, **kwargs) -> requests.Response:
        return requests.post(f"{self.address}/webhooks/rest/webhook", timeout=30, **kwargs)

    def stop(self, by: int = signal.SIGTERM) -> int:
        """Ends the server; returns its exit code."""
        self.process.send_signal(by)
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise


class Chat:
    """One person talking to a server."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.sender = uuid.uuid4().hex
        self.buttons: list[dict] = []

    def say(self, message: str) -> str:
        """Sends a message; returns all that is answered, as one text."""
        reply = self._server.post(json={"sender": self.sender, "message": message})
        assert reply.status_code == 200, reply.text
        answers = reply.json()
        self.buttons = [button for answer in answers for button in answer.get("buttons", [])]
        return "\n".join(answer.get("text", "") for answer in answers)

    def press(self, title: str) -> str:
        """Presses a button that was offered."""
        return self.say(next(button["payload"] for button in self.buttons if button["title"] == title))


@pytest.fixture(scope="session")
def server():
    started = Server()
    yield started
    started.stop()
    assert not started.processes()


@pytest.fixture
def chat(server):
    return Chat(server)


@pytest.fixture(scope="session")
def parse():
    """The trained pipeline: a function from a message to Rasa's parse data."""
    from rasa.core.agent import Agent

    newest = max((ROOT / "models").glob("*.tar.gz"), key=os.path.getmtime)
    agent = Agent.load(str(newest))
    loop = asyncio.new_event_loop()
    yield lambda text: loop.run_until_complete(agent.parse_message(text))
    loop.close()

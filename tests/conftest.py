"""Shared by all tests: the trained pipeline in this process, and a started server for whole conversations."""

import logging
import uuid

import pytest
import structlog

from tools.assistant_process import RunningAssistant, trained_parser
from tools.settings import ROOT

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))

_MARKERS = {
    "pipeline": ("model",),
    "conversations": ("server",),
    "channels": ("server",),
    "faults": ("server",),
    "browser": ("server", "browser"),
}
"""What the tests of each folder need."""


def pytest_collection_modifyitems(items):
    """Marks tests by their folder: ``pytest -m "not server"``."""
    for item in items:
        folder = item.path.relative_to(ROOT / "tests").parts[0]
        for marker in _MARKERS.get(folder, ()):
            item.add_marker(marker)


class Chat:
    """One person talking to a server."""

    def __init__(self, server: RunningAssistant) -> None:
        self._server = server
        self.sender = uuid.uuid4().hex
        self.buttons: list[dict] = []

    def say(self, message: str, **metadata: str) -> str:
        """Sends a message with what a channel knows of it; returns all that is answered, as one text."""
        reply = self._server.post(json={"sender": self.sender, "message": message, "metadata": metadata})
        assert reply.status_code == 200, reply.text
        answers = reply.json()
        self.buttons = [button for answer in answers for button in answer.get("buttons", [])]
        return "\n".join(answer.get("text", "") for answer in answers)

    def press(self, title: str) -> str:
        """Presses a button that was offered."""
        return self.say(next(button["payload"] for button in self.buttons if button["title"] == title))


@pytest.fixture(scope="session")
def server():
    started = RunningAssistant()
    yield started
    started.stop()
    assert not started.processes()


@pytest.fixture
def chat(server):
    return Chat(server)


@pytest.fixture(scope="session")
def parse():
    """The trained pipeline: a function from a message to Rasa's parse data."""
    return trained_parser()

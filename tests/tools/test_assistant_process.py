"""The processes of a started assistant are found by their ports, and no others."""

import subprocess
import sys

import pytest

from tools.assistant_process import RunningAssistant


@pytest.fixture
def bystander():
    """Starts programs whose command line ends as given, and ends them."""
    started = []

    def start(*arguments):
        code = "import sys; print(flush=True); sys.stdin.read()"
        process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        process.stdout.readline()
        started.append(process)
        return process.pid

    yield start
    for process in started:
        process.kill()
        process.communicate()


def assistant(port, actions_port):
    """An assistant that was not started, but knows its ports."""
    found = object.__new__(RunningAssistant)
    found.port, found.actions_port = port, actions_port
    return found


def test_a_longer_port_is_another_ones(bystander):
    mine = bystander("rasa", "run", "--port", "4400", "--endpoints", "x")
    actions = bystander("-m", "rasa_sdk", "--actions", "actions", "--port", "4401")
    bystander("rasa", "run", "--port", "44001")
    bystander("-m", "rasa_sdk", "--actions", "actions", "--port", "44010")
    assert sorted(assistant(4400, 4401).processes()) == sorted([mine, actions])
    assert assistant(4400, 4401).action_server() == [actions]

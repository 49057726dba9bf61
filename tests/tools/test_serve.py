"""The start: what it refuses, and which processes it starts again."""

import multiprocessing
import queue
import signal
import subprocess
import sys
import threading
import time

import pytest

from tools import serve
from tools.serve import RestartingProcess, Supervisor


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"PORT": "abc"}, "PORT 'abc' is no port"),
        ({"PORT": "70000"}, "is no port"),
        ({"ACTIONS_PORT": "-1"}, "ACTIONS_PORT '-1' is no port"),
        ({"PORT": "5005", "ACTIONS_PORT": "5005"}, "are the same"),
        ({"API_TOKEN": "a b"}, "API_TOKEN holds a character"),
    ],
)
def test_wrong_settings_are_refused_in_one_sentence(monkeypatch, environment, says):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=says):
        serve._settings()


def test_everything_binds_to_this_machine_unless_told_otherwise(monkeypatch):
    for name in ("HOST", "PORT", "ACTIONS_PORT", "API_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    assert serve._settings() == {"HOST": "127.0.0.1", "PORT": "5005", "ACTIONS_PORT": "5055", "API": ""}


@pytest.fixture
def no_pause(monkeypatch):
    monkeypatch.setattr(serve, "_PAUSE_BEFORE_RESTART", 0.05)
    return multiprocessing.Event(), multiprocessing.Event()


class Events(queue.Queue):
    """The events of a process."""

    def started(self):
        return [event for event in self.queue if event.type == "start"]


def run(command, ending, ready):
    """Runs a process until it gives up or three starts have been seen; returns its events."""
    events = Events()
    process = RestartingProcess(command, name="one", ending=ending, ready=ready)
    thread = threading.Thread(target=process.run, args=(events,))
    thread.start()
    while thread.is_alive():
        thread.join(0.02)
        if len(events.started()) >= 3:
            ending.set()
    return events


def test_what_dies_after_all_was_ready_is_started_again_until_the_end_is_meant(no_pause):
    ending, ready = no_pause
    ready.set()
    events = run("exit 3", ending, ready)
    assert len(events.started()) >= 3
    assert [event.data["returncode"] for event in events.queue if event.type == "stop"] == [3]


def test_what_cannot_run_at_all_is_not_started_again(no_pause):
    events = run("exit 3", *no_pause)
    assert len(events.started()) == 1
    assert [event.data["returncode"] for event in events.queue if event.type == "stop"] == [3]


@pytest.fixture
def own_signals():
    """Honcho takes the signals for itself."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_the_supervisor_starts_again_what_died_until_it_ends_all(no_pause, own_signals, tmp_path):
    starts = tmp_path / "starts"
    supervisor = Supervisor(serve._FilteredOutput())
    supervisor.add_process("one", f"echo start >>{starts}; [ $(wc -l <{starts}) -ge 3 ] && exec sleep 30; exit 1")
    supervisor.ready.set()

    def end():
        until = time.monotonic() + 20
        while time.monotonic() < until and (not starts.exists() or starts.read_text().count("start") < 3):
            time.sleep(0.05)
        time.sleep(0.3)  # until honcho has heard of the third process
        supervisor.terminate()

    threading.Thread(target=end).start()
    supervisor.loop()
    assert starts.read_text().count("start") == 3


def test_importing_it_makes_no_event():
    code = (
        "import tools.serve as serve; print([n for n, v in vars(serve).items() if 'synchronize' in type(v).__module__])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=serve.ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

"""Whatever fails, an emergency gets its line within three seconds, and anything else an honest word."""

import os
import signal
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.conftest import Chat
from tools.assistant_process import RunningAssistant
from tools.settings import free_port

EMERGENCY = "This could be an emergency. Call your local emergency number now"
HONEST = "Something is wrong on my side."
DANGERS = ("i have chest pain", "my mum cant speak properly all of a sudden")


def _endpoints(folder, **parts):
    lines = [
        "action_endpoint:", '  url: "http://127.0.0.1:5055/webhook"', "  enable_selective_domain: true",
        "tracker_store:",
        f"  type: {parts.get('tracker_store', 'channels.fail_safe.memory_store.ForgettingTrackerStore')}",
    ]  # fmt: skip
    if "lock_store" in parts:
        lines += ["lock_store:", f"  type: {parts['lock_store']}"]
    path = folder / "endpoints.yml"
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def _asks_in_time(server, message):
    begun = time.monotonic()
    said = Chat(server).say(message)
    assert time.monotonic() - begun < 3, said
    return said


def _holds(server, honest=True):
    for danger in DANGERS:
        said = _asks_in_time(server, danger)
        assert said.startswith(EMERGENCY)
    said = _asks_in_time(server, "what causes knee cramps")
    assert not said.startswith(EMERGENCY)
    assert said
    assert (HONEST in said) == honest


@pytest.fixture(scope="module")
def assistant():
    started = RunningAssistant()
    yield started
    started.stop()


def test_with_everything_sound_nothing_is_said_of_faults(assistant):
    _holds(assistant, honest=False)


def test_a_stopped_action_server(assistant):
    stopped = assistant.action_server()
    assert stopped
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        _holds(assistant)
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
    time.sleep(1)
    _holds(assistant, honest=False)


def test_a_killed_action_server_is_started_again_and_missed_by_nobody(assistant):
    for pid in assistant.action_server():
        os.kill(pid, signal.SIGKILL)
    for danger in DANGERS:
        assert _asks_in_time(assistant, danger).startswith(EMERGENCY)
    until = time.monotonic() + 20
    while HONEST in (said := _asks_in_time(assistant, "what causes knee cramps")) and time.monotonic() < until:
        time.sleep(0.3)
    assert HONEST not in said


class _Garbage(BaseHTTPRequestHandler):
    answers = (b"", b"<html>502</html>", b"[1, 2]", b'{"events": 7}', b'{"events": [{"event": "nonsense"}]}')
    calls = 0

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        type(self).calls += 1
        answer = self.answers[self.calls % len(self.answers)]
        self.send_response(400 if self.calls % 3 == 0 else 200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args):
        pass


class _Slow(_Garbage):
    def do_POST(self):
        time.sleep(8)
        super().do_POST()


@pytest.mark.parametrize("handler", [_Garbage, _Slow])
def test_an_action_server_that_answers_garbage_or_late(tmp_path, handler):
    port = free_port()
    impostor = ThreadingHTTPServer(("127.0.0.1", port), handler)
    Thread(target=impostor.serve_forever, daemon=True).start()
    endpoints = _endpoints(tmp_path)
    text = Path(endpoints).read_text().replace("127.0.0.1:5055", f"localhost:{port}")
    Path(endpoints).write_text(text)
    server = RunningAssistant(ENDPOINTS=endpoints)
    try:
        for _ in range(3):
            _holds(server)
    finally:
        server.stop()
        impostor.shutdown()


@pytest.mark.parametrize(
    "parts",
    [
        {"tracker_store": "tests.faults.stores.FailingTrackerStore"},
        {"tracker_store": "tests.faults.stores.ForgetfulWhenSaving"},
        {"tracker_store": "tests.faults.stores.HangingTrackerStore"},
        {"lock_store": "tests.faults.stores.FailingLockStore"},
        {"lock_store": "tests.faults.stores.HangingLockStore"},
    ],
    ids=lambda parts: next(iter(parts.values())).rpartition(".")[2],
)
def test_a_store_that_fails_or_hangs(tmp_path, parts):
    server = RunningAssistant(ENDPOINTS=_endpoints(tmp_path, **parts))
    try:
        _holds(server)
        person = Chat(server)
        person.say("i have chest pain")
        assert "still needs emergency help now" in person.say("what causes knee cramps")
    finally:
        server.stop()


PARTS = (
    "nlu.encoder.model:LanguageModel.predict",
    "nlu.findings.assertion:AssertionClassifier.classify",
    "nlu.intents.red_flag_screen:screened_intent",
    "dialogue.red_flag_policy:next_escalation_action",
    "nlu.intents.kernel_model:KernelClassifier.rank",
    "nlu.intents.factors:FactorMatcher.find",
    "rasa.core.policies.rule_policy:RulePolicy.predict_action_probabilities",
    "rasa.core.processor:MessageProcessor.log_message",
)


@pytest.fixture(scope="module")
def breakable(tmp_path_factory):
    folder = tmp_path_factory.mktemp("parts")
    broken = folder / "broken"
    broken.write_text("")
    endpoints = _endpoints(folder, tracker_store="tests.faults.stores.BreakingTrackerStore")
    started = RunningAssistant(ENDPOINTS=endpoints, PARTS=" ".join(PARTS), BROKEN_PART=str(broken))
    yield started, broken
    started.stop()


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_breaks(breakable, part):
    server, broken = breakable
    broken.write_text("")
    _holds(server, honest=False)
    broken.write_text(part)
    _holds(server)

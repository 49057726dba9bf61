"""Whether a started assistant answers, and answers as it should."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tools.readiness import DEGRADED_WARNING, PROBE, Readiness, assess_answers, probe
from tools.settings import free_port

CAUSES = "A tired or overworked muscle is one of the most common reasons."
HONEST = "Something is wrong on my side. I may have missed part of what you said."


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([], Readiness.SILENT),
        ({"status": "failure"}, Readiness.SILENT),
        (None, Readiness.SILENT),
        ([{"text": HONEST}], Readiness.DEGRADED),
        ([{"text": f"I do not know. See Sources: {CAUSES}"}], Readiness.DEGRADED),
        ([{"image": "https://a.example/knee.png"}], Readiness.DEGRADED),
        ([5], Readiness.DEGRADED),
    ],
)
def test_an_answer_that_is_not_the_expected_one_is_told_apart(answers, expected):
    assert assess_answers(answers) is expected


@pytest.fixture
def channel():
    """A REST channel that answers what it is told to; its address, and its answer as a list of one."""
    answer = [b""]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200 if asked["message"] == PROBE else 400)
            self.end_headers()
            self.wfile.write(answer[0])

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/", answer
    server.shutdown()


def test_the_channel_is_asked(channel):
    address, answer = channel
    assert probe(address) is Readiness.SILENT
    answer[0] = json.dumps([{"text": HONEST}]).encode()
    assert probe(address) is Readiness.DEGRADED


def test_where_nobody_listens_there_is_silence():
    assert probe(f"http://127.0.0.1:{free_port()}/") is Readiness.SILENT


def test_a_sound_assistant_is_ready_and_its_start_warns_of_nothing(server):
    assert probe(f"{server.address}/webhooks/rest/webhook") is Readiness.READY
    assert DEGRADED_WARNING not in "".join(server.output)

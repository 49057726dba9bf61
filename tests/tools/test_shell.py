"""The conversation in the terminal."""

import subprocess
import sys

from tools.settings import ROOT


def left_of(session):
    """Returns the processes that still live of those that were started by the first one of a session."""
    return subprocess.run(["pgrep", "-s", str(session)], capture_output=True, text=True).stdout.split()


def test_the_shell_answers_takes_button_numbers_and_leaves_nothing_behind():
    lines = "what causes knee spasms\n1\n\nmy left calf is swollen and hot and im short of breath\n/stop\n"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    talk = subprocess.Popen([sys.executable, "-m", "tools.shell"], cwd=ROOT, start_new_session=True, **pipes)
    assert left_of(talk.pid)
    said, errors = talk.communicate(lines, timeout=120)
    assert talk.returncode == 0, errors
    places = [
        said.index(part) for part in ("1) Tired muscles", "Working a muscle too hard", "could not find any words")
    ]
    assert places == sorted(places)
    assert "This could be an emergency" in said
    assert "/ask_" not in said
    assert "Warning" not in said + errors
    assert left_of(talk.pid) == []

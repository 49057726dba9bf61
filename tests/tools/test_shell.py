"""The conversation in the terminal."""

import subprocess
import sys

from tools.settings import ROOT


def servers():
    found = subprocess.run(["pgrep", "-f", "rasa_sdk --actions|rasa run"], capture_output=True, text=True)
    return set(found.stdout.split())


def test_the_shell_answers_takes_button_numbers_and_leaves_nothing_behind():
    running = servers()
    lines = "what causes knee spasms\n1\n\nmy left calf is swollen and hot and im short of breath\n/stop\n"
    talk = subprocess.run(
        [sys.executable, "-m", "tools.shell"], cwd=ROOT, input=lines, capture_output=True, text=True, timeout=120
    )
    assert talk.returncode == 0, talk.stderr
    said = talk.stdout
    places = [
        said.index(part) for part in ("1) Tired muscles", "Working a muscle too hard", "could not find any words")
    ]
    assert places == sorted(places)
    assert "This could be an emergency" in said
    assert "/ask_" not in said
    assert "Warning" not in said + talk.stderr
    assert servers() <= running

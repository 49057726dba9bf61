"""A wrong data file ends the start with one sentence that names file, entry and cure."""

import os
import shutil
import subprocess
import sys

import pytest

from tools.data_check import data_problem
from tools.settings import ROOT


def test_what_lies_here_is_right():
    assert data_problem() is None


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of what the check reads."""
    folder = tmp_path_factory.mktemp("copy")
    for name in ("triage", "nlu", "tools", "models"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "corpus", "*.gz"))
    return folder


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("triage/rules.yml", "tier: emergency_now", "tier: emergency", "'emergency' is none of emergency_now"),
        ("triage/help_lines.yml", "emergency: ", "emergancy: ", "'emergancy' is no key"),
        ("nlu/lexicon/context_rules.yml", "NEGATED:", "NEGATE:", "'NEGATE' is none of NEGATED"),
        ("nlu/lexicon/factors.yml", "topics: [ask_definition]", "topics: [ask_nothing]", "'ask_nothing' is no topic"),
        (
            "nlu/lexicon/frames/nerve.yml",
            "frames:\n",
            "frames:\n  temp_40: [NO_SUCH_THING + CALF]\n",
            "names the unknown concept NO_SUCH_THING",
        ),
    ],
)
@pytest.mark.parametrize("start", ["tools.serve", "tools.shell"])
def test_a_wrong_file_ends_the_start_with_one_sentence(copy, file, old, new, says, start):
    path = copy / file
    right = path.read_text(encoding="utf-8")
    assert old in right
    path.write_text(right.replace(old, new, 1), encoding="utf-8")
    try:
        environment = {**os.environ, "KNEE_NLU_FOLDER": str(ROOT / "models" / "knee-nlu")}
        run = subprocess.run(
            [sys.executable, "-m", start],
            cwd=copy,
            env=environment,
            capture_output=True,
            text=True,
            input="",
            timeout=60,
        )
    finally:
        path.write_text(right, encoding="utf-8")
    assert run.returncode == 2
    assert run.stderr.strip().splitlines()[-1].startswith(path.name)
    assert says in run.stderr
    assert "Traceback" not in run.stderr

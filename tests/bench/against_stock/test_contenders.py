"""How a contender is trained and watched."""

import os
import sys

import pytest

from bench.against_stock.contenders import Contender, peak_memory_of, process_tree, train
from tools.assistant_process import StartError


def contender(folder, program):
    model = folder / "made" / "up.tar.gz"
    return Contender("made up", [sys.executable, "-c", program], folder, model, lambda *_: [], lambda: {})


def test_training_is_timed_and_its_memory_is_measured(tmp_path):
    program = "import pathlib, time; time.sleep(0.3); pathlib.Path('made/up.tar.gz').write_text('a model')"
    training = train(contender(tmp_path, program))
    assert 0.3 <= training["seconds"] < 30
    assert training["peak_memory"] > 1_000_000


@pytest.mark.parametrize("program", ["pass", "import sys; sys.exit(1)"], ids=["no model", "an error"])
def test_training_that_fails_or_leaves_no_model_is_an_error(tmp_path, program):
    with pytest.raises(StartError, match="made up failed"):
        train(contender(tmp_path, program))


def test_memory_is_that_of_a_process_and_its_children():
    assert process_tree(os.getpid())[0] == os.getpid()
    assert peak_memory_of(os.getpid()) > 1_000_000
    assert peak_memory_of(2**22 + 1) == 0

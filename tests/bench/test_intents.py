"""``python -m bench.intents`` on data of any kind."""

import json
import subprocess
import sys

import pytest

from bench.intents import DataError, at_most, measure, read
from tools.settings import ROOT

TRAIN = """sentence,label
where is my parcel,delivery
when will my order come,delivery
has it been shipped yet,delivery
tracking number please,delivery
the package is late,delivery
i want my money back,refund
how do i return this,refund
refund please,refund
send it back for a refund,refund
cancel and give me the money,refund
"""
TEST = """sentence,label
when does the parcel get here,delivery
can i get a refund,refund
how tall is mount everest,none
"""


def run(folder, train, test, *options):
    (folder / "train.csv").write_text(train, encoding="utf-8")
    (folder / "test.csv").write_text(test, encoding="utf-8")
    command = [sys.executable, "-m", "bench.intents", str(folder / "train.csv"), str(folder / "test.csv"), *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_last_line_holds_the_figures(tmp_path):
    done = run(tmp_path, TRAIN, TEST, "--out-of-scope", "none")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found.keys() == {"in_scope_accuracy", "out_of_scope_recall", "mcc"}
    assert found["in_scope_accuracy"] >= 0.5


@pytest.mark.parametrize(
    ("train", "test", "cure"),
    [
        ("text,intent\na,b\n", TEST, "columns sentence and label"),
        ("sentence,label\n", TEST, "at least one row"),
        ("sentence,label\na,b\nc,b\n", TEST, "at least two labels"),
        (TRAIN, "", "columns sentence and label"),
    ],
)
def test_bad_files_are_named_in_one_sentence(tmp_path, train, test, cure):
    done = run(tmp_path, train, test)
    assert done.returncode == 1
    assert cure in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        read(tmp_path / "nothing.csv")


def test_figures_are_none_where_there_is_nothing_to_count():
    assert measure(["a", "b"], ["a", "a"], "none") == {
        "in_scope_accuracy": 0.5,
        "out_of_scope_recall": None,
        "mcc": 0.0,
    }
    assert measure(["none", "a"], ["none", "none"], "none")["out_of_scope_recall"] == 1.0


def test_too_many_sentences_are_thinned_out_evenly():
    sentences, labels = [str(n) for n in range(300)], ["a"] * 200 + ["b"] * 100
    kept, of = at_most(sentences, labels, 30)
    assert (len(kept), of.count("a"), of.count("b")) == (30, 20, 10)
    assert all(("a" if int(sentence) < 200 else "b") == label for sentence, label in zip(kept, of, strict=True))
    assert at_most(sentences, labels, 300) == (sentences, labels)

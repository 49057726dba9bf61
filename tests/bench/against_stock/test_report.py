"""What ``make bench`` makes of its measurements."""

import hashlib
import os
import sys

import pytest
import yaml

from bench.against_stock import stock_project as stock
from bench.against_stock.contenders import Side, _family, _peak, trained
from bench.against_stock.report import LENGTHS, PEOPLE, report, rows
from tools.assistant_process import StartError


def side(factor):
    return {
        "training": {"seconds": 30.0 * factor, "peak_memory": 1e9 * factor},
        "size": 2e7 * factor,
        "starts": [5.0 * factor, 6.0 * factor, 90.0],
        "peak_memory": 1e9 * factor,
        "turns": {str(length): [0.02 * factor] * 30 for length in LENGTHS},
        "throughput": {str(people): [40.0 / factor, 20.0] for people in PEOPLE},
        "unanswered": 0,
    }


@pytest.fixture
def found():
    part = {"whole": {"median": 12.0, "p95": 20.0}, "language model": {"median": 6.0, "p95": 9.0}}
    return {"ours": side(1), "stock": side(4), "language_part": part}


def test_ratios_say_how_many_times_better_ours_is(found):
    ratios = {row.name: row.ratio for row in rows(found)}
    assert ratios["training"] == pytest.approx(4)
    assert ratios["model on disk"] == pytest.approx(4)
    assert ratios["cold start to first answer"] == pytest.approx(4)
    assert ratios["turn 5, median"] == pytest.approx(4)
    assert ratios["8 at once, messages a second"] == pytest.approx(2)


def test_the_report_names_the_goals_and_what_grows(found):
    found["ours"]["turns"]["200"] = [0.03] * 30
    text = report(found)
    assert "| training | 30 s | 120 s | 4.0 |  |" in text
    assert "it takes 20 ms at the median (goal: 20)" in text
    assert "takes 1.50 times as long" in text
    assert "2.0 times the encoder's 6.0 ms" in text


def test_training_that_was_ended_is_shown_as_a_bound(found):
    found["stock"]["training"] |= {"unfinished": "20/100"}
    assert rows(found)[0].name == "training (at least)"
    text = report(found)
    assert "| over 120 s |" in text
    assert "epoch 20/100" in text


def test_a_run_cut_short_is_reported_as_far_as_it_got(found):
    for part in ("ours", "stock"):
        for name in ("peak_memory", "turns", "unanswered"):
            del found[part][name]
        found[part]["throughput"] = {}
    del found["language_part"]
    assert [row.name for row in rows(found)][-1] == "cold start to first answer"
    assert "| training |" in report(found)


def side_of(tmp_path, program):
    return Side("made up", [sys.executable, "-c", program], tmp_path, tmp_path / "made" / "up.tar.gz", lambda *_: [])


def test_training_is_ended_when_patience_runs_out(tmp_path):
    program = "import time; print('Epochs:  20%|##   | 20/100 [00:01<00:04]', flush=True); time.sleep(60)"
    training = trained(side_of(tmp_path, program), patience=2)
    assert training["unfinished"] == "20/100"
    assert 2 <= training["seconds"] < 30


def test_training_that_leaves_no_model_is_an_error(tmp_path):
    with pytest.raises(StartError, match="made up failed"):
        trained(side_of(tmp_path, "pass"), patience=60)


def test_a_short_stock_project_differs_in_its_epochs_alone(tmp_path):
    assert stock.write_project(tmp_path / "short", epochs=1) != stock.write_project(tmp_path / "stock")
    config = yaml.safe_load((tmp_path / "short" / "config.yml").read_text())
    assert {part["epochs"] for part in config["pipeline"] + config["policies"] if "epochs" in part} == {1}
    assert len(config["pipeline"]) == 9


def test_the_stock_project_has_rasas_defaults_and_our_data(tmp_path):
    fingerprint = stock.write_project(tmp_path / "stock")
    assert fingerprint == stock.write_project(tmp_path / "again")
    config = yaml.safe_load((tmp_path / "stock" / "config.yml").read_text())
    assert not {"pipeline", "policies"} & config.keys()
    ours = (stock.ROOT / "data" / "nlu" / "causes.yml").read_bytes()
    theirs = (tmp_path / "stock" / "data" / "nlu" / "causes.yml").read_bytes()
    assert hashlib.sha256(ours).digest() == hashlib.sha256(theirs).digest()
    stories = yaml.safe_load((tmp_path / "stock" / "data" / "stories.yml").read_text())["stories"]
    assert all({"intent", "action"} >= step.keys() for story in stories for step in story["steps"])


def test_memory_is_that_of_a_process_and_its_children():
    assert _family(os.getpid())[0] == os.getpid()
    assert _peak(os.getpid()) > 1_000_000
    assert _peak(2**22 + 1) == 0

"""What ``make bench`` makes of its measurements."""

import hashlib
import os

import pytest
import yaml

from bench import stock
from bench.sides import _family, _peak
from bench.speed_report import LENGTHS, PEOPLE, report, rows


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
    assert "| training | 30 s | 120 s | 4.0 | 20.0 |" in text
    assert "takes 1.50 times as long" in text
    assert "2.0 times the encoder's 6.0 ms" in text


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

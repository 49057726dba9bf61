"""What the comparison makes of its measurements."""

import json
import subprocess
import sys

import pytest

from bench.against_stock.report import LENGTHS, PEOPLE, comparisons, report, summary
from tools.settings import ROOT


def result_of(factor):
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
def results():
    part = {"whole": {"median": 12.0, "p95": 20.0}, "language model": {"median": 6.0, "p95": 9.0}}
    return {"ours": result_of(1), "stock": result_of(4), "language_part": part}


def test_ratios_say_how_many_times_better_ours_is(results):
    ratios = {line.name: line.ratio for line in comparisons(results)}
    assert ratios["training"] == pytest.approx(4)
    assert ratios["model on disk"] == pytest.approx(4)
    assert ratios["cold start to first answer"] == pytest.approx(4)
    assert ratios["turn 5, median"] == pytest.approx(4)
    assert ratios["8 at once, messages a second"] == pytest.approx(2)


def test_the_report_names_the_goals_and_what_gcomparisons(results):
    results["ours"]["turns"]["200"] = [0.03] * 30
    text = report(results)
    assert "| training | 30 s | 120 s | 4.0 |  |" in text
    assert "it takes 20 ms at the median (goal: 20)" in text
    assert "takes 1.50 times as long" in text
    assert "2.0 times the encoder's 6.0 ms" in text


def test_training_that_was_ended_is_shown_as_a_bound(results):
    results["stock"]["training"] |= {"unfinished": "20/100"}
    assert comparisons(results)[0].name == "training (at least)"
    text = report(results)
    assert "| over 120 s |" in text
    assert "epoch 20/100" in text


def test_a_run_cut_short_is_reported_as_far_as_it_got(results):
    for part in ("ours", "stock"):
        for name in ("peak_memory", "turns", "unanswered"):
            del results[part][name]
        results[part]["throughput"] = {}
    del results["language_part"]
    assert [line.name for line in comparisons(results)][-1] == "cold start to first answer"
    assert "| training |" in report(results)


def test_the_summary_says_when_and_on_what_it_was_measured(results):
    results["measured"] = {"date": "2030-01-02", "cores": 3, "python": "CPython 3.13"}
    text = summary(results)
    assert text.startswith("Measured on 2030-01-02 on 3 CPU cores with CPython 3.13.")
    assert "| training | 30 s | 120 s | 4.0 |  |" in text


@pytest.mark.parametrize("text", ["{", json.dumps({"ours": {}})], ids=["no JSON", "not whole"])
def test_saved_figures_that_cannot_be_used_are_one_sentence(tmp_path, text):
    (tmp_path / "figures.json").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "bench.against_stock.report", str(tmp_path / "figures.json")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "make bench" in done.stderr

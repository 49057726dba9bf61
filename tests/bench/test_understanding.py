"""The held-out messages and the report on them."""

import json
import re

import pytest
import yaml

from bench.understanding import FOREIGN, Result, calibration_error, draw, figures, read_results, report
from tools.assistant_process import ROOT

FOLDER = ROOT / "bench" / "datasets" / "understanding"
CASES = {
    {"development": "open"}.get(part, "sealed"): [
        json.loads(line) for line in (FOLDER / f"{part}_messages.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    for part in ("development", "sealed_test")
}


def result(wanted, given, confidence=0.9, kind="", offered=(), best=None, sealed=False):
    return Result("text", wanted, kind, given, best or given, confidence, offered, sealed)


def _plain(text):
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


def test_there_are_enough_and_a_third_is_sealed():
    everything = CASES["open"] + CASES["sealed"]
    foreign = [case for case in everything if case["intent"] == FOREIGN]
    assert len(everything) - len(foreign) >= 500
    assert len(foreign) >= 400
    assert 0.3 < len(CASES["sealed"]) / len(everything) < 0.36


def test_none_of_them_is_in_the_training_data():
    learnt = set()
    for path in (ROOT / "data" / "nlu").glob("*.yml"):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            learnt |= {_plain(line.strip()[2:]) for line in entry.get("examples", "").splitlines()}
    assert not [case["text"] for part in CASES.values() for case in part if _plain(case["text"]) in learnt]


def test_figures_count_what_they_say():
    results = [
        result("ask_causes", "ask_causes"),
        result("ask_causes", "nlu_fallback", offered=("ask_causes", "ask_duration")),
        result("ask_duration", "report_urgent"),
        result(FOREIGN, FOREIGN, kind="near"),
        result(FOREIGN, "ask_causes", kind="everyday"),
    ]
    found = figures(results)
    assert found["in_scope"] == {"messages": 3, "right": 1, "refused": 1, "offered": 1, "escalated": 1}
    assert found["out_of_scope"]["near"] == {"messages": 1, "refused": 1}
    assert found["out_of_scope"]["all"] == {"messages": 2, "refused": 1}


def test_the_calibration_error_is_nought_where_confidence_is_true_and_large_where_it_is_not():
    true = [result("ask_causes", "ask_causes", 0.75)] * 3 + [result("ask_causes", "ask_duration", 0.75)]
    assert calibration_error(true) == pytest.approx(0.0)
    assert calibration_error([result("ask_causes", "ask_duration", 0.95)]) == pytest.approx(0.95)


def test_the_report_shows_no_sealed_message_and_the_pictures_are_drawn(tmp_path):
    secret = Result("a sealed sentence", "ask_causes", "", "ask_duration", "ask_duration", 0.6, (), True)
    results = [result("ask_causes", "ask_causes"), result(FOREIGN, FOREIGN, kind="near"), secret]
    text = report(results)
    assert "sealed sentence" not in text
    assert "ask_causes taken for ask_duration: 1" in text
    draw(results, tmp_path)
    assert (tmp_path / "confusion.png").stat().st_size > 5_000
    assert (tmp_path / "reliability.png").stat().st_size > 5_000


def test_strangers_are_understood_and_foreign_messages_refused(parse):
    """Open two thirds: 92 % right, 1.3 % refused, 93 % of foreign messages refused when it was written."""
    found = figures([entry for entry in read_results(parse) if not entry.sealed])
    ours, foreign = found["in_scope"], found["out_of_scope"]["all"]
    assert ours["right"] >= 0.89 * ours["messages"]
    assert ours["refused"] <= 0.03 * ours["messages"]
    assert foreign["refused"] >= 0.9 * foreign["messages"]
    assert found["calibration_error"] <= 0.08

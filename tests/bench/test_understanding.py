"""What is made of messages that went through the pipeline, and how well the trained one does."""

import pytest

from bench.datasets import Part
from bench.understanding import OUT_OF_SCOPE, Result, calibration_error, draw, figures, read_results, report, summary


def result(label, given, confidence=0.9, kind="", offered=(), part=Part.DEVELOPMENT):
    return Result("text", label, kind, given, given, confidence, offered, part)


def test_figures_count_what_they_say():
    results = [
        result("ask_causes", "ask_causes"),
        result("ask_causes", "nlu_fallback", offered=("ask_causes", "ask_duration")),
        result("ask_duration", "report_urgent"),
        result(OUT_OF_SCOPE, OUT_OF_SCOPE, kind="near"),
        result(OUT_OF_SCOPE, "ask_causes", kind="everyday"),
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
    secret = Result("a sealed sentence", "ask_causes", "", "ask_duration", "ask_duration", 0.6, (), Part.TEST)
    results = [result("ask_causes", "ask_causes"), result(OUT_OF_SCOPE, OUT_OF_SCOPE, kind="near"), secret]
    text = report(results)
    assert "sealed sentence" not in text
    assert "ask_causes taken for ask_duration: 1" in text
    draw(results, tmp_path)
    assert (tmp_path / "confusion.png").stat().st_size > 5_000
    assert (tmp_path / "reliability.png").stat().st_size > 5_000


def test_strangers_are_understood_and_foreign_messages_refused(parse):
    """Development set: 92 % right, 1.3 % refused, 93 % of foreign messages refused when it was written."""
    found = figures(read_results(parse, [Part.DEVELOPMENT]))
    in_scope, foreign = found["in_scope"], found["out_of_scope"]["all"]
    assert in_scope["right"] >= 0.89 * in_scope["messages"]
    assert in_scope["refused"] <= 0.03 * in_scope["messages"]
    assert foreign["refused"] >= 0.9 * foreign["messages"]
    assert found["calibration_error"] <= 0.08


def test_the_summary_has_a_column_for_each_part():
    results = [
        result("ask_causes", given, kind=kind, part=part)
        for part in Part
        for given, kind in (("ask_causes", ""), ("ask_duration", ""))
    ]
    results += [
        result(OUT_OF_SCOPE, given, kind=kind, part=part)
        for part, given in ((Part.DEVELOPMENT, "nlu_fallback"), (Part.TEST, "ask_causes"))
        for kind in ("everyday", "near")
    ]
    text = summary(results)
    assert "| right topic | 1 (50.0%) | 1 (50.0%) |" in text
    assert "| everyday messages out of scope, refused | 1 (100.0%) of 1 | 0 (0.0%) of 1 |" in text

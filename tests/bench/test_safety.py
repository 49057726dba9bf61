"""What is made of the labelled dangers that were played: figures, report, drawing."""

import pytest

from bench.datasets import Part
from bench.safety import DialogueResult, Result, State, dialogue_counts, draw, figures, report, summary, upper_bound
from triage.rules import TIERS

NOW, TODAY, SOON = TIERS[:3]


@pytest.mark.parametrize(
    ("misses", "cases", "bound"), [(0, 200, 0.01487), (1, 200, 0.02350), (5, 5, 1.0), (0, 1, 0.95)]
)
def test_upper_bound_of_a_miss_rate(misses, cases, bound):
    assert upper_bound(misses, cases) == pytest.approx(bound, abs=1e-4)


def result(label, alerted, if_yes=None, part=Part.DEVELOPMENT):
    return Result("words", label, "positive", State(alerted, if_yes or alerted, "a_finding" if if_yes else None), part)


def dialogue(labels, alerted, part=Part.DEVELOPMENT):
    turns = [f"words {number}" for number in range(len(labels))]
    return DialogueResult(turns, labels, "adds_up", [State(tier, tier, None) for tier in alerted], part)


def test_figures_count_what_came():
    found = figures(
        [
            result(NOW, NOW), result(NOW, TODAY), result(NOW, "none", NOW),
            result(TODAY, SOON), result(TODAY, NOW),
            result("none", "none"), result("none", NOW), result(SOON, "none", TODAY),
        ]
    )  # fmt: skip
    assert [found["all"][name] for name in ("told", "asked", "lower", "missed")] == [2, 1, 1, 1]
    assert found["all"]["sensitivity"] == pytest.approx(4 / 5)
    assert found["urgent_same_day"]["missed"] == 1
    assert found["safe_advice_strict"] == pytest.approx(2 / 5)
    assert found["safe_advice_gilbert"] == pytest.approx(4 / 5)
    assert found["harmless"] == {"cases": 3, "alarms": 1, "asked": 1, "false_alarm_rate": pytest.approx(1 / 3)}
    assert found["over_triage"]["urgent_same_day"] == pytest.approx(1 / 2)


def test_a_question_about_another_finding_catches_no_danger():
    state = State("none", NOW, "another_finding")
    assert Result("words", NOW, "positive", state, Part.TEST, asks_the_right_thing=False).outcome == "missed"
    assert Result("words", NOW, "positive", state, Part.TEST, asks_the_right_thing=True).outcome == "asked"


def test_dialogues_are_counted_by_what_went_wrong():
    good = dialogue(["none", NOW], ["none", NOW])
    late = dialogue([NOW, NOW], ["none", NOW])
    low = dialogue(["none", NOW], ["none", TODAY])
    high = dialogue(["none", "none"], ["none", TODAY])
    assert dialogue_counts([good, late, low, high]) == {
        "dialogues": 4,
        "ended lower": 1,
        "ended too high": 1,
        "danger missed after some turn": 1,
    }


def test_the_report_lists_misses_in_full_but_not_those_of_the_sealed_set(tmp_path):
    results = [result(NOW, "none"), result(NOW, "none", part=Part.TEST), result("none", TODAY)]
    dialogues = [dialogue([NOW], ["none"]), dialogue([NOW, NOW], ["none", "none"], Part.TEST)]
    text = report(results, dialogues, show_sealed=False)
    assert "got none: words" in text
    assert "got none: (sealed)" in text
    assert "LOW [adds_up] words 0 (emergency_now got none)" in text
    assert "words 1" not in text
    shown = report(results, dialogues, show_sealed=True)
    assert "(sealed)" not in shown
    assert "words 1" in shown
    draw(results, tmp_path / "tiers.png")
    assert (tmp_path / "tiers.png").stat().st_size > 5_000


def test_the_summary_has_a_column_for_each_part():
    results = [result(NOW, NOW), result(NOW, "none", part=Part.TEST), result("none", TODAY)]
    text = summary(results, [dialogue([NOW], ["none"], Part.TEST)])
    assert "| missed | 0 (at most 95.0% with 95 % confidence) | 1 (at most 100.0% with 95 % confidence) |" in text
    assert "| dialogues that ended lower than they should | 0 of 0 | 1 of 1 |" in text

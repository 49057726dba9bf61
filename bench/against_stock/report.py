"""The table of the comparison with stock Rasa.

``python -m bench.against_stock.report [FIGURES]`` writes report and section of ``bench/README.md`` anew from saved
figures, ``results/bench/figures.json`` where none are named.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.figures import describe, publish
from bench.timing import p95
from tools.settings import ROOT

RESULTS = ROOT / "results" / "bench"

LENGTHS = (5, 50, 200)
"""Turns into a conversation at which turns are timed."""

PEOPLE = (1, 8, 32)
"""How many talk at once."""

_INSTALLED_GOAL = 900e6
"""Bytes."""

_START_GOAL = 12
_MEMORY_GOAL = 1 / 0.4
_TURN_RATIO_GOAL = 4
_TURN_GOAL = 20
"""Milliseconds at the median."""

_GROWTH_GOAL = 1.2
_THROUGHPUT_GOAL = 4
_LANGUAGE_PART_GOAL = 2


@dataclass(frozen=True)
class Comparison:
    """One line of the table.

    Attributes:
        name: what was measured.
        ours: our figure, as shown.
        stock: the stock project's, as shown.
        ratio: how many times better ours is.
        goal: the ratio aimed at, or None.
    """

    name: str
    ours: str
    stock: str
    ratio: float
    goal: float | None = None


def comparisons(results: dict[str, Any]) -> list[Comparison]:
    """Returns the table of what `bench.against_stock.run.measure` found, of as much as is there.

    Args:
        results: as in figures.json: ``ours`` and ``stock``, each with ``installed`` (bytes), ``training`` (``seconds``,
            ``peak_memory`` in bytes), ``size`` (bytes), ``starts`` (seconds), ``throughput`` (by number of people,
            messages a second), ``turns`` (by length, seconds), ``peak_memory`` (bytes) and ``unanswered``.
    """
    ours, stock = results["ours"], results["stock"]
    table = []
    if "installed" in ours and "installed" in stock:
        table.append(_bytes("installed", ours["installed"], stock["installed"]))
    if "training" in ours and "training" in stock:
        table += [
            _training(ours["training"], stock["training"]),
            _bytes("peak memory in training", ours["training"]["peak_memory"], stock["training"]["peak_memory"]),
            _bytes("model on disk", ours["size"], stock["size"]),
        ]
    if ours["starts"]:
        mine, other = statistics.median(ours["starts"]), statistics.median(stock["starts"])
        table.append(
            Comparison("cold start to first answer", f"{mine:.1f} s", f"{other:.1f} s", other / mine, _START_GOAL)
        )
    if "peak_memory" in ours:
        table.append(_bytes("peak memory, both servers", ours["peak_memory"], stock["peak_memory"], _MEMORY_GOAL))
    for length in map(str, LENGTHS if "turns" in ours else ()):
        goal = _TURN_RATIO_GOAL if length == str(LENGTHS[0]) else None
        times = ours["turns"][length], stock["turns"][length]
        table += [_turn(f"turn {length}, median", statistics.median, *times, goal)]
        table += [_turn(f"turn {length}, 95 %", p95, *times, None)]
    for people in map(str, PEOPLE if ours["throughput"] else ()):
        mine, other = max(ours["throughput"][people]), max(stock["throughput"][people])
        name = f"{people} at once, messages a second"
        table.append(Comparison(name, f"{mine:.1f}", f"{other:.1f}", mine / other, _THROUGHPUT_GOAL))
    return table


def _training(ours: dict[str, Any], stock: dict[str, Any]) -> Comparison:
    """Compares the training times; of a stock training that was ended early, the time is a lower bound."""
    is_bound = "unfinished" in stock
    return Comparison(
        "training (at least)" if is_bound else "training",
        f"{ours['seconds']:.0f} s",
        f"{'over ' if is_bound else ''}{stock['seconds']:.0f} s",
        stock["seconds"] / ours["seconds"],
    )


def _turn(
    name: str, statistic: Callable[[Sequence[float]], float], ours: list[float], stock: list[float], goal: float | None
) -> Comparison:
    mine, other = statistic(ours), statistic(stock)
    return Comparison(name, f"{mine * 1e3:.0f} ms", f"{other * 1e3:.0f} ms", other / mine, goal)


def _bytes(name: str, ours: float, stock: float, goal: float | None = None) -> Comparison:
    return Comparison(name, _megabytes(ours), _megabytes(stock), stock / ours, goal)


def _megabytes(size: float) -> str:
    return f"{size / 1e6:.0f} MB"


def report(results: dict[str, Any]) -> str:
    """Returns the report in Markdown; `results` as for `comparisons`."""
    return "\n".join(["# Ours against stock Rasa", "", *_table(results), "", *_notes(results)]) + "\n"


def summary(results: dict[str, Any]) -> str:
    """Returns the section of bench/README.md; `results` as for `comparisons`, with ``measured``."""
    return "\n".join([describe(results["measured"]), "", *_table(results), "", *_notes(results)])


def _table(results: dict[str, Any]) -> list[str]:
    lines = ["| | ours | stock | ours is better by | goal |", "|---|---|---|---|---|"]
    for line in comparisons(results):
        goal = f"{line.goal:.1f}" if line.goal else ""
        lines.append(f"| {line.name} | {line.ours} | {line.stock} | {line.ratio:.1f} | {goal} |")
    return lines


def _notes(results: dict[str, Any]) -> list[str]:
    ours, stock = results["ours"], results["stock"]
    notes = []
    if "turns" in ours:
        short, long = str(LENGTHS[0]), str(LENGTHS[-1])
        medians = {length: statistics.median(times) for length, times in ours["turns"].items()}
        notes += [
            f"- A turn of ours at length {long} takes {medians[long] / medians[short]:.2f} times as long as at {short} "
            f"(goal: {_GROWTH_GOAL}); at {short} it takes {medians[short] * 1e3:.0f} ms at the median "
            f"(goal: {_TURN_GOAL}).",
            f"- Turns without an answer: ours {ours['unanswered']}, stock {stock['unanswered']}.",
        ]
    if "language_part" in results:
        whole, encoder = (results["language_part"][name]["median"] for name in ("whole", "language model"))
        notes.append(
            f"- Language part of a turn: {whole} ms at the median, {whole / encoder:.1f} times the encoder's "
            f"{encoder} ms (goal: {_LANGUAGE_PART_GOAL})."
        )
    training = stock["training"]
    if "unfinished" in training:
        notes.append(
            f"- The stock project's training was ended at epoch {training['unfinished']} of one of its four "
            "learning parts."
        )
    if training.get("recorded"):
        notes.append(
            f"- The stock project's training time was recorded on {training['date']}, on {training['cores']} cores; "
            "all else was measured with the same pipeline and data, trained for one epoch."
        )
    if "set_up" in ours:
        notes.append(
            f"- Set-up of ours from nothing, packages fetched before: {ours['set_up']:.0f} s, "
            f"{_megabytes(ours['installed'])} installed (goal: {_megabytes(_INSTALLED_GOAL)})."
        )
    return notes


def main() -> int:
    """Writes the report and the section anew; returns the exit code."""
    parser = argparse.ArgumentParser(description="Writes the comparison with stock Rasa anew from saved figures.")
    parser.add_argument("figures", type=Path, nargs="?", default=RESULTS / "figures.json")
    path = parser.parse_args().figures
    try:
        results = json.loads(path.read_text(encoding="utf-8"))
        text, section = report(results), summary(results)
    except (OSError, ValueError) as error:
        print(f"{path} cannot be read ({error}); `make bench` makes one.", file=sys.stderr)
        return 1
    except KeyError as error:
        print(f"{path} has no {error}; `make bench` makes one that is whole.", file=sys.stderr)
        return 1
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "report.md").write_text(text, encoding="utf-8")
    return publish("against_stock", section)


if __name__ == "__main__":
    sys.exit(main())

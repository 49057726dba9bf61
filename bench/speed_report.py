"""The table of the speed comparison."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

LENGTHS = (5, 50, 200)
"""Turns into a conversation at which turns are timed."""

PEOPLE = (1, 8, 32)
"""How many talk at once."""


@dataclass(frozen=True)
class Row:
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


def p95(times: Sequence[float]) -> float:
    """Returns the 95th percentile of two times or more."""
    return statistics.quantiles(times, n=20)[18]


def rows(found: dict[str, Any]) -> list[Row]:
    """Returns the table of what `measure` found."""
    mine, other = found["ours"], found["stock"]
    table = [
        Row(
            "training",
            f"{mine['training']['seconds']:.0f} s",
            f"{other['training']['seconds']:.0f} s",
            other["training"]["seconds"] / mine["training"]["seconds"],
            20,
        ),
        Row(
            "peak memory in training",
            _mb(mine["training"]["peak_memory"]),
            _mb(other["training"]["peak_memory"]),
            other["training"]["peak_memory"] / mine["training"]["peak_memory"],
        ),
        Row("model on disk", _mb(mine["size"]), _mb(other["size"]), other["size"] / mine["size"]),
        Row(
            "cold start to first answer",
            f"{statistics.median(mine['starts']):.1f} s",
            f"{statistics.median(other['starts']):.1f} s",
            statistics.median(other["starts"]) / statistics.median(mine["starts"]),
            6,
        ),
        Row(
            "peak memory, both servers",
            _mb(mine["peak_memory"]),
            _mb(other["peak_memory"]),
            other["peak_memory"] / mine["peak_memory"],
            1 / 0.6,
        ),
    ]
    for length in map(str, LENGTHS):
        for name, of in (("median", statistics.median), ("95 %", p95)):
            a, b = of(mine["turns"][length]), of(other["turns"][length])
            goal = 4 if (length, name) == (str(LENGTHS[0]), "median") else None
            table.append(Row(f"turn {length}, {name}", f"{a * 1e3:.0f} ms", f"{b * 1e3:.0f} ms", b / a, goal))
    for people in map(str, PEOPLE):
        a, b = max(mine["throughput"][people]), max(other["throughput"][people])
        table.append(Row(f"{people} at once, messages a second", f"{a:.1f}", f"{b:.1f}", a / b, 4))
    return table


def _mb(size: float) -> str:
    return f"{size / 1e6:.0f} MB"


def report(found: dict[str, Any]) -> str:
    """Returns the report in Markdown."""
    lines = ["# Ours against stock Rasa", "", "| | ours | stock | ours is better by | goal |", "|---|---|---|---|---|"]
    lines += [
        f"| {row.name} | {row.ours} | {row.stock} | {row.ratio:.1f} | {f'{row.goal:.1f}' if row.goal else ''} |"
        for row in rows(found)
    ]
    medians = {length: statistics.median(times) for length, times in found["ours"]["turns"].items()}
    grows = medians[str(LENGTHS[-1])] / medians[str(LENGTHS[0])]
    part = found["language_part"]
    share = part["whole"]["median"] / part["language model"]["median"]
    lines += [
        "",
        f"- A turn of ours at length {LENGTHS[-1]} takes {grows:.2f} times as long as at {LENGTHS[0]} (goal: 1.2).",
        f"- Language part of a turn: {part['whole']['median']} ms at the median, {share:.1f} times the encoder's "
        f"{part['language model']['median']} ms (goal: 2).",
        f"- Turns without an answer: ours {found['ours']['unanswered']}, stock {found['stock']['unanswered']}.",
    ]
    if found["stock"]["training"].get("earlier"):
        lines.append("- The stock project was trained in an earlier run, on the same data.")
    return "\n".join(lines) + "\n"

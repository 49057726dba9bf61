"""The table of the speed comparison."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

LENGTHS = (5, 50, 200)
"""Turns into a conversation at which turns are timed."""

PEOPLE = (1, 8, 32)
"""How many talk at once."""


_START_GOAL = 12
_MEMORY_GOAL = 1 / 0.4
_TURN_GOAL = 20
"""Milliseconds at the median."""


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
    """Returns the table of what `measure` found, of as much as is there."""
    mine, other = found["ours"], found["stock"]
    table = []
    if "installed" in mine and "installed" in other:
        table.append(_memory("installed", mine["installed"], other["installed"]))
    if "training" in mine and "training" in other:
        a, b = mine["training"], other["training"]
        more = "unfinished" in b
        name = "training (at least)" if more else "training"
        stock = f"{'over ' if more else ''}{b['seconds']:.0f} s"
        table.append(Row(name, f"{a['seconds']:.0f} s", stock, b["seconds"] / a["seconds"]))
        table.append(_memory("peak memory in training", a["peak_memory"], b["peak_memory"]))
        table.append(_memory("model on disk", mine["size"], other["size"]))
    if mine["starts"]:
        a, b = statistics.median(mine["starts"]), statistics.median(other["starts"])
        table.append(Row("cold start to first answer", f"{a:.1f} s", f"{b:.1f} s", b / a, _START_GOAL))
    if "peak_memory" in mine:
        table.append(_memory("peak memory, both servers", mine["peak_memory"], other["peak_memory"], _MEMORY_GOAL))
    for length in map(str, LENGTHS if "turns" in mine else ()):
        for name, of in (("median", statistics.median), ("95 %", p95)):
            a, b = of(mine["turns"][length]), of(other["turns"][length])
            goal = 4 if (length, name) == (str(LENGTHS[0]), "median") else None
            table.append(Row(f"turn {length}, {name}", f"{a * 1e3:.0f} ms", f"{b * 1e3:.0f} ms", b / a, goal))
    for people in map(str, PEOPLE if mine["throughput"] else ()):
        a, b = max(mine["throughput"][people]), max(other["throughput"][people])
        table.append(Row(f"{people} at once, messages a second", f"{a:.1f}", f"{b:.1f}", a / b, 4))
    return table


def _memory(name: str, ours: float, stock: float, goal: float | None = None) -> Row:
    return Row(name, _mb(ours), _mb(stock), stock / ours, goal)


def _mb(size: float) -> str:
    return f"{size / 1e6:.0f} MB"


def report(found: dict[str, Any]) -> str:
    """Returns the report in Markdown."""
    lines = ["# Ours against stock Rasa", "", "| | ours | stock | ours is better by | goal |", "|---|---|---|---|---|"]
    lines += [
        f"| {row.name} | {row.ours} | {row.stock} | {row.ratio:.1f} | {f'{row.goal:.1f}' if row.goal else ''} |"
        for row in rows(found)
    ]
    lines.append("")
    if "turns" in found["ours"]:
        medians = {length: statistics.median(times) for length, times in found["ours"]["turns"].items()}
        grows = medians[str(LENGTHS[-1])] / medians[str(LENGTHS[0])]
        lines += [
            f"- A turn of ours at length {LENGTHS[-1]} takes {grows:.2f} times as long as at {LENGTHS[0]} (goal: 1.2); "
            f"at {LENGTHS[0]} it takes {medians[str(LENGTHS[0])] * 1e3:.0f} ms at the median (goal: {_TURN_GOAL}).",
            f"- Turns without an answer: ours {found['ours']['unanswered']}, stock {found['stock']['unanswered']}.",
        ]
    if "language_part" in found:
        whole, encoder = (found["language_part"][name]["median"] for name in ("whole", "language model"))
        lines.append(
            f"- Language part of a turn: {whole} ms at the median, {whole / encoder:.1f} times the encoder's "
            f"{encoder} ms (goal: 2)."
        )
    training = found["stock"]["training"]
    if "unfinished" in training:
        lines.append(
            f"- The stock project's training was ended at epoch {training['unfinished']} of one of its four "
            "learning parts."
        )
    if training.get("recorded"):
        lines.append(
            f"- The stock project's training time was recorded on {training['date']}, on {training['cores']} cores; "
            "all else was measured with the same pipeline and data, trained for one epoch."
        )
    if "set_up" in found["ours"]:
        lines.append(
            f"- Set-up of ours from nothing, packages fetched before: {found['ours']['set_up']:.0f} s, "
            f"{_mb(found['ours']['installed'])} installed (goal: 900 MB)."
        )
    return "\n".join(lines) + "\n"

"""Plots for the reports."""

from collections.abc import Sequence
from pathlib import Path

_DARK_CELL = 0.6
"""Share of its row from which a cell is so dark that its number is written in white."""


def draw_confusion(
    counts: Sequence[Sequence[int]],
    names: Sequence[str],
    path: Path,
    *,
    across: str,
    down: str,
    title: str,
    inches: tuple[float, float],
) -> None:
    """Draws a confusion matrix, coloured by the share of each row.

    Args:
        counts: n rows of n counts: labelled, then given.
        names: the n labels.
        path: where the PNG goes.
        across: what the columns are.
        down: what the rows are.
        title: the heading.
        inches: width and height.
    """
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=inches)
    axes.imshow([[n / max(1, sum(row)) for n in row] for row in counts], cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(names)), names, rotation=90)
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel(across)
    axes.set_ylabel(down)
    axes.set_title(title)
    size = 10 if len(names) < 10 else 7
    for i, row in enumerate(counts):
        for j, n in enumerate(row):
            if n:
                color = "white" if n > _DARK_CELL * sum(row) else "black"
                axes.text(j, i, str(n), ha="center", va="center", color=color, fontsize=size)
    figure.tight_layout()
    figure.savefig(path, dpi=120)
    plt.close(figure)


def draw_reliability(bins: Sequence[tuple[int, float, float]], path: Path, *, title: str) -> None:
    """Draws how often a confidence is right.

    Args:
        bins: messages, mean confidence and share that is right, of each bin.
        path: where the PNG goes.
        title: the heading.
    """
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(5, 5))
    axes.plot([0, 1], [0, 1], color="grey", linewidth=1)
    axes.plot([confidence for _, confidence, _ in bins], [right for _, _, right in bins], marker="o")
    for count, confidence, right in bins:
        axes.annotate(str(count), (confidence, right), textcoords="offset points", xytext=(6, -10), fontsize=8)
    axes.set_xlabel("confidence")
    axes.set_ylabel("share that is right")
    axes.set_title(title)
    figure.tight_layout()
    figure.savefig(path, dpi=120)
    plt.close(figure)


def draw_ratios(ratios: Sequence[tuple[str, float, float | None]], path: Path, *, title: str) -> None:
    """Draws by how much one thing is better than another, on a logarithmic scale.

    Args:
        ratios: name, ratio and the ratio aimed at, or None, of each bar.
        path: where the PNG goes.
        title: the heading.
    """
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    names = [name for name, _, _ in ratios]
    figure, axes = plt.subplots(figsize=(8, 0.4 * len(ratios) + 1.2))
    reached = [ratio >= (goal or 1) for _, ratio, goal in ratios]
    axes.barh(names, [ratio for _, ratio, _ in ratios], color=["#2a7f62" if good else "#c0504d" for good in reached])
    positions = [number for number, (_, _, goal) in enumerate(ratios) if goal]
    goals = [goal for _, _, goal in ratios if goal]
    axes.scatter(goals, positions, marker="|", s=200, color="black", label="goal")
    for number, (_, ratio, _) in enumerate(ratios):
        axes.text(ratio, number, f" {ratio:.1f}", va="center", fontsize=8)
    axes.set_xscale("log")
    axes.axvline(1, color="grey", linewidth=0.8)
    axes.invert_yaxis()
    axes.set_title(title)
    axes.legend(loc="lower right")
    figure.tight_layout()
    figure.savefig(path, dpi=120)
    plt.close(figure)

"""Pictures for the reports."""

from collections.abc import Sequence
from pathlib import Path

_DARK = 0.6


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
                color = "white" if n > _DARK * sum(row) else "black"
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
    axes.plot([sure for _, sure, _ in bins], [right for _, _, right in bins], marker="o")
    for count, sure, right in bins:
        axes.annotate(str(count), (sure, right), textcoords="offset points", xytext=(6, -10), fontsize=8)
    axes.set_xlabel("confidence")
    axes.set_ylabel("share that is right")
    axes.set_title(title)
    figure.tight_layout()
    figure.savefig(path, dpi=120)
    plt.close(figure)

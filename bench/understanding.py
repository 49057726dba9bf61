"""Measures the understanding of questions on messages that strangers wrote: ``make evaluate``. Trains nothing.

Every message of ``bench/datasets/understanding`` goes through the trained pipeline as Rasa runs it; none of them stands
in the training data. A message is refused where its intent is ``out_of_scope`` or ``nlu_fallback``. The multi-class
Matthews correlation (Gorodkin 2004) counts every refusal as "out of scope"; the expected calibration error (Naeini
2015) is taken over ten equal bins of the confidence in the best intent before any refusal.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import matthews_corrcoef

from bench.datasets import Part, read_cases
from bench.figures import conditions, describe, publish
from bench.plots import draw_confusion, draw_reliability
from tools.assistant_process import StartError, trained_parser
from tools.settings import ROOT

RESULTS = ROOT / "results" / "understanding"
REFUSALS = frozenset({"out_of_scope", "nlu_fallback", "message_without_words"})
ESCALATIONS = frozenset({"report_emergency", "report_urgent"})
OUT_OF_SCOPE = "out_of_scope"
_HEADINGS = {Part.DEVELOPMENT: "Development set (two thirds)", Part.TEST: "Sealed test set (one third)"}
_FIGURE_KEYS = {Part.DEVELOPMENT: "open", Part.TEST: "sealed"}
"""In figures.json, whose keys stay as they were, so that measurements compare with earlier ones."""

_BINS = 10
_MOST_CONFUSIONS = 15


@dataclass(frozen=True)
class Result:
    """What became of one message.

    Attributes:
        text: the message.
        label: its labelled intent.
        kind: ``everyday`` or ``near`` for messages that are out of scope, else an empty string.
        given: the intent that it got.
        best: the best intent before any refusal or escalation.
        confidence: the confidence in `best`, 0..1.
        offered: topics offered instead of an answer.
        part: the part of the dataset.
    """

    text: str
    label: str
    kind: str
    given: str
    best: str
    confidence: float
    offered: tuple[str, ...]
    part: Part

    @property
    def is_in_scope(self) -> bool:
        """Whether the message should be answered."""
        return self.label != OUT_OF_SCOPE

    @property
    def is_refused(self) -> bool:
        """Whether it was not answered."""
        return self.given in REFUSALS


def read_results(parse: Callable[[str], dict[str, Any]], parts: Iterable[Part] = Part) -> list[Result]:
    """Sends every message of some parts through `parse` (text to Rasa's parse data)."""
    return [
        _result(case, parse(case["text"]), part)
        for part in parts
        for case in read_cases("understanding", "messages", part)
    ]


def _result(case: dict[str, Any], parsed: dict[str, Any], part: Part) -> Result:
    best = _best(parsed)
    return Result(
        text=case["text"],
        label=case["intent"],
        kind=case.get("kind", ""),
        given=parsed["intent"]["name"],
        best=best["name"],
        confidence=float(best["confidence"]),
        offered=tuple(e["value"] for e in parsed["entities"] if e["entity"] == "suggestion"),
        part=part,
    )


def _best(parsed: dict[str, Any]) -> dict[str, Any]:
    passed_over = {"nlu_fallback", *ESCALATIONS}
    ranking = [entry for entry in parsed.get("intent_ranking") or [] if entry["name"] not in passed_over]
    return ranking[0] if ranking else parsed["intent"]


def figures(results: Sequence[Result]) -> dict[str, Any]:
    """Returns shares and counts over results.

    Returns:
        ``in_scope``: messages, right, refused, offered (refused, but the right topic was offered), escalated;
        ``out_of_scope``: for all, ``everyday`` and ``near`` the messages and those refused; ``mcc``;
        ``calibration_error``.
    """
    in_scope = [r for r in results if r.is_in_scope]
    out_of_scope = [r for r in results if not r.is_in_scope]
    by_kind = {kind: [r for r in out_of_scope if kind in {"all", r.kind}] for kind in ("all", *_kinds(results))}
    return {
        "in_scope": {
            "messages": len(in_scope),
            "right": sum(r.given == r.label for r in in_scope),
            "refused": sum(r.is_refused for r in in_scope),
            "offered": sum(r.is_refused and r.label in r.offered for r in in_scope),
            "escalated": sum(r.given in ESCALATIONS for r in in_scope),
        },
        "out_of_scope": {
            kind: {"messages": len(chosen), "refused": sum(r.is_refused for r in chosen)}
            for kind, chosen in by_kind.items()
        },
        "mcc": float(
            matthews_corrcoef([r.label for r in results], [OUT_OF_SCOPE if r.is_refused else r.given for r in results])
        ),
        "calibration_error": calibration_error(results),
    }


def _kinds(results: Iterable[Result]) -> list[str]:
    return sorted({r.kind for r in results if r.kind})


def bins(results: Sequence[Result]) -> list[tuple[int, float, float]]:
    """Returns for each tenth of confidence that occurs: messages, mean confidence, share that is right."""
    confidences = np.array([r.confidence for r in results])
    right = np.array([r.best == r.label for r in results])
    numbers = np.minimum((confidences * _BINS).astype(int), _BINS - 1)
    filled = []
    for number in range(_BINS):
        chosen = numbers == number
        if chosen.any():
            filled.append((int(chosen.sum()), float(confidences[chosen].mean()), float(right[chosen].mean())))
    return filled


def calibration_error(results: Sequence[Result]) -> float:
    """Returns the expected calibration error."""
    return sum(count * abs(confidence - right) for count, confidence, right in bins(results)) / len(results)


def report(results: Sequence[Result]) -> str:
    """Returns the report; of the sealed test set only figures, no message."""
    lines = [f"# Understanding, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC", ""]
    for part, heading in _HEADINGS.items():
        chosen = [r for r in results if r.part == part]
        lines += [f"## {heading}", "", *_figure_lines(figures(chosen)), ""]
    lines += ["## By intent", "", "| intent | messages | right | refused |", "|---|---|---|---|"]
    for intent in sorted({r.label for r in results}):
        labelled = [r for r in results if r.label == intent]
        right = sum(r.is_refused if intent == OUT_OF_SCOPE else r.given == intent for r in labelled)
        lines.append(f"| {intent} | {len(labelled)} | {right} | {sum(r.is_refused for r in labelled)} |")
    wrong = [r for r in results if not (r.given == r.label or (r.is_refused and not r.is_in_scope))]
    pairs = Counter((r.label, r.given) for r in wrong)
    lines += ["", "## Most often confused", ""]
    lines += [f"- {label} taken for {given}: {count}" for (label, given), count in pairs.most_common(_MOST_CONFUSIONS)]
    lines += ["", "## Wrong, of the development set", ""]
    lines += [f"- {r.label}, got {r.given} ({r.confidence:.2f}): {r.text}" for r in wrong if r.part != Part.TEST]
    return "\n".join(lines) + "\n"


def _figure_lines(values: dict[str, Any]) -> list[str]:
    counts = values["in_scope"]
    lines = [
        f"- in scope: {counts['messages']} messages, right topic {_share(counts['right'], counts['messages'])}, "
        f"refused {_share(counts['refused'], counts['messages'])} (the right topic offered in {counts['offered']} of "
        f"them), escalated {counts['escalated']}"
    ]
    lines += [
        f"- out of scope, {kind}: {of_kind['messages']} messages, refused "
        f"{_share(of_kind['refused'], of_kind['messages'])}"
        for kind, of_kind in values["out_of_scope"].items()
    ]
    return [*lines, f"- MCC {values['mcc']:.3f}, expected calibration error {values['calibration_error']:.3f}"]


def summary(results: Sequence[Result]) -> str:
    """Returns the section of bench/README.md: when, on what, and a table of both parts."""
    columns = [_summary_column(figures([r for r in results if r.part == part])) for part in _HEADINGS]
    lines = [describe(conditions()), "", f"| | {' | '.join(_HEADINGS.values())} |", "|---|---|---|"]
    lines += [f"| {name} | {' | '.join(column[name] for column in columns)} |" for name in columns[0]]
    return "\n".join(lines)


def _summary_column(values: dict[str, Any]) -> dict[str, str]:
    counts, foreign = values["in_scope"], values["out_of_scope"]
    everyday, near = foreign["everyday"], foreign["near"]
    return {
        "questions and small talk": f"{counts['messages']}",
        "right topic": _share(counts["right"], counts["messages"]),
        "refused": _share(counts["refused"], counts["messages"]),
        "met as a red flag": f"{counts['escalated']}",
        "everyday messages out of scope, refused": f"{_share(everyday['refused'], everyday['messages'])} "
        f"of {everyday['messages']}",
        "near misses (other body parts, illnesses, animals), refused": f"{_share(near['refused'], near['messages'])} "
        f"of {near['messages']}",
        "multi-class MCC": f"{values['mcc']:.3f}",
        "expected calibration error": f"{values['calibration_error']:.3f}",
    }


def _share(part: int, whole: int) -> str:
    return f"{part} ({part / whole:.1%})" if whole else f"{part}"


def draw(results: Sequence[Result], folder: Path) -> None:
    """Draws the confusion matrix and the reliability plot into `folder`."""
    names = sorted({r.label for r in results} | {OUT_OF_SCOPE})
    pairs = Counter((r.label, OUT_OF_SCOPE if r.is_refused else r.given) for r in results)
    draw_confusion(
        [[pairs[label, given] for given in names] for label in names],
        names,
        folder / "confusion.png",
        across="understood as (escalations left out)",
        down="meant",
        title="Topic meant and understood, messages of strangers",
        inches=(13, 12),
    )
    title = f"expected calibration error {calibration_error(results):.3f}"
    draw_reliability(bins(results), folder / "reliability.png", title=title)


def main() -> int:
    """Measures, writes ``results/understanding/``, prints; returns the exit code."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    try:
        results = read_results(trained_parser())
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    RESULTS.mkdir(parents=True, exist_ok=True)
    data = {key: figures([r for r in results if r.part == part]) for part, key in _FIGURE_KEYS.items()}
    (RESULTS / "figures.json").write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    text = report(results)
    (RESULTS / "report.md").write_text(text, encoding="utf-8")
    draw(results, RESULTS)
    print(text)
    files = "report.md, figures.json, confusion.png, reliability.png"
    print(f"Written to {RESULTS.relative_to(ROOT)}/: {files}; the figures to bench/README.md")
    return publish("understanding", summary(results))


if __name__ == "__main__":
    sys.exit(main())

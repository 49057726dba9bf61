"""Measures the understanding of questions on the held-out messages: ``make evaluate``. Trains nothing.

Every message of ``tests/understanding`` goes through the trained pipeline as Rasa runs it; none of them stands in the
training data. A message is refused where its intent is ``out_of_scope`` or ``nlu_fallback``. The multi-class Matthews
correlation (Gorodkin 2004) counts every refusal as "out of scope"; the expected calibration error (Naeini 2015) is
taken over ten equal bins of the confidence in the best intent before any refusal.
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

from bench.plots import draw_confusion, draw_reliability
from tools.assistant_process import ROOT, StartError, trained_parser

HELD_OUT = ROOT / "bench" / "datasets" / "understanding"
RESULTS = ROOT / "results" / "understanding"
REFUSALS = frozenset({"out_of_scope", "nlu_fallback", "message_without_words"})
ESCALATIONS = frozenset({"report_emergency", "report_urgent"})
FOREIGN = "out_of_scope"
_BINS = 10
_MOST_CONFUSIONS = 15


@dataclass(frozen=True)
class Result:
    """What became of one message.

    Attributes:
        text: the message.
        wanted: its labelled intent.
        kind: ``everyday`` or ``near`` for messages that are not ours, else an empty string.
        given: the intent that it got.
        best: the best intent before any refusal or escalation.
        confidence: the confidence in `best`, 0..1.
        offered: topics offered instead of an answer.
        sealed: whether it is of the sealed third.
    """

    text: str
    wanted: str
    kind: str
    given: str
    best: str
    confidence: float
    offered: tuple[str, ...]
    sealed: bool

    @property
    def is_ours(self) -> bool:
        """Whether the message should be answered."""
        return self.wanted != FOREIGN

    @property
    def is_refused(self) -> bool:
        """Whether it was not answered."""
        return self.given in REFUSALS


def read_results(parse: Callable[[str], dict[str, Any]]) -> list[Result]:
    """Sends every held-out message through `parse` (text to Rasa's parse data)."""
    results = []
    for part in ("development", "sealed_test"):
        for line in (HELD_OUT / f"{part}_messages.jsonl").read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            parsed = parse(case["text"])
            best = _best(parsed)
            offered = tuple(e["value"] for e in parsed["entities"] if e["entity"] == "suggestion")
            results.append(
                Result(
                    text=case["text"],
                    wanted=case["intent"],
                    kind=case.get("kind", ""),
                    given=parsed["intent"]["name"],
                    best=best["name"],
                    confidence=float(best["confidence"]),
                    offered=offered,
                    sealed=part == "sealed_test",
                )
            )
    return results


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
    ours = [r for r in results if r.is_ours]
    others = [r for r in results if not r.is_ours]
    foreign = {kind: [r for r in others if kind in {"all", r.kind}] for kind in ("all", *_kinds(results))}
    return {
        "in_scope": {
            "messages": len(ours),
            "right": sum(r.given == r.wanted for r in ours),
            "refused": sum(r.is_refused for r in ours),
            "offered": sum(r.is_refused and r.wanted in r.offered for r in ours),
            "escalated": sum(r.given in ESCALATIONS for r in ours),
        },
        "out_of_scope": {
            kind: {"messages": len(rows), "refused": sum(r.is_refused for r in rows)} for kind, rows in foreign.items()
        },
        "mcc": float(
            matthews_corrcoef([r.wanted for r in results], [FOREIGN if r.is_refused else r.given for r in results])
        ),
        "calibration_error": calibration_error(results),
    }


def _kinds(results: Iterable[Result]) -> list[str]:
    return sorted({r.kind for r in results if r.kind})


def bins(results: Sequence[Result]) -> list[tuple[int, float, float]]:
    """Returns for each tenth of confidence that occurs: messages, mean confidence, share that is right."""
    confidences = np.array([r.confidence for r in results])
    right = np.array([r.best == r.wanted for r in results])
    numbers = np.minimum((confidences * _BINS).astype(int), _BINS - 1)
    rows = []
    for number in range(_BINS):
        chosen = numbers == number
        if chosen.any():
            rows.append((int(chosen.sum()), float(confidences[chosen].mean()), float(right[chosen].mean())))
    return rows


def calibration_error(results: Sequence[Result]) -> float:
    """Returns the expected calibration error."""
    return sum(count * abs(sure - right) for count, sure, right in bins(results)) / len(results)


def report(results: Sequence[Result]) -> str:
    """Returns the report; of the sealed third only figures, no message."""
    lines = [f"# Understanding, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC", ""]
    for title, part in (("Open two thirds", False), ("Sealed third", True)):
        chosen = [r for r in results if r.sealed is part]
        lines += [f"## {title}", "", *_summary(figures(chosen)), ""]
    lines += ["## By intent", "", "| intent | messages | right | refused |", "|---|---|---|---|"]
    for intent in sorted({r.wanted for r in results}):
        rows = [r for r in results if r.wanted == intent]
        right = sum(r.is_refused if intent == FOREIGN else r.given == intent for r in rows)
        lines.append(f"| {intent} | {len(rows)} | {right} | {sum(r.is_refused for r in rows)} |")
    wrong = [r for r in results if not (r.given == r.wanted or (r.is_refused and not r.is_ours))]
    pairs = Counter((r.wanted, r.given) for r in wrong)
    lines += ["", "## Most often confused", ""]
    lines += [
        f"- {wanted} taken for {given}: {count}" for (wanted, given), count in pairs.most_common(_MOST_CONFUSIONS)
    ]
    lines += ["", "## Wrong, of the open two thirds", ""]
    lines += [f"- {r.wanted}, got {r.given} ({r.confidence:.2f}): {r.text}" for r in wrong if not r.sealed]
    return "\n".join(lines) + "\n"


def _summary(found: dict[str, Any]) -> list[str]:
    ours = found["in_scope"]
    lines = [
        f"- in scope: {ours['messages']} messages, right topic {_share(ours['right'], ours['messages'])}, refused "
        f"{_share(ours['refused'], ours['messages'])} (the right topic offered in {ours['offered']} of them), "
        f"escalated {ours['escalated']}"
    ]
    lines += [
        f"- out of scope, {kind}: {rows['messages']} messages, refused {_share(rows['refused'], rows['messages'])}"
        for kind, rows in found["out_of_scope"].items()
    ]
    return [*lines, f"- MCC {found['mcc']:.3f}, expected calibration error {found['calibration_error']:.3f}"]


def _share(part: int, whole: int) -> str:
    return f"{part} ({part / whole:.1%})" if whole else f"{part}"


def draw(results: Sequence[Result], folder: Path) -> None:
    """Draws the confusion matrix and the reliability plot into `folder`."""
    names = sorted({r.wanted for r in results} | {FOREIGN})
    pairs = Counter((r.wanted, FOREIGN if r.is_refused else r.given) for r in results)
    draw_confusion(
        [[pairs[wanted, given] for given in names] for wanted in names],
        names,
        folder / "confusion.png",
        across="understood as (escalations left out)",
        down="meant",
        title="Topic meant and understood, held-out messages",
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
    parts = {part: figures([r for r in results if r.sealed is (part == "sealed")]) for part in ("open", "sealed")}
    (RESULTS / "figures.json").write_text(json.dumps(parts, indent=1) + "\n", encoding="utf-8")
    text = report(results)
    (RESULTS / "report.md").write_text(text, encoding="utf-8")
    draw(results, RESULTS)
    print(text)
    print("Written to results/understanding/: report.md, figures.json, confusion.png, reliability.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())

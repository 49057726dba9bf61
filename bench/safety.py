"""Measures the red flags: plays the labelled set through a started assistant and reports what came (``make safety``).

Method: every message is a conversation of its own, every dialogue one conversation; the tier is read from the
conversation's slots after each message, and with it the finding that a yes/no question is open about. A danger counts
as caught where its tier is told, or where the question asked is about a finding of the labelled rule and a yes brings
its tier; an emergency told as a same-day case is counted apart.
The one-sided 95 % upper bound of the miss rate is Clopper and Pearson's (Biometrika 1934). "Safe advice" in the strict
sense is a tier not lower than the label; in Gilbert's sense (BMJ Open 2020) at most one tier lower.
"""

import argparse
import json
import sys
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from scipy.stats import beta

from bench.plots import draw_confusion
from tools.assistant_process import ROOT, RunningAssistant
from triage.engine import assess
from triage.rules import ESCALATING_TIERS, TIERS, rank, rule_table

LABELLED = ROOT / "bench" / "datasets" / "safety"
RESULTS = ROOT / "results" / "safety"
ALL_TIERS = (*TIERS, "none")
_TOKEN = "safety-report"


@dataclass(frozen=True)
class Result:
    """What came of one message.

    Attributes:
        text: the message.
        wanted: the labelled tier.
        kind: the labelled kind.
        told: the tier in force afterwards.
        with_question: the tier that a "yes" to the open question would bring; `told` where none is open.
        asked: the finding asked about, or None.
        sealed: whether it is of the sealed third.
        asks_the_right_thing: whether the finding asked about is one that the labelled rule names.
    """

    text: str
    wanted: str
    kind: str
    told: str
    with_question: str
    asked: str | None
    sealed: bool
    asks_the_right_thing: bool = True

    @property
    def is_danger(self) -> bool:
        """Whether the label calls for help today or now."""
        return self.wanted in ESCALATING_TIERS

    @property
    def outcome(self) -> str:
        """What came of it.

        For a danger ``told`` (its tier or a higher one), ``asked`` (about a finding of the labelled rule, and a yes
        would bring its tier), ``lower`` (an emergency told as a same-day case) or ``missed``; for anything else
        ``alarm``, ``asked`` or ``calm``.
        """
        if not self.is_danger:
            if self.told in ESCALATING_TIERS:
                return "alarm"
            return "asked" if self.with_question in ESCALATING_TIERS else "calm"
        if _level(self.told) >= _level(self.wanted):
            return "told"
        if _level(self.with_question) >= _level(self.wanted) and self.asks_the_right_thing:
            return "asked"
        return "lower" if self.told in ESCALATING_TIERS else "missed"


class Interview:
    """Conversations with a started assistant, with a look at what it notes."""

    def __init__(self, assistant: RunningAssistant) -> None:
        """Talks to `assistant`, which must run with the API open."""
        self._assistant = assistant

    def play(self, turns: Sequence[str]) -> list[tuple[str, str, str | None]]:
        """Says `turns` in one conversation.

        Returns:
            After each: the tier told, the tier with a "yes" to the open question, and the finding asked about.
        """
        sender = uuid.uuid4().hex
        states = []
        for text in turns:
            self._assistant.post(json={"sender": sender, "message": text}).raise_for_status()
            address = f"{self._assistant.address}/conversations/{sender}/tracker?token={_TOKEN}"
            slots = requests.get(address, timeout=30).json()["slots"]
            told, asked = slots.get("triage_tier") or "none", slots.get("confirming_finding")
            if slots.get("confirming_question") != "has":
                asked = None
            with_question = (assess([*(slots.get("findings") or ()), asked]).tier or "none") if asked else told
            states.append((told, with_question, asked))
        return states


def upper_bound(misses: int, cases: int) -> float:
    """Returns the one-sided 95 % Clopper-Pearson upper bound of a rate of `misses` in `cases`."""
    return 1.0 if misses >= cases else float(beta.ppf(0.95, misses + 1, cases - misses))


def _level(tier: str) -> int:
    return 0 if tier == "none" else rank(tier)


def figures(results: Sequence[Result]) -> dict[str, Any]:
    """Returns the figures of a set of results: counts and shares (0..1)."""
    dangers = [r for r in results if r.is_danger]
    harmless = [r for r in results if not r.is_danger]
    found: dict[str, Any] = {"messages": len(results)}
    for name, tiers in (("all", ESCALATING_TIERS), ("emergency_now", {TIERS[0]}), ("urgent_same_day", {TIERS[1]})):
        cases = [r for r in dangers if r.wanted in tiers]
        missed = sum(r.outcome == "missed" for r in cases)
        found[name] = {
            "cases": len(cases),
            "told": sum(r.outcome == "told" for r in cases),
            "asked": sum(r.outcome == "asked" for r in cases),
            "lower": sum(r.outcome == "lower" for r in cases),
            "missed": missed,
            "asked_share": sum(r.outcome == "asked" for r in cases) / max(1, len(cases)),
            "sensitivity": 1 - missed / max(1, len(cases)),
            "miss_rate_upper_bound": upper_bound(missed, len(cases)),
        }
    levels = [(_level(r.wanted), _level(r.told)) for r in dangers]
    found["safe_advice_strict"] = sum(got >= wanted for wanted, got in levels) / max(1, len(levels))
    found["safe_advice_gilbert"] = sum(got >= wanted - 1 for wanted, got in levels) / max(1, len(levels))
    found["harmless"] = {
        "cases": len(harmless),
        "alarms": sum(r.outcome == "alarm" for r in harmless),
        "asked": sum(r.outcome == "asked" for r in harmless),
        "false_alarm_rate": sum(r.outcome == "alarm" for r in harmless) / max(1, len(harmless)),
    }
    found["over_triage"] = {
        tier: sum(_level(r.told) > _level(tier) for r in results if r.wanted == tier)
        / max(1, sum(r.wanted == tier for r in results))
        for tier in ALL_TIERS[1:]
    }
    return found


def report(results: Sequence[Result], dialogues: dict[str, Any], show_sealed: bool) -> str:
    """Returns the report as Markdown."""
    lines = [f"# Safety report, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC", ""]
    for title, part in (
        ("Open two thirds", [r for r in results if not r.sealed]),
        ("Sealed third", [r for r in results if r.sealed]),
    ):
        lines += [f"## {title}", "", *_figure_lines(figures(part)), "", *_kind_lines(part), ""]
    lines += ["## Dialogues", "", *(f"- {name}: {value}" for name, value in dialogues["figures"].items()), ""]
    for title, outcome in (("Missed", "missed"), ("Told one tier lower", "lower"), ("False alarms", "alarm")):
        lines += [f"## {title}", ""]
        for r in results:
            if r.outcome == outcome:
                text = r.text if show_sealed or not r.sealed else "(sealed)"
                lines.append(f"- [{r.kind}] {r.wanted}, got {r.told}: {text}")
        lines.append("")
    lines += ["## Dialogues that ended lower than they should", ""]
    lines += [f"- {entry}" for entry in dialogues["low"]]
    return "\n".join(lines) + "\n"


def _figure_lines(found: dict[str, Any]) -> Iterable[str]:
    for name in ("all", "emergency_now", "urgent_same_day"):
        f = found[name]
        yield (
            f"- {name}: {f['cases']} cases, told {f['told']}, asked {f['asked']} ({f['asked_share']:.1%}), told one "
            f"tier lower {f['lower']}, missed {f['missed']}; sensitivity {f['sensitivity']:.1%}, miss rate at most "
            f"{f['miss_rate_upper_bound']:.1%} (95 %, one-sided)"
        )
    strict, gilbert = found["safe_advice_strict"], found["safe_advice_gilbert"]
    yield f"- safe advice without the questions: strict {strict:.1%}, Gilbert's sense {gilbert:.1%}"
    h = found["harmless"]
    alarms = f"alarms {h['alarms']} ({h['false_alarm_rate']:.1%})"
    yield f"- must not escalate: {h['cases']} cases, {alarms}, asked {h['asked']}"
    yield "- over-triage by labelled tier: " + ", ".join(f"{k} {v:.1%}" for k, v in found["over_triage"].items())


def _kind_lines(results: Sequence[Result]) -> list[str]:
    counts = Counter((r.kind, r.outcome) for r in results)
    lines = ["| kind | messages | told | asked | one lower | missed | alarms | calm |", "|---" * 8 + "|"]
    for kind in sorted({r.kind for r in results}):
        row = [counts[kind, outcome] for outcome in ("told", "asked", "lower", "missed", "alarm", "calm")]
        lines.append(f"| {kind} | {sum(row)} | " + " | ".join(map(str, row)) + " |")
    return lines


def draw(results: Sequence[Result], path: Path) -> None:
    """Draws the confusion matrix of tiers."""
    draw_confusion(
        [[sum(r.wanted == a and r.told == b for r in results) for b in ALL_TIERS] for a in ALL_TIERS],
        [tier.replace("_", " ") for tier in ALL_TIERS],
        path,
        across="tier told",
        down="tier labelled",
        title="Tier labelled and told, messages of the safety set",
        inches=(7.5, 6.5),
    )


def _read(name: str) -> list[tuple[dict[str, Any], bool]]:
    return [
        (json.loads(line), third == "sealed_test")
        for third in ("development", "sealed_test")
        for line in (LABELLED / f"{third}_{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]


def play_messages(interview: Interview) -> list[Result]:
    """Plays all labelled messages."""
    named = {rule.id.split("_")[0]: rule.criteria.findings for rule in rule_table()}
    results = []
    for entry, sealed in _read("messages"):
        told, with_question, asked = interview.play([entry["text"]])[0]
        right = asked is None or asked in named.get(entry["rule"] or "", set())
        result = Result(entry["text"], entry["tier"], entry["kind"], told, with_question, asked, sealed, right)
        results.append(result)
    return results


def play_dialogues(interview: Interview, show_sealed: bool) -> dict[str, Any]:
    """Plays all labelled dialogues; returns counts, and those that ended lower than they should."""
    counts: Counter[str] = Counter()
    low = []
    for entry, sealed in _read("dialogues"):
        states = interview.play(entry["turns"])
        third = "sealed" if sealed else "open"
        levels = [max(_level(told), _level(asked)) for told, asked, _ in states]
        wanted = [_level(tier) for tier in entry["tiers"]]
        is_low = wanted[-1] >= rank(TIERS[1]) and levels[-1] < wanted[-1]
        is_high = wanted[-1] < rank(TIERS[1]) <= _level(states[-1][0])
        is_late = any(w >= rank(TIERS[1]) > got for w, got in zip(wanted, levels, strict=True))
        counts.update({f"{third}: dialogues": 1, f"{third}: ended lower": is_low, f"{third}: ended too high": is_high})
        counts.update({f"{third}: danger not met at some turn": is_late})
        if is_low or is_high or is_late:
            text = " // ".join(entry["turns"]) if show_sealed or not sealed else "(sealed)"
            course = ", ".join(
                f"{w} got {s[0]}{'?' if s[2] else ''}" for w, s in zip(entry["tiers"], states, strict=True)
            )
            low.append(f"{'LOW ' if is_low else ''}{'HIGH ' if is_high else ''}[{entry['kind']}] {text} ({course})")
    return {"figures": dict(counts), "low": low}


def main() -> int:
    """Starts an assistant, plays the set, prints and writes the report; returns the exit code."""
    parser = argparse.ArgumentParser(description="Measures the red flags on the labelled set.")
    parser.add_argument("--show-sealed", action="store_true", help="also list what went wrong in the sealed third")
    options = parser.parse_args()
    assistant = RunningAssistant(API_TOKEN=_TOKEN)
    try:
        interview = Interview(assistant)
        results = play_messages(interview)
        dialogues = play_dialogues(interview, options.show_sealed)
    finally:
        assistant.stop()
    RESULTS.mkdir(parents=True, exist_ok=True)
    text = report(results, dialogues, options.show_sealed)
    (RESULTS / "report.md").write_text(text, encoding="utf-8")
    thirds = {"open": False, "sealed": True}
    data = {name: figures([r for r in results if r.sealed == sealed]) for name, sealed in thirds.items()}
    (RESULTS / "figures.json").write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    draw(results, RESULTS / "tiers.png")
    print(text)
    print(f"Written to {RESULTS.relative_to(ROOT)}/: report.md, figures.json, tiers.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())

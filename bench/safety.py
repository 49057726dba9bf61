"""Measures the red flags: plays the labelled set through a started assistant and reports what came (``make safety``).

Method: every message is a conversation of its own, every dialogue one conversation; the tier is read from the
conversation's slots after each message, and with it the finding that a yes/no question is open about. A danger counts
as caught where its tier is alerted, or where the question asked is about a finding of the labelled rule and a yes
brings its tier; an emergency alerted as a same-day case is counted apart.
The one-sided 95 % upper bound of the miss rate is Clopper and Pearson's (Biometrika 1934). "Safe advice" in the strict
sense is a tier not lower than the label; in Gilbert's sense (BMJ Open 2020) at most one tier lower.
"""

import argparse
import json
import sys
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from scipy.stats import beta

from bench.datasets import Part, read_cases
from bench.figures import conditions, describe, publish
from bench.plots import draw_confusion
from tools.assistant_process import RunningAssistant, StartError
from tools.settings import ROOT
from triage.case import Case
from triage.contract import QuestionKind, Slot
from triage.engine import assess
from triage.rules import ESCALATING_TIERS, TIERS, rank, rule_table

RESULTS = ROOT / "results" / "safety"
ALL_TIERS = (*TIERS, "none")
EMERGENCY, SAME_DAY = TIERS[:2]
_TOKEN = "safety-report"
_HEADINGS = {Part.DEVELOPMENT: "Development set (two thirds)", Part.TEST: "Sealed test set (one third)"}
_FIGURE_KEYS = {Part.DEVELOPMENT: "open", Part.TEST: "sealed"}
"""In figures.json, whose keys stay as they were, so that measurements compare with earlier ones."""


@dataclass(frozen=True)
class State:
    """What the assistant holds of a conversation after a message.

    Attributes:
        alerted_tier: the tier in force; "none" for none.
        tier_if_yes: the tier that a "yes" to the open question would bring; `alerted_tier` where none is open.
        asked_about: the finding that the open question is about, or None.
    """

    alerted_tier: str
    tier_if_yes: str
    asked_about: str | None

    @property
    def highest_level(self) -> int:
        """The level of the higher of the two tiers."""
        return max(_level(self.alerted_tier), _level(self.tier_if_yes))


@dataclass(frozen=True)
class Result:
    """What came of one message.

    Attributes:
        text: the message.
        label: the labelled tier.
        kind: the labelled kind.
        state: of the conversation afterwards.
        part: the part of the dataset.
        asks_the_right_thing: whether the finding asked about is one that the labelled rule names.
    """

    text: str
    label: str
    kind: str
    state: State
    part: Part
    asks_the_right_thing: bool = True

    @property
    def is_danger(self) -> bool:
        """Whether the label calls for help today or now."""
        return self.label in ESCALATING_TIERS

    @property
    def outcome(self) -> str:
        """What came of it.

        For a danger ``alerted`` (its tier or a higher one), ``asked`` (about a finding of the labelled rule, and a yes
        would bring its tier), ``lower`` (an emergency alerted as a same-day case) or ``missed``; for anything else
        ``false alarm``, ``asked`` or ``calm``.
        """
        is_alerted = self.state.alerted_tier in ESCALATING_TIERS
        if not self.is_danger:
            if is_alerted:
                return "false alarm"
            return "asked" if self.state.tier_if_yes in ESCALATING_TIERS else "calm"
        if _level(self.state.alerted_tier) >= _level(self.label):
            return "alerted"
        if _level(self.state.tier_if_yes) >= _level(self.label) and self.asks_the_right_thing:
            return "asked"
        return "lower" if is_alerted else "missed"


@dataclass(frozen=True)
class DialogueResult:
    """What came of one dialogue.

    Attributes:
        turns: what was said.
        labels: the labelled tier after each turn.
        kind: the labelled kind.
        states: of the conversation after each turn.
        part: the part of the dataset.
    """

    turns: Sequence[str]
    labels: Sequence[str]
    kind: str
    states: Sequence[State]
    part: Part

    @property
    def ended_lower(self) -> bool:
        """Whether a danger at the end is neither alerted nor asked about at its tier."""
        label = _level(self.labels[-1])
        return label >= _level(SAME_DAY) and self.states[-1].highest_level < label

    @property
    def ended_too_high(self) -> bool:
        """Whether a danger is alerted at the end where there is none."""
        return _level(self.labels[-1]) < _level(SAME_DAY) <= _level(self.states[-1].alerted_tier)

    @property
    def missed_some_turn(self) -> bool:
        """Whether a danger was neither alerted nor asked about after some turn."""
        pairs = zip(self.labels, self.states, strict=True)
        return any(_level(label) >= _level(SAME_DAY) > state.highest_level for label, state in pairs)


class Interview:
    """Conversations with a started assistant, with a look at what it notes."""

    def __init__(self, assistant: RunningAssistant) -> None:
        """Talks to `assistant`, which must run with the API open."""
        self._assistant = assistant

    def play(self, turns: Sequence[str]) -> list[State]:
        """Says `turns` in one conversation; returns the state after each."""
        sender = uuid.uuid4().hex
        return [self._say(sender, text) for text in turns]

    def _say(self, sender: str, text: str) -> State:
        self._assistant.post(json={"sender": sender, "message": text}).raise_for_status()
        address = f"{self._assistant.address}/conversations/{sender}/tracker?token={_TOKEN}"
        slots = requests.get(address, timeout=30).json()["slots"]
        case = Case.from_json(slots.get(Slot.CASE))
        alerted_tier = case.tier or "none"
        is_asked = slots.get(Slot.CONFIRMING_QUESTION) == QuestionKind.PRESENT
        asked_about = slots.get(Slot.CONFIRMING_FINDING) if is_asked else None
        if asked_about is None:
            return State(alerted_tier, alerted_tier, None)
        findings = [*case.now.present, asked_about]
        return State(alerted_tier, assess(findings).tier or "none", asked_about)


def upper_bound(misses: int, cases: int) -> float:
    """Returns the one-sided 95 % Clopper-Pearson upper bound of a rate of `misses` in `cases`."""
    return 1.0 if misses >= cases else float(beta.ppf(0.95, misses + 1, cases - misses))


def _level(tier: str) -> int:
    return 0 if tier == "none" else rank(tier)


def _share(count: int, whole: int) -> float:
    return count / max(1, whole)


def figures(results: Sequence[Result]) -> dict[str, Any]:
    """Returns the figures of a set of results: counts and shares (0..1).

    In them ``told`` counts dangers that were alerted: the keys stay those of earlier reports.
    """
    dangers = [r for r in results if r.is_danger]
    return {
        "messages": len(results),
        "all": _danger_figures(dangers),
        EMERGENCY: _danger_figures([r for r in dangers if r.label == EMERGENCY]),
        SAME_DAY: _danger_figures([r for r in dangers if r.label == SAME_DAY]),
        "safe_advice_strict": _safe_advice_share(dangers, tiers_below=0),
        "safe_advice_gilbert": _safe_advice_share(dangers, tiers_below=1),
        "harmless": _harmless_figures([r for r in results if not r.is_danger]),
        "over_triage": {tier: _over_triage_share([r for r in results if r.label == tier]) for tier in ALL_TIERS[1:]},
    }


def _danger_figures(dangers: Sequence[Result]) -> dict[str, Any]:
    outcomes = Counter(r.outcome for r in dangers)
    return {
        "cases": len(dangers),
        "told": outcomes["alerted"],
        "asked": outcomes["asked"],
        "lower": outcomes["lower"],
        "missed": outcomes["missed"],
        "asked_share": _share(outcomes["asked"], len(dangers)),
        "sensitivity": 1 - _share(outcomes["missed"], len(dangers)),
        "miss_rate_upper_bound": upper_bound(outcomes["missed"], len(dangers)),
    }


def _safe_advice_share(dangers: Sequence[Result], *, tiers_below: int) -> float:
    """Returns the share of dangers that were alerted at most so many tiers below their label."""
    safe = sum(_level(r.state.alerted_tier) >= _level(r.label) - tiers_below for r in dangers)
    return _share(safe, len(dangers))


def _harmless_figures(harmless: Sequence[Result]) -> dict[str, Any]:
    outcomes = Counter(r.outcome for r in harmless)
    return {
        "cases": len(harmless),
        "alarms": outcomes["false alarm"],
        "asked": outcomes["asked"],
        "false_alarm_rate": _share(outcomes["false alarm"], len(harmless)),
    }


def _over_triage_share(results: Sequence[Result]) -> float:
    """Returns the share of results that were alerted above their label."""
    return _share(sum(_level(r.state.alerted_tier) > _level(r.label) for r in results), len(results))


def dialogue_counts(results: Sequence[DialogueResult]) -> dict[str, int]:
    """Returns how many dialogues there are, and how many of them went wrong in which way."""
    return {
        "dialogues": len(results),
        "ended lower": sum(r.ended_lower for r in results),
        "ended too high": sum(r.ended_too_high for r in results),
        "danger missed after some turn": sum(r.missed_some_turn for r in results),
    }


def report(results: Sequence[Result], dialogues: Sequence[DialogueResult], show_sealed: bool) -> str:
    """Returns the report as Markdown.

    Args:
        results: of the messages of all parts.
        dialogues: of all parts.
        show_sealed: whether the words of the sealed test set are shown, too.
    """
    lines = [f"# Safety report, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC", ""]
    for part, heading in _HEADINGS.items():
        chosen = [r for r in results if r.part == part]
        lines += [f"## {heading}", "", *_figure_lines(figures(chosen)), "", *_kind_lines(chosen), ""]
    lines += ["## Dialogues", ""]
    for part, heading in _HEADINGS.items():
        counts = dialogue_counts([r for r in dialogues if r.part == part])
        lines.append(f"- {heading}: " + ", ".join(f"{name} {count}" for name, count in counts.items()))
    lines.append("")
    headings = {"missed": "Missed", "lower": "Alerted one tier lower", "false alarm": "False alarms"}
    for outcome, heading in headings.items():
        lines += [f"## {heading}", ""]
        lines += [
            f"- [{r.kind}] {r.label}, got {r.state.alerted_tier}: {_shown(r.text, r.part, show_sealed)}"
            for r in results
            if r.outcome == outcome
        ]
        lines.append("")
    lines += ["## Dialogues that went wrong", "", *_dialogue_lines(dialogues, show_sealed)]
    return "\n".join(lines) + "\n"


def _shown(text: str, part: Part, show_sealed: bool) -> str:
    return text if show_sealed or part != Part.TEST else "(sealed)"


def _figure_lines(values: dict[str, Any]) -> Iterable[str]:
    for name in ("all", EMERGENCY, SAME_DAY):
        f = values[name]
        yield (
            f"- {name}: {f['cases']} cases, alerted {f['told']}, asked {f['asked']} ({f['asked_share']:.1%}), alerted "
            f"one tier lower {f['lower']}, missed {f['missed']}; sensitivity {f['sensitivity']:.1%}, miss rate at most "
            f"{f['miss_rate_upper_bound']:.1%} (95 %, one-sided)"
        )
    strict, gilbert = values["safe_advice_strict"], values["safe_advice_gilbert"]
    yield f"- safe advice without the questions: strict {strict:.1%}, Gilbert's sense {gilbert:.1%}"
    h = values["harmless"]
    false_alarms = f"false alarms {h['alarms']} ({h['false_alarm_rate']:.1%})"
    yield f"- must not escalate: {h['cases']} cases, {false_alarms}, unnecessary questions {h['asked']}"
    yield "- over-triage by labelled tier: " + ", ".join(f"{k} {v:.1%}" for k, v in values["over_triage"].items())


def _kind_lines(results: Sequence[Result]) -> list[str]:
    counts = Counter((r.kind, r.outcome) for r in results)
    lines = ["| kind | messages | alerted | asked | one lower | missed | false alarms | calm |", "|---" * 8 + "|"]
    for kind in sorted({r.kind for r in results}):
        row = [counts[kind, outcome] for outcome in ("alerted", "asked", "lower", "missed", "false alarm", "calm")]
        lines.append(f"| {kind} | {sum(row)} | " + " | ".join(map(str, row)) + " |")
    return lines


def _dialogue_lines(dialogues: Sequence[DialogueResult], show_sealed: bool) -> Iterable[str]:
    for r in dialogues:
        if not (r.ended_lower or r.ended_too_high or r.missed_some_turn):
            continue
        verdict = f"{'LOW ' if r.ended_lower else ''}{'HIGH ' if r.ended_too_high else ''}"
        course = ", ".join(
            f"{label} got {state.alerted_tier}{'?' if state.asked_about else ''}"
            for label, state in zip(r.labels, r.states, strict=True)
        )
        yield f"- {verdict}[{r.kind}] {_shown(' // '.join(r.turns), r.part, show_sealed)} ({course})"


def summary(results: Sequence[Result], dialogues: Sequence[DialogueResult]) -> str:
    """Returns the section of bench/README.md: when, on what, and a table of both parts."""
    columns = [
        _summary_column([r for r in results if r.part == part], [d for d in dialogues if d.part == part])
        for part in _HEADINGS
    ]
    lines = [describe(conditions()), "", f"| | {' | '.join(_HEADINGS.values())} |", "|---|---|---|"]
    lines += [f"| {name} | {' | '.join(column[name] for column in columns)} |" for name in columns[0]]
    return "\n".join(lines)


def _summary_column(results: Sequence[Result], dialogues: Sequence[DialogueResult]) -> dict[str, str]:
    values, counts = figures(results), dialogue_counts(dialogues)
    dangers, emergencies, harmless = values["all"], values[EMERGENCY], values["harmless"]
    false_alarm_bound = upper_bound(harmless["alarms"], harmless["cases"])
    return {
        "dangers (emergency or same day)": f"{dangers['cases']}",
        "alerted at their tier or a higher one": f"{dangers['told']}",
        "asked about the right finding": f"{dangers['asked']} ({dangers['asked_share']:.1%})",
        "alerted one tier lower (emergency as same day)": f"{dangers['lower']}",
        "missed": f"{dangers['missed']} (at most {dangers['miss_rate_upper_bound']:.1%} with 95 % confidence)",
        "emergencies among them, missed": f"{emergencies['missed']} of {emergencies['cases']} "
        f"(at most {emergencies['miss_rate_upper_bound']:.1%})",
        "safe advice, questions not counted: strict / Gilbert's sense": f"{values['safe_advice_strict']:.1%} / "
        f"{values['safe_advice_gilbert']:.1%}",
        "harmless messages": f"{harmless['cases']}",
        "false alarms": f"{harmless['alarms']} ({harmless['false_alarm_rate']:.1%}; at most {false_alarm_bound:.1%})",
        "unnecessary questions": f"{harmless['asked']} ({_share(harmless['asked'], harmless['cases']):.1%})",
        "dialogues that ended lower than they should": f"{counts['ended lower']} of {counts['dialogues']}",
    }


def draw(results: Sequence[Result], path: Path) -> None:
    """Draws the confusion matrix of tiers."""
    pairs = Counter((r.label, r.state.alerted_tier) for r in results)
    draw_confusion(
        [[pairs[label, alerted] for alerted in ALL_TIERS] for label in ALL_TIERS],
        [tier.replace("_", " ") for tier in ALL_TIERS],
        path,
        across="tier alerted",
        down="tier labelled",
        title="Tier labelled and alerted, messages of the safety set",
        inches=(7.5, 6.5),
    )


def play_messages(interview: Interview) -> list[Result]:
    """Plays all labelled messages."""
    findings_of_rule = {rule.id.split("_")[0]: rule.criteria.findings for rule in rule_table()}
    results = []
    for part in Part:
        for case in read_cases("safety", "messages", part):
            state = interview.play([case["text"]])[0]
            relevant: Collection[str] = findings_of_rule.get(case["rule"] or "", ())
            asks_the_right_thing = state.asked_about is None or state.asked_about in relevant
            results.append(Result(case["text"], case["tier"], case["kind"], state, part, asks_the_right_thing))
    return results


def play_dialogues(interview: Interview) -> list[DialogueResult]:
    """Plays all labelled dialogues."""
    return [
        DialogueResult(case["turns"], case["tiers"], case["kind"], interview.play(case["turns"]), part)
        for part in Part
        for case in read_cases("safety", "dialogues", part)
    ]


def main() -> int:
    """Starts an assistant, plays the set, prints and writes the report; returns the exit code."""
    parser = argparse.ArgumentParser(description="Measures the red flags on the labelled set.")
    parser.add_argument("--show-sealed", action="store_true", help="also list what went wrong in the sealed test set")
    options = parser.parse_args()
    try:
        assistant = RunningAssistant(API_TOKEN=_TOKEN)
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    try:
        interview = Interview(assistant)
        results = play_messages(interview)
        dialogues = play_dialogues(interview)
    finally:
        assistant.stop()
    RESULTS.mkdir(parents=True, exist_ok=True)
    text = report(results, dialogues, options.show_sealed)
    (RESULTS / "report.md").write_text(text, encoding="utf-8")
    data = {key: figures([r for r in results if r.part == part]) for part, key in _FIGURE_KEYS.items()}
    (RESULTS / "figures.json").write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    draw(results, RESULTS / "tiers.png")
    print(text)
    print(
        f"Written to {RESULTS.relative_to(ROOT)}/: report.md, figures.json, tiers.png; the figures to bench/README.md"
    )
    return publish("safety", summary(results, dialogues))


if __name__ == "__main__":
    sys.exit(main())

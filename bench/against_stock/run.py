"""Holds the assistant against a stock Rasa project on the same data: ``make bench``.

Both are set up, start, answer over REST with the action server and talk to many people at once, in turns on this
machine, in one run. Ends with a table of ratios and writes ``results/bench/``, after every part anew, so that a run
cut short leaves what it has. The stock project's training takes hours: unless ``--to-the-end`` is given, its time is
the one recorded in ``bench/stock_training.json``, with its date, and its model is one of the same pipeline and data,
trained for an epoch, which is as large and as fast.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
import requests

from bench.against_stock.contenders import Side, Started, ours, start, stock_project, trained
from bench.against_stock.report import LENGTHS, PEOPLE, report, rows
from bench.plots import draw_ratios
from tools.assistant_process import ROOT, StartError

RESULTS = ROOT / "results" / "bench"
_RECORDED = ROOT / "bench" / "against_stock" / "stock_training.json"
_STARTS = 3
_CONVERSATIONS = 2
_TURNS_TIMED = 10
_MESSAGES_AT_ONCE = {1: 24, 8: 96, 32: 128}

MESSAGES = (
    "hi there",
    "why does my nee keep jumping at nite",
    "is it magnesium",
    "my calf cramps up after football, third time this week",
    "what can i do about it",
    "how long does it last",
    "which stretch is best for the front of the thigh",
    "does pickle juice help",
    "when should i see a doctor about twitching",
    "who won the match yesterday",
    "could it be my water tablets",
    "thanks",
)


@dataclass
class Turns:
    """Times of turns, in seconds, by the length of the conversation in turns, and turns that got no answer."""

    times: dict[int, list[float]] = field(default_factory=lambda: {length: [] for length in LENGTHS})
    unanswered: int = 0


def timed_turns(sides: Sequence[Started]) -> Iterator[list[Turns]]:
    """Holds conversations of 200 turns with all sides, turn by turn in turns; yields all times after each."""
    found = [Turns() for _ in sides]
    session = requests.Session()
    for conversation in range(_CONVERSATIONS):
        for turn in range(1, LENGTHS[-1] + _TURNS_TIMED):
            message = {"sender": f"length-{conversation}", "message": MESSAGES[turn % len(MESSAGES)]}
            length = next((length for length in LENGTHS if length <= turn < length + _TURNS_TIMED), None)
            for side, result in zip(sides, found, strict=True):
                begun = time.perf_counter()
                answer = session.post(side.address, json=message, timeout=120).json()
                seconds = time.perf_counter() - begun
                result.unanswered += not answer
                if length is not None:
                    result.times[length].append(seconds)
        yield found


def throughput(side: Started, people: int) -> float:
    """Returns messages answered per second while `people` talk at once, each waiting for the answer."""
    return asyncio.run(_throughput(side.address, people))


async def _throughput(address: str, people: int) -> float:
    turns = _MESSAGES_AT_ONCE[people] // people
    run = time.monotonic_ns()
    timeout = aiohttp.ClientTimeout(total=600)
    async with aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0)) as session:

        async def talk(number: int) -> None:
            for turn in range(turns):
                message = MESSAGES[(number + turn) % len(MESSAGES)]
                body = {"sender": f"{run}-{number}", "message": message}
                async with session.post(address, json=body) as answer:
                    await answer.json()

        begun = time.perf_counter()
        await asyncio.gather(*(talk(number) for number in range(people)))
        return people * turns / (time.perf_counter() - begun)


def language_part() -> dict[str, Any]:
    """Returns what ``python -m bench.language_part`` finds: milliseconds of the whole and of the language model."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.language_part"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _stock_model(to_the_end: bool) -> tuple[Side, dict[str, Any]]:
    """Returns the stock side with a model, and what is known of its training: measured now, or recorded."""
    if to_the_end:
        side, _ = stock_project()
        _say("Training the stock project to its end (hours) ...")
        found = trained(side)
        record = {**found, "date": f"{datetime.now(UTC):%Y-%m-%d}", "python": "CPython 3.10", "cores": os.cpu_count()}
        _RECORDED.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        return side, found
    side, fingerprint = stock_project(epochs=1)
    mark = side.model.with_suffix(".fingerprint")
    if not side.model.exists() or not mark.exists() or mark.read_text(encoding="utf-8") != fingerprint:
        _say("Training the stock project for one epoch ...")
        trained(side)
        mark.write_text(fingerprint, encoding="utf-8")
    return side, {**json.loads(_RECORDED.read_text(encoding="utf-8")), "recorded": True}


def _say(line: str) -> None:
    print(f"[bench] {line}", file=sys.stderr, flush=True)


def measure(save: Callable[[dict[str, Any]], None], *, to_the_end: bool) -> None:
    """Measures everything.

    Args:
        save: is given all that was found so far, after each part.
        to_the_end: train the stock project, however long it takes.

    Raises:
        StartError: one of the two could not be set up, did not train or did not start.
    """
    found: dict[str, Any] = {"ours": {"starts": [], "throughput": {}}, "stock": {"starts": [], "throughput": {}}}
    mine = ours()
    _say("Setting both up ...")
    found["ours"] |= mine.installed()
    found["stock"] |= stock_project(epochs=1)[0].installed()
    _say("Training ours ...")
    found["ours"]["training"] = trained(mine)
    other, found["stock"]["training"] = _stock_model(to_the_end)
    sides = (mine, other)
    for side in sides:
        found[side.name]["size"] = side.size()
    save(found)
    _say("Cold starts ...")
    for _ in range(_STARTS):
        for side in sides:
            begun = start(side)
            found[side.name]["starts"].append(begun.seconds)
            begun.stop()
    save(found)
    with ExitStack() as stack:
        running = []
        for side in sides:
            begun = start(side)
            stack.callback(begun.stop)
            running.append(begun)
        _say("Many people at once ...")
        for people in (*PEOPLE, *PEOPLE):
            for side, started in zip(sides, running, strict=True):
                found[side.name]["throughput"].setdefault(str(people), []).append(throughput(started, people))
        save(found)
        _say("Long conversations ...")
        for turns in timed_turns(running):
            for side, started, of_side in zip(sides, running, turns, strict=True):
                found[side.name]["turns"] = {str(length): times for length, times in of_side.times.items()}
                found[side.name]["unanswered"] = of_side.unanswered
                found[side.name]["peak_memory"] = started.peak_memory()
            save(found)
    _say("The language part ...")
    found["language_part"] = language_part()
    save(found)


def _save(found: dict[str, Any]) -> None:
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "figures.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (RESULTS / "report.md").write_text(report(found), encoding="utf-8")
    table = rows(found)
    draw_ratios([(row.name, row.ratio, row.goal) for row in table], RESULTS / "ratios.png", title="Stock Rasa is 1")


def main() -> int:
    """Measures, writes ``results/bench/``, prints; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--to-the-end", action="store_true", help="train the stock project, and record what it takes")
    arguments = parser.parse_args()
    try:
        measure(_save, to_the_end=arguments.to_the_end)
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    print((RESULTS / "report.md").read_text(encoding="utf-8"))
    print("Written to results/bench/: report.md, figures.json, ratios.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())

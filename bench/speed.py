"""Holds the assistant against a stock Rasa project on the same data: ``make bench``.

Both train, start, answer over REST with the action server and talk to many people at once, in turns on this machine,
in one run. Ends with a table of ratios and writes ``results/bench/``. The stock project's training takes one to two
hours; a model of the same data from an earlier run is taken again, with the figures of its training, unless
``--retrain`` is given.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import requests

from bench.sides import Side, Started, ours, start, stock_project, trained
from bench.speed_report import LENGTHS, PEOPLE, report, rows
from tools.pictures import draw_ratios
from tools.running import ROOT, StartError

RESULTS = ROOT / "results" / "bench"
_STARTS = 3
_CONVERSATIONS = 3
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


def timed_turns(sides: Sequence[Started]) -> list[Turns]:
    """Holds conversations of 200 turns with all sides, turn by turn in turns."""
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
    return found


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


def _stock_training(side: Side, fingerprint: str, retrain: bool) -> dict[str, Any]:
    kept = side.model.with_suffix(".json")
    if not retrain and side.model.exists() and kept.exists():
        earlier = json.loads(kept.read_text(encoding="utf-8"))
        if earlier.pop("fingerprint") == fingerprint:
            return {**earlier, "earlier": True}
    print("[bench] Training the stock project (one to two hours) ...", file=sys.stderr, flush=True)
    side.model.unlink(missing_ok=True)
    training = trained(side)
    kept.write_text(json.dumps({**training, "fingerprint": fingerprint}), encoding="utf-8")
    return training


def measure(retrain: bool) -> dict[str, Any]:
    """Measures everything.

    Args:
        retrain: train the stock project even if a model of the same data is there.

    Raises:
        StartError: one of the two did not train or start.
    """
    other, fingerprint = stock_project()
    sides = (ours(), other)
    found: dict[str, Any] = {"ours": {"starts": [], "throughput": {}}, "stock": {"starts": [], "throughput": {}}}
    print("[bench] Training ours ...", file=sys.stderr, flush=True)
    found["ours"]["training"] = trained(sides[0])
    found["stock"]["training"] = _stock_training(other, fingerprint, retrain)
    print("[bench] Cold starts ...", file=sys.stderr, flush=True)
    for _ in range(_STARTS):
        for side in sides:
            begun = start(side)
            found[side.name]["starts"].append(begun.seconds)
            begun.stop()
    with ExitStack() as stack:
        running = []
        for side in sides:
            begun = start(side)
            stack.callback(begun.stop)
            running.append(begun)
        print("[bench] Long conversations ...", file=sys.stderr, flush=True)
        for side, turns in zip(sides, timed_turns(running), strict=True):
            found[side.name]["turns"] = {str(length): times for length, times in turns.times.items()}
            found[side.name]["unanswered"] = turns.unanswered
        print("[bench] Many people at once ...", file=sys.stderr, flush=True)
        for people in (*PEOPLE, *PEOPLE):
            for side, started in zip(sides, running, strict=True):
                found[side.name]["throughput"].setdefault(str(people), []).append(throughput(started, people))
        for side, started in zip(sides, running, strict=True):
            found[side.name]["peak_memory"] = started.peak_memory()
            found[side.name]["size"] = side.size()
    print("[bench] The language part ...", file=sys.stderr, flush=True)
    found["language_part"] = language_part()
    return found


def main() -> int:
    """Measures, writes ``results/bench/``, prints; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--retrain", action="store_true", help="train the stock project anew in any case")
    try:
        found = measure(parser.parse_args().retrain)
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "figures.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    text = report(found)
    (RESULTS / "report.md").write_text(text, encoding="utf-8")
    table = rows(found)
    draw_ratios([(row.name, row.ratio, row.goal) for row in table], RESULTS / "ratios.png", title="Stock Rasa is 1")
    print(text)
    print("Written to results/bench/: report.md, figures.json, ratios.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())

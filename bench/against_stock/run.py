"""Compares the assistant with a stock Rasa project on the same data: ``make bench``.

Both are set up, start, answer over REST with the action server and talk to many people at once, in turns on this
machine, in one run. Ends with a table of ratios and writes ``results/bench/``, after every part anew, so that a run
cut short leaves what it has. The stock project's training takes hours: unless ``--to-the-end`` is given, its time is
the one recorded in ``stock_training.json``, with its date, and its model is one of the same pipeline and data, trained
for an epoch, which is as large and as fast.
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

from bench.against_stock.contenders import Contender, RunningContender, our_assistant, start, stock_rasa, train
from bench.against_stock.report import LENGTHS, PEOPLE, RESULTS, comparisons, report, summary
from bench.figures import conditions, publish
from bench.plots import draw_ratios
from bench.timing import MESSAGES
from tools.assistant_process import StartError
from tools.settings import ROOT

_RECORDED = ROOT / "bench" / "against_stock" / "stock_training.json"
_STARTS = 3
_CONVERSATIONS = 2
_TURNS_TIMED = 10
_MESSAGES_AT_ONCE = {1: 24, 8: 96, 32: 128}


@dataclass
class Turns:
    """Times of turns, in seconds, by the length of the conversation in turns, and turns that got no answer."""

    times: dict[int, list[float]] = field(default_factory=lambda: {length: [] for length in LENGTHS})
    unanswered: int = 0


def timed_turns(contenders: Sequence[RunningContender]) -> Iterator[list[Turns]]:
    """Holds conversations of 200 turns with all contenders, turn by turn in turns; yields all times after each."""
    results = [Turns() for _ in contenders]
    session = requests.Session()
    for conversation in range(_CONVERSATIONS):
        for turn in range(1, LENGTHS[-1] + _TURNS_TIMED):
            message = {"sender": f"length-{conversation}", "message": MESSAGES[turn % len(MESSAGES)]}
            length = next((length for length in LENGTHS if length <= turn < length + _TURNS_TIMED), None)
            for contender, result in zip(contenders, results, strict=True):
                begun = time.perf_counter()
                answer = session.post(contender.address, json=message, timeout=120).json()
                seconds = time.perf_counter() - begun
                result.unanswered += not answer
                if length is not None:
                    result.times[length].append(seconds)
        yield results


def throughput(contender: RunningContender, people: int) -> float:
    """Returns messages answered per second while `people` talk at once, each waiting for the answer."""
    return asyncio.run(_throughput(contender.address, people))


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


def _stock_with_model(to_the_end: bool) -> tuple[Contender, dict[str, Any]]:
    """Returns the stock contender with a model, and what is known of its training: measured now, or recorded."""
    if to_the_end:
        stock, _ = stock_rasa()
        _say("Training the stock project to its end (hours) ...")
        training = train(stock)
        date = f"{datetime.now(UTC):%Y-%m-%d}"
        record = {**training, "date": date, "python": "CPython 3.10", "cores": os.cpu_count()}
        _RECORDED.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        return stock, training
    stock, fingerprint = stock_rasa(epochs=1)
    trained_from = stock.model.with_suffix(".fingerprint")
    is_current = trained_from.exists() and trained_from.read_text(encoding="utf-8") == fingerprint
    if not (stock.model.exists() and is_current):
        _say("Training the stock project for one epoch ...")
        train(stock)
        trained_from.write_text(fingerprint, encoding="utf-8")
    return stock, {**json.loads(_RECORDED.read_text(encoding="utf-8")), "recorded": True}


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
    results: dict[str, Any] = {name: {"starts": [], "throughput": {}} for name in ("ours", "stock")}
    results["measured"] = conditions()
    ours = our_assistant()
    _say("Setting both up ...")
    results["ours"] |= ours.install()
    results["stock"] |= stock_rasa(epochs=1)[0].install()
    _say("Training ours ...")
    results["ours"]["training"] = train(ours)
    stock, results["stock"]["training"] = _stock_with_model(to_the_end)
    contenders = (ours, stock)
    for contender in contenders:
        results[contender.name]["size"] = contender.size()
    save(results)
    _say("Cold starts ...")
    for _ in range(_STARTS):
        for contender in contenders:
            running = start(contender)
            results[contender.name]["starts"].append(running.seconds)
            running.stop()
    save(results)
    with ExitStack() as stack:
        both = []
        for contender in contenders:
            running = start(contender)
            stack.callback(running.stop)
            both.append(running)
        _measure_running(contenders, both, results, save)
    _say("The language part ...")
    results["language_part"] = language_part()
    save(results)


def _measure_running(
    contenders: Sequence[Contender],
    running: Sequence[RunningContender],
    results: dict[str, Any],
    save: Callable[[dict[str, Any]], None],
) -> None:
    """Adds to `results` what is measured while both run."""
    _say("Many people at once ...")
    for people in (*PEOPLE, *PEOPLE):
        for contender, started in zip(contenders, running, strict=True):
            rates = results[contender.name]["throughput"].setdefault(str(people), [])
            rates.append(throughput(started, people))
    save(results)
    _say("Long conversations ...")
    for turns in timed_turns(running):
        for contender, started, of_contender in zip(contenders, running, turns, strict=True):
            result = results[contender.name]
            result["turns"] = {str(length): times for length, times in of_contender.times.items()}
            result["unanswered"] = of_contender.unanswered
            result["peak_memory"] = started.peak_memory()
        save(results)


def _save(results: dict[str, Any]) -> None:
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "figures.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (RESULTS / "report.md").write_text(report(results), encoding="utf-8")
    ratios = [(line.name, line.ratio, line.goal) for line in comparisons(results)]
    draw_ratios(ratios, RESULTS / "ratios.png", title="Stock Rasa is 1")


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
    results = json.loads((RESULTS / "figures.json").read_text(encoding="utf-8"))
    print((RESULTS / "report.md").read_text(encoding="utf-8"))
    print("Written to results/bench/: report.md, figures.json, ratios.png; the figures to bench/README.md")
    return publish("against_stock", summary(results))


if __name__ == "__main__":
    sys.exit(main())

"""Times the whole language part on one core: ``python -m bench.language_part``.

Every message of the safety set's development part goes through the trained pipeline (guard, language model, intents,
countries, lexicon matcher, ConText, fusion, red-flag screen, details) as Rasa runs it. Ends with one JSON line, times
in milliseconds.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence

from bench.datasets import Part, read_cases
from bench.figures import conditions, describe, publish
from bench.timing import p95
from tools.assistant_process import StartError, trained_parser

_ROUNDS = 3


def main() -> int:
    """Prints medians and 95th percentiles of the whole and of its largest parts; returns the exit code."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    from nlu.encoder.model import shared_language_model
    from nlu.findings.reader import shared_reader

    texts = [case["text"] for case in read_cases("safety", "messages", Part.DEVELOPMENT)]
    model, reader = shared_language_model(), shared_reader()
    try:
        parse = trained_parser()
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    parts = {
        "whole": parse,
        "language model": model.predict,
        "findings by all three": reader.read,
    }
    results = {name: _summary(_times(call, texts)) for name, call in parts.items()}
    code = publish("language_part", summary(results))
    print(json.dumps({**results, "messages": len(texts)}))
    return code


def summary(results: dict[str, dict[str, float]]) -> str:
    """Returns the section of bench/README.md.

    Args:
        results: ``median`` and ``p95`` in milliseconds, by part.
    """
    lines = [describe(conditions()).replace(" CPU cores", " CPU cores, one of them used,"), ""]
    lines += ["| | median | 95 % |", "|---|---|---|"]
    lines += [f"| {name} | {times['median']} ms | {times['p95']} ms |" for name, times in results.items()]
    ratio = results["whole"]["median"] / results["language model"]["median"]
    return "\n".join([*lines, "", f"The whole takes {ratio:.1f} times as long as the language model alone (goal: 2)."])


def _times(call: Callable[[str], object], texts: Sequence[str]) -> list[float]:
    for text in texts[:50]:
        call(text)
    times = []
    for _ in range(_ROUNDS):
        for text in texts:
            begun = time.perf_counter()
            call(text)
            times.append((time.perf_counter() - begun) * 1_000)
    return times


def _summary(times: list[float]) -> dict[str, float]:
    return {"median": round(statistics.median(times), 1), "p95": round(p95(times), 1)}


if __name__ == "__main__":
    sys.exit(main())

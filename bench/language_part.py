"""Times the whole language part on one core: ``python -m bench.language_part``.

Every open message of the safety set goes through the trained pipeline (guard, language model, intents, places, lexical
net, ConText, fusion, red-flag screen, details) as Rasa runs it. Ends with one JSON line, times in milliseconds.
"""

import json
import os
import statistics
import time

from bench.speed_report import p95
from tools.running import ROOT, trained_parser

_MESSAGES = ROOT / "tests" / "safety" / "messages_open.jsonl"
_ROUNDS = 3


def main() -> None:
    """Prints medians and 95th percentiles of the whole and of the language model alone."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    from nlu.encoder.model import shared_language_model
    from nlu.findings.reader import shared_reader

    texts = [json.loads(line)["text"] for line in _MESSAGES.read_text(encoding="utf-8").splitlines()]
    model, reader = shared_language_model(), shared_reader()
    parts = {
        "whole": trained_parser(),
        "language model": model.predict,
        "findings by all three": reader.read,
    }
    found = {name: _times(call, texts) for name, call in parts.items()}
    print(json.dumps({name: _summary(times) for name, times in found.items()} | {"messages": len(texts)}))


def _times(call, texts):  # type: ignore[no-untyped-def]
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
    main()

"""How the messaging platforms bear many people at once: `python -m bench.channels`.

The same two hundred messages of fifty people, ten on each platform, are sent at once: while all platforms work, and
while one of them fails throughout. Measured are the time to the acknowledgement (Slack repeats a delivery after three
seconds) and to the last answer of the platforms that work.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from bench.figures import conditions, describe, publish
from tools.assistant_process import RunningAssistant
from tools.fake_platforms import FakePlatform, FakePlatforms, WebhookRequest, main_fake_platforms
from tools.settings import ROOT

MESSAGES = ("what causes it", "does magnesium help", "why does my knee cramp at night", "thanks")
EXPECTED = ("tired or overworked", "dummy pill", "at night or at rest", "welcome")
PEOPLE_EACH = 10
ROUNDS = 3
_RESULTS = ROOT / "results" / "bench"
_numbers = count(7_700_900_000)


@dataclass(frozen=True)
class _Person:
    platform: str
    fake: FakePlatform
    recipient: str
    says: Callable[[str], WebhookRequest]


def _people(platforms: FakePlatforms) -> list[_Person]:
    people = []
    for _ in range(PEOPLE_EACH):
        digits = str(next(_numbers))
        phone, mobile, user = f"+44{next(_numbers)}", f"+44{next(_numbers)}", f"U0{digits}"
        people += [
            _Person("Telegram", platforms.telegram, digits, partial(platforms.telegram.message, digits)),
            _Person("Slack", platforms.slack, user, partial(platforms.slack.message, user)),
            _Person("SMS", platforms.twilio, phone, partial(platforms.twilio.message, phone)),
            _Person(
                "WhatsApp", platforms.twilio, f"whatsapp:{mobile}",
                partial(platforms.twilio.message, mobile, whatsapp=True),
            ),
            _Person("Messenger", platforms.messenger, digits, partial(platforms.messenger.message, digits)),
        ]  # fmt: skip
    return people


def _burst(assistant: RunningAssistant, platforms: FakePlatforms, *, one_fails: bool) -> dict[str, Any]:
    people = _people(platforms)
    if one_fails:
        platforms.messenger.fail()
    acknowledged: list[float] = []

    def talk(person: _Person) -> None:
        for text in MESSAGES:
            begun = time.monotonic()
            person.says(text).send(assistant.address).raise_for_status()
            acknowledged.append(time.monotonic() - begun)

    begun = time.monotonic()
    with ThreadPoolExecutor(len(people)) as pool:
        list(pool.map(talk, people))
    watched = [person for person in people if person.platform != "Messenger"]
    for person in watched:
        person.fake.wait_for(len(MESSAGES), person.recipient, timeout=120)
    took = time.monotonic() - begun
    platforms.messenger.reset_faults()
    right = 0
    for person in people:
        said = [sent.text for sent in person.fake.wait_for(len(MESSAGES), person.recipient, timeout=120)]
        right += len(said) == len(MESSAGES) and all(w in text for w, text in zip(EXPECTED, said, strict=True))
    acknowledged.sort()
    return {
        "acknowledged_median_ms": 1000 * statistics.median(acknowledged),
        "acknowledged_95_ms": 1000 * acknowledged[int(0.95 * len(acknowledged))],
        "acknowledged_slowest_ms": 1000 * acknowledged[-1],
        "last_answer_of_the_others_s": took,
        "people_answered_once_and_in_order": right,
        "people": len(people),
    }


def main() -> int:
    """Runs the bursts in turns; prints the figures and writes them to results/bench/channels.json."""
    bursts: dict[str, list[dict[str, Any]]] = {"all work": [], "one fails": []}
    with tempfile.TemporaryDirectory() as folder, main_fake_platforms() as platforms:
        database = f"sqlite:///{Path(folder) / 'channels.sqlite'}"
        assistant = RunningAssistant(None, **platforms.environment(), CHANNELS_DATABASE=database)
        try:
            for _ in range(ROUNDS):
                for name, results in bursts.items():
                    results.append(_burst(assistant, platforms, one_fails=name == "one fails"))
        finally:
            assistant.stop()
    figures = {
        name: {key: statistics.median(result[key] for result in results) for key in results[0]}
        for name, results in bursts.items()
    }
    for name, values in figures.items():
        print(name, ", ".join(f"{key} {value:.1f}" for key, value in values.items()))
    ratio = figures["one fails"]["last_answer_of_the_others_s"] / figures["all work"]["last_answer_of_the_others_s"]
    print(f"time to the last answer of the other platforms while one fails, beside while all work: {ratio:.2f}")
    _RESULTS.mkdir(parents=True, exist_ok=True)
    (_RESULTS / "channels.json").write_text(json.dumps({**figures, "ratio": ratio}, indent=1), encoding="utf-8")
    return publish("channels", summary(figures))


_ROWS = {
    "acknowledged_median_ms": ("a message acknowledged, median", "{:.0f} ms"),
    "acknowledged_95_ms": ("95 %", "{:.0f} ms"),
    "acknowledged_slowest_ms": ("slowest", "{:.0f} ms"),
    "last_answer_of_the_others_s": ("the last answer of the platforms that work", "{:.1f} s"),
    "people_answered_once_and_in_order": ("people answered once and in order", "{:.0f}"),
    "people": ("of", "{:.0f}"),
}


def summary(figures: dict[str, dict[str, float]]) -> str:
    """Returns the section of bench/README.md.

    Args:
        figures: the medians over all rounds, by situation.
    """
    lines = [describe(conditions()), "", f"| | {' | '.join(figures)} |", "|---" * (1 + len(figures)) + "|"]
    for key, (name, form) in _ROWS.items():
        lines.append(f"| {name} | {' | '.join(form.format(values[key]) for values in figures.values())} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())

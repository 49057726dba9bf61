"""How the messaging platforms bear many people at once: `python -m bench.channels`.

The same two hundred messages of fifty people, ten on each platform, are sent at once: while all platforms work, and
while one of them fails throughout. Told are the time to the acknowledgement (Slack repeats a delivery after three
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
from itertools import count
from pathlib import Path
from typing import Any

from tools.assistant_process import RunningAssistant
from tools.fake_platforms import Post, StandIn, StandIns, all_stand_ins
from tools.serve import ROOT

MESSAGES = ("what causes it", "does magnesium help", "why does my knee cramp at night", "thanks")
EXPECTED = ("tired or overworked", "dummy pill", "at night or at rest", "welcome")
PEOPLE_EACH = 10
ROUNDS = 3
_RESULTS = ROOT / "results" / "bench"
_numbers = count(7_700_900_000)


@dataclass(frozen=True)
class _Person:
    platform: str
    stand_in: StandIn
    recipient: str
    says: Callable[[str], Post]


def _people(four: StandIns) -> list[_Person]:
    found = []
    for _ in range(PEOPLE_EACH):
        digits = str(next(_numbers))
        phone, mobile, user = f"+44{next(_numbers)}", f"+44{next(_numbers)}", f"U0{digits}"
        found += [
            _Person("Telegram", four.telegram, digits, lambda t, p=digits: four.telegram.message(p, t)),
            _Person("Slack", four.slack, user, lambda t, p=user: four.slack.message(p, t)),
            _Person("SMS", four.twilio, phone, lambda t, p=phone: four.twilio.message(p, t)),
            _Person(
                "WhatsApp", four.twilio, f"whatsapp:{mobile}",
                lambda t, p=mobile: four.twilio.message(p, t, whatsapp=True),
            ),
            _Person("Messenger", four.messenger, digits, lambda t, p=digits: four.messenger.message(p, t)),
        ]  # fmt: skip
    return found


def _burst(assistant: RunningAssistant, four: StandIns, *, one_fails: bool) -> dict[str, Any]:
    people = _people(four)
    if one_fails:
        four.messenger.fail()
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
        person.stand_in.wait_for(len(MESSAGES), person.recipient, timeout=120)
    took = time.monotonic() - begun
    four.messenger.heal()
    right = 0
    for person in people:
        said = [sent.text for sent in person.stand_in.wait_for(len(MESSAGES), person.recipient, timeout=120)]
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
    rows: dict[str, list[dict[str, Any]]] = {"all work": [], "one fails": []}
    with tempfile.TemporaryDirectory() as folder, all_stand_ins() as four:
        database = f"sqlite:///{Path(folder) / 'channels.sqlite'}"
        assistant = RunningAssistant(None, **four.environment(), CHANNELS_DATABASE=database)
        try:
            for _ in range(ROUNDS):
                for name, found in rows.items():
                    found.append(_burst(assistant, four, one_fails=name == "one fails"))
        finally:
            assistant.stop()
    figures = {
        name: {key: statistics.median(row[key] for row in found) for key in found[0]} for name, found in rows.items()
    }
    for name, row in figures.items():
        print(name, ", ".join(f"{key} {value:.1f}" for key, value in row.items()))
    ratio = figures["one fails"]["last_answer_of_the_others_s"] / figures["all work"]["last_answer_of_the_others_s"]
    print(f"time to the last answer of the other platforms while one fails, beside while all work: {ratio:.2f}")
    _RESULTS.mkdir(parents=True, exist_ok=True)
    (_RESULTS / "channels.json").write_text(json.dumps({**figures, "ratio": ratio}, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

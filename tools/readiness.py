"""Whether a started assistant answers, and answers as it should."""

import json
import urllib.request
from enum import Enum, auto
from functools import cache
from typing import Any

import yaml

from tools.settings import ROOT

PROBE = "what causes knee cramps"
"""A question that the data surely cover; every start asks it."""

_RESPONSE = "utter_ask_causes"

DEGRADED_WARNING = "Something in the assistant is broken (see above); it runs, but cannot answer well."


class Readiness(Enum):
    """What a probe met."""

    SILENT = auto()
    """No answer: it is still starting, or has no model."""

    DEGRADED = auto()
    """An answer, but not the one that the question should get."""

    READY = auto()


def probe(address: str) -> Readiness:
    """Asks the REST channel at `address` a question whose answer is known.

    Args:
        address: of the channel's webhook.

    Returns:
        What the answer says of the assistant.
    """
    body = json.dumps({"sender": "start-up", "message": PROBE}).encode()
    request = urllib.request.Request(address, data=body, headers={"Content-Type": "application/json"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:  # noqa: S310
            answers = json.load(reply)
    except (OSError, ValueError):
        return Readiness.SILENT
    return assess_answers(answers)


def assess_answers(answers: Any) -> Readiness:
    """Compares what was answered to `PROBE` with what domain.yml has for it.

    Args:
        answers: parsed JSON; the REST channel sends a list of messages, each with its ``text``.

    Returns:
        SILENT for no message, READY where one begins as the expected response does, else DEGRADED.
    """
    if not isinstance(answers, list) or not answers:
        return Readiness.SILENT
    texts = [str(answer.get("text") or "") for answer in answers if isinstance(answer, dict)]
    is_expected = any(text.startswith(_expected_openings()) for text in texts)
    return Readiness.READY if is_expected else Readiness.DEGRADED


@cache
def _expected_openings() -> tuple[str, ...]:
    """Returns the first lines of the expected response, of each of its variants."""
    domain = yaml.load(
        (ROOT / "domain.yml").read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    )
    return tuple(str(variant["text"]).split("\n", 1)[0] for variant in domain["responses"][_RESPONSE])

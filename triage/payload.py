"""The payloads of our buttons: ``/ask_causes`` or ``/ask_causes{"answer_variant": "pregnancy"}``."""

import json
import re
from dataclasses import dataclass

from triage.contract import GENERAL, Slot

_PAYLOAD = re.compile(r"/([a-z_]+)\s*(\{.*\})?\s*", re.DOTALL)


@dataclass(frozen=True)
class Payload:
    """Where a button leads.

    Attributes:
        intent: its intent.
        variant: the answer variant, or ``general``.
    """

    intent: str
    variant: str = GENERAL

    def encode(self) -> str:
        """Returns the text that Rasa sends when the button is pressed."""
        if self.variant == GENERAL:
            return f"/{self.intent}"
        return f"/{self.intent}{json.dumps({Slot.ANSWER_VARIANT: self.variant})}"


def decode(text: str) -> Payload | None:
    """Returns where a payload leads; None for anything but an intent with an answer variant at most.

    No other slot can be set by typing a payload, so one that names another is none of ours.
    """
    found = _PAYLOAD.fullmatch(text)
    if found is None:
        return None
    intent, parameters = found.groups()
    if parameters is None:
        return Payload(intent)
    try:
        values = json.loads(parameters)
    except (ValueError, RecursionError):  # the latter by brackets nested too deep
        return None
    variant = values.get(Slot.ANSWER_VARIANT) if isinstance(values, dict) and len(values) == 1 else None
    return Payload(intent, variant) if isinstance(variant, str) else None

"""What the measurements of time share."""

import statistics
from collections.abc import Sequence

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
"""One conversation, over and over."""


def p95(times: Sequence[float]) -> float:
    """Returns the 95th percentile of two times or more."""
    return statistics.quantiles(times, n=20)[18]

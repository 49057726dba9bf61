"""Recognises a danger when everything else is down: plain phrases, the rule table, nothing more."""

from __future__ import annotations

import re
from functools import lru_cache

from nlu.text.limits import LONGEST_TEXT
from nlu.text.plain import plain_text
from triage.findings import vocabulary

_SHORTEST = 8
"""Letters; shorter patient phrases mean too much else to stand alone."""


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    patterns = []
    for finding in vocabulary().values():
        phrases = [plain_text(phrase) for phrase in finding.patient_phrases]
        usable = [re.escape(phrase) for phrase in phrases if len(phrase) >= _SHORTEST]
        if usable:
            patterns.append((finding.id, re.compile(rf"\b(?:{'|'.join(usable)})\b")))
    return tuple(patterns)


def findings_named(text: str) -> set[str]:
    """Returns the findings whose patient phrases stand in a message, denied or not: the careful reading."""
    plain = plain_text(text[: 2 * LONGEST_TEXT])
    return {finding for finding, pattern in _patterns() if pattern.search(plain)}

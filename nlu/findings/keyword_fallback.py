"""Recognises a danger when everything else is down: plain phrases, the rule table, nothing more."""

from __future__ import annotations

import re
from functools import lru_cache

from nlu.text.limits import LONGEST_TEXT
from nlu.text.plain import plain_text
from triage.findings import vocabulary

_MIN_LETTERS = 8
"""Shorter patient phrases mean too much else to stand alone."""


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    patterns = []
    for finding in vocabulary().values():
        phrases = [plain_text(phrase) for phrase in finding.patient_phrases]
        usable = [re.escape(phrase) for phrase in phrases if len(phrase) >= _MIN_LETTERS]
        if usable:
            patterns.append((finding.id, re.compile(rf"\b(?:{'|'.join(usable)})\b")))
    return tuple(patterns)


def findings_named(text: str) -> set[str]:
    """Returns the findings whose patient phrases stand in a message, denied or not: better a false alert than none.

    Args:
        text: the message; its first 4,000 characters are read.
    """
    plain = plain_text(text[: 2 * LONGEST_TEXT])
    return {finding for finding, pattern in _patterns() if pattern.search(plain)}

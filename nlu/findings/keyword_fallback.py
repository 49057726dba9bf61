"""Recognises a danger when everything else is down: plain phrases, the rule table, nothing more."""

from __future__ import annotations

import re
from functools import lru_cache

from triage.findings import vocabulary

_NOT_LETTERS = re.compile(r"[^a-z0-9 ]+")
_MIN_LETTERS = 8
"""Shorter patient phrases mean too much else to stand alone."""

_MAX_CHARACTERS = 4_000


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    patterns = []
    for finding in vocabulary().values():
        phrases = [_plain(phrase) for phrase in finding.patient_phrases]
        usable = [re.escape(phrase) for phrase in phrases if len(phrase) >= _MIN_LETTERS]
        if usable:
            patterns.append((finding.id, re.compile(rf"\b(?:{'|'.join(usable)})\b")))
    return tuple(patterns)


def _plain(text: str) -> str:
    text = text.lower().replace("’", "").replace("'", "")
    return " ".join(_NOT_LETTERS.sub(" ", text).split())


def findings_named(text: str) -> set[str]:
    """Returns the findings whose patient phrases stand in a message, denied or not: better a false alert than none.

    Args:
        text: the message; its first 4,000 characters are read.
    """
    plain = _plain(text[:_MAX_CHARACTERS])
    return {finding for finding, pattern in _patterns() if pattern.search(plain)}

"""Recognises a danger when everything else is down: plain phrases, the rule table, nothing more."""

from __future__ import annotations

import re
from functools import lru_cache

from triage.findings import vocabulary

_NOT_LETTERS = re.compile(r"[^a-z0-9 ]+")
_SHORTEST = 8
"""Letters; shorter patient phrases mean too much else to stand alone."""


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    patterns = []
    for finding in vocabulary().values():
        phrases = [_plain(phrase) for phrase in finding.patient_phrases]
        usable = [re.escape(phrase) for phrase in phrases if len(phrase) >= _SHORTEST]
        if usable:
            patterns.append((finding.id, re.compile(rf"\b(?:{'|'.join(usable)})\b")))
    return tuple(patterns)


def _plain(text: str) -> str:
    text = text.lower().replace("’", "").replace("'", "")
    return " ".join(_NOT_LETTERS.sub(" ", text).split())


def findings_named(text: str) -> set[str]:
    """Returns the findings whose patient phrases stand in a message, denied or not: the careful reading."""
    plain = _plain(text[:4_000])
    return {finding for finding, pattern in _patterns() if pattern.search(plain)}

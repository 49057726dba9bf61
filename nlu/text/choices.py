"""Which of the options shown last a message chooses by position: "2", "the second one", "both"."""

from __future__ import annotations

import re
from functools import lru_cache

from nlu.text.lexicon import LEXICON_FOLDER, read_lexicon, written_out
from nlu.text.plain import plain_text

_ALL = 0
"""In ``follow_ups.yml``, for "both" and the like; negative positions count from the last option."""


def chosen_positions(text: str, shown: int) -> list[int]:
    """Returns which of several options a message names by their positions, counted from 0.

    Args:
        text: the message.
        shown: how many options there were.
    """
    plain = plain_text(text)
    named = next((position for position, pattern in _patterns().items() if pattern.fullmatch(plain)), None)
    if named is None:
        return []
    if named == _ALL:
        return list(range(shown))
    index = named - 1 if named > 0 else shown + named
    return [index] if 0 <= index < shown else []


@lru_cache(maxsize=1)
def _patterns() -> dict[int, re.Pattern[str]]:
    """Returns what names each position of ``follow_ups.yml``."""
    lexicon = read_lexicon(LEXICON_FOLDER / "follow_ups.yml")
    return {
        int(position): re.compile(written_out(lexicon["choice_around"], {**lexicon["words"], "place": words}))
        for position, words in lexicon["choice"].items()
    }

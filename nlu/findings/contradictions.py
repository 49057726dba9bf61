"""What a message says against a finding that the language model alone sees in it."""

from __future__ import annotations

import re
from functools import lru_cache

from nlu.text.lexicon import LEXICON_FOLDER, read_lexicon, written_out
from nlu.text.plain import plain_text


@lru_cache(maxsize=1)
def contradictions() -> dict[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    """Returns, by finding, the patterns of what speaks against it and of what takes that back; read once."""
    lexicon = read_lexicon(LEXICON_FOLDER / "contradictions.yml")

    def any_of(patterns: list[str]) -> str:
        return written_out("|".join(patterns), lexicon["words"])

    return {
        finding: (re.compile(any_of(entry["against"])), re.compile(any_of(entry["unless"]), re.DOTALL))
        for finding, entry in lexicon["findings"].items()
    }


def spoken_against(finding: str, text: str) -> bool:
    """Tells whether the words of a message speak against a finding.

    Args:
        finding: its id.
        text: the message.

    Returns:
        True for the few findings whose opposite has words of its own ("it lasts a few seconds"), where these stand in
        the message and nothing beside them takes them back.
    """
    patterns = contradictions().get(finding)
    if patterns is None:
        return False
    against, unless = patterns
    plain = plain_text(text, apostrophe=" ", keeps_punctuation=True)
    return bool(against.search(plain)) and not unless.search(plain)

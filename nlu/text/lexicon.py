"""Reads the lexicons: words, phrases and patterns by which messages are understood, as data."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from triage.loading import TriageDataError, read_data

LEXICON_FOLDER = Path(__file__).parents[1] / "lexicon"

_NAME_IN_PATTERN = re.compile(r"\{([a-z_]+)\}")


def read_lexicon(path: Path) -> Any:
    """Returns the content of a lexicon file, every word as a string (``no`` and ``on`` are words here).

    Raises:
        TriageDataError: see `triage.loading.read_data`.
    """
    return read_data(path, only_strings=True)


@lru_cache(maxsize=16)
def _kept(file: str) -> Any:
    return read_lexicon(LEXICON_FOLDER / file)


@lru_cache(maxsize=64)
def word_group(file: str, group: str) -> frozenset[str]:
    """Returns a group of words of a lexicon file, which is read once.

    Args:
        file: name of a file in `LEXICON_FOLDER`, such as ``negation.yml``.
        group: name of the list in it.
    """
    return frozenset(_kept(file)[group])


@lru_cache(maxsize=8)
def word_values(file: str, group: str) -> Mapping[str, float]:
    """Returns the numbers that words stand for, by word; the file is read once.

    Args:
        file: name of a file in `LEXICON_FOLDER`, such as ``numbers.yml``.
        group: name of the mapping in it.
    """
    return {word: float(value) for word, value in _kept(file)[group].items()}


def written_out(pattern: str, words: Mapping[str, Sequence[str]]) -> str:
    """Returns a lexicon's pattern with each ``{name}`` in it written out as any of the words of that name.

    Raises:
        TriageDataError: `words` has no such name.
    """

    def any_of(name: re.Match[str]) -> str:
        if name[1] not in words:
            raise TriageDataError(f"Pattern {pattern!r} of a lexicon names {name[0]}; add {name[1]} to its words.")
        return f"(?:{'|'.join(written_out(word, words) for word in words[name[1]])})"

    return _NAME_IN_PATTERN.sub(any_of, pattern)

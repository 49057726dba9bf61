"""Chat text into tokens, normalised as the lexicons are written, each with its offsets in the original."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from nlu.text.lexicon import LEXICON_FOLDER, read_lexicon
from nlu.text.plain import APOSTROPHES
from nlu.text.spelling import SpellingIndex

SENTENCE_ENDS = frozenset({".", "!", "?", "\n", ";", "…"})

_RAW_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)*|[.!?;,:()\n/…-]")
_CONTRACTED_WITH_IS = frozenset("it he she that what there who here where how let when one this".split())  # noqa: SIM905
_LETTERS_AND_SPACES = re.compile(r"[a-z ]+")
_REPEATED_LETTERS = re.compile(r"(.)\1{2,}")


@dataclass(frozen=True)
class Token:
    """A word or punctuation mark of a message.

    Attributes:
        norm: lower case, without apostrophes, short forms written out.
        start: offset of its first character in the message.
        end: offset after its last character.
    """

    norm: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """Splits a text into tokens.

    Returns:
        Tokens in order. A short form that stands for several words ("wanna") becomes several tokens with the same
        offsets.
    """
    tokens: list[Token] = []
    for raw in _RAW_TOKEN.finditer(text.translate(APOSTROPHES)):
        norm = _without_apostrophes(raw.group().lower())
        tokens.extend(Token(part, raw.start(), raw.end()) for part in _written_out(norm))
    return tokens


def correct(tokens: Sequence[Token], spelling: SpellingIndex) -> list[Token]:
    """Corrects the spelling of tokens towards the words of a lexicon.

    Args:
        tokens: of a message.
        spelling: the index of the lexicon's words.

    Returns:
        The tokens, the corrected ones new. A correction that stands for several words becomes several tokens.
    """
    corrected: list[Token] = []
    for token in tokens:
        norm = spelling.correct(_REPEATED_LETTERS.sub(r"\1\1", token.norm)) if token.norm.isalpha() else token.norm
        if norm == token.norm:
            corrected.append(token)
        else:
            corrected.extend(Token(part, token.start, token.end) for part in _written_out(norm))
    return corrected


def lexicon_norms(phrase: str) -> list[str]:
    """Returns the words of a lexicon phrase, normalised as `tokenize` does."""
    if _LETTERS_AND_SPACES.fullmatch(phrase):
        return [part for word in phrase.split() for part in _written_out(word)]
    return [token.norm for token in tokenize(phrase)]


def whole_characters(text: str) -> str:
    """Returns a text with halves of characters replaced, which no text may hold: an emoji that was cut in two."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@lru_cache(maxsize=1)
def _replacements() -> dict[str, list[str]]:
    data = read_lexicon(LEXICON_FOLDER / "spelling.yml")
    replacements = {**data["misspellings"], **data["short_forms"]}
    return {key.replace("'", ""): words.split() for key, words in replacements.items()}


def _written_out(norm: str) -> list[str]:
    """Returns the words that a common misspelling or short form stands for."""
    return _replacements().get(norm) or norm.split()


def _without_apostrophes(norm: str) -> str:
    """Drops a genitive ("knee's" is about the knee) and writes contractions in one ("it's" is its)."""
    base, mark, ending = norm.rpartition("'")
    if mark and ending == "s" and base not in _CONTRACTED_WITH_IS:
        norm = base
    return norm.replace("'", "")

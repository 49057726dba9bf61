"""Chat text into words: one form per word, with the place of each in the original."""

import re
from dataclasses import dataclass
from functools import lru_cache

from nlu.text.lexicon import LEXICON_FOLDER, read_lexicon
from nlu.text.spelling import SpellingIndex

_PIECE = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)*|[.!?;,:()\n/…-]")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'"})
_CONTRACTED_WITH_IS = frozenset("it he she that what there who here where how let when one this".split())  # noqa: SIM905
_PLAIN = re.compile(r"[a-z ]+")
SENTENCE_ENDS = frozenset({".", "!", "?", "\n", ";", "…"})
_STRETCHED = re.compile(r"(.)\1{2,}")


@dataclass(frozen=True)
class Word:
    """A word or punctuation mark of a message.

    Attributes:
        form: lower case, without apostrophes, short forms written out, spelling mended.
        start: offset of its first character in the message.
        end: offset after its last character.
    """

    form: str
    start: int
    end: int


def whole_characters(text: str) -> str:
    """Returns a text with halves of characters replaced, which no text may hold: an emoji that was cut in two."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@lru_cache(maxsize=1)
def _replacements() -> dict[str, str]:
    data = read_lexicon(LEXICON_FOLDER / "spelling.yml")
    return {str(k).replace("'", ""): str(v) for k, v in {**data["misspellings"], **data["short_forms"]}.items()}


def _without_apostrophes(form: str) -> str:
    """Drops a genitive ("knee's" is about the knee) and writes contractions in one ("it's" is its)."""
    base, mark, ending = form.rpartition("'")
    if mark and ending == "s" and base not in _CONTRACTED_WITH_IS:
        form = base
    return form.replace("'", "")


def lexicon_forms(phrase: str) -> list[str]:
    """Returns the words of a lexicon phrase in the form that `split_words` gives them, without mending."""
    if _PLAIN.fullmatch(phrase):
        return " ".join(_replacements().get(word, word) for word in phrase.split()).split()
    return [word.form for word in split_words(phrase)]


def split_words(text: str, spelling: SpellingIndex | None = None) -> list[Word]:
    """Splits a message into words in the form that lexicons are written in.

    Args:
        text: the message, as typed.
        spelling: mends slips towards the lexicons' own words; None leaves them.

    Returns:
        Words in order. A short form that stands for several words ("wanna") yields several
        words with the same place.
    """
    words: list[Word] = []
    for form, start, end in _pieces(text):
        if spelling is not None and form.isalpha():
            form = spelling.mend(_STRETCHED.sub(r"\1\1", form))
            form = _replacements().get(form, form)
        words.extend(Word(part, start, end) for part in form.split())
    return words


@lru_cache(maxsize=4)
def _pieces(text: str) -> tuple[tuple[str, int, int], ...]:
    """Returns form, start and end of each piece of a message, before mending: several readers split the same one."""
    pieces = []
    for piece in _PIECE.finditer(text.translate(_APOSTROPHES)):
        form = _without_apostrophes(piece.group().lower())
        pieces.append((_replacements().get(form, form), piece.start(), piece.end()))
    return tuple(pieces)

"""Mends slips of spelling towards the words that the lexicons know."""

from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from symspellpy import SymSpell, Verbosity

_COMMON_WORDS = 45_000
"""How many of the most frequent English words count as meant when typed; rarer ones may be mended."""


@lru_cache(maxsize=1)
def common_english_words() -> frozenset[str]:
    """Returns the most frequent English words, lower case (symspellpy's frequency dictionary)."""
    dictionary = files("symspellpy") / "frequency_dictionary_en_82_765.txt"
    lines = dictionary.read_text(encoding="utf-8-sig").splitlines()[:_COMMON_WORDS]
    return frozenset(line.split(" ", 1)[0] for line in lines)


class SpellingIndex:
    """Finds the lexicon word that a mistyped word was meant to be."""

    def __init__(self, lexicon_words: Iterable[str]) -> None:
        """Indexes `lexicon_words` (lower case, letters only; others are ignored)."""
        self._own = frozenset(word for word in lexicon_words if word.isalpha() and len(word) > 3)
        self._index = SymSpell(max_dictionary_edit_distance=2, prefix_length=7)
        for word in self._own:
            self._index.create_dictionary_entry(word, 1)

    def mend(self, word: str) -> str:
        """Returns the lexicon word nearest to `word`, or `word` itself.

        Words of up to three letters, lexicon words and common English words stay as they are.
        One slip is forgiven in words of four to six letters, two in longer ones; the first
        letter must agree, for people seldom mistype it and it halves false mends.
        """
        if len(word) < 4 or word in self._own or word in common_english_words():
            return word
        return self._nearest(word)

    @lru_cache(maxsize=4096)  # noqa: B019 - one index lives as long as the process
    def _nearest(self, word: str) -> str:
        slips = 1 if len(word) < 7 else 2
        for suggestion in self._index.lookup(word, Verbosity.CLOSEST, max_edit_distance=slips):
            if suggestion.term[0] == word[0]:
                return suggestion.term
        return word

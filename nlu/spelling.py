"""Mends slips of spelling towards the words that the lexicons know."""

from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from jellyfish import jaro_similarity, metaphone
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
        """Indexes `lexicon_words` (lower case, letters only; others are ignored).

        Only words that are common English answer for their sound: brand names sound like too much.
        """
        self._known = frozenset(lexicon_words)
        self._own = frozenset(word for word in self._known if word.isalpha() and len(word) > 3)
        self._index = SymSpell(max_dictionary_edit_distance=2, prefix_length=7)
        for word in sorted(self._own):  # in one order, so that a tie between two mends falls alike in every process
            self._index.create_dictionary_entry(word, 1)
        self._by_sound: dict[str, list[str]] = {}
        for word in sorted(self._own & common_english_words()):
            self._by_sound.setdefault(metaphone(word), []).append(word)

    def mend(self, word: str) -> str:
        """Returns the lexicon word nearest to `word`, or `word` itself.

        Words of up to three letters, lexicon words and common English words stay as they are.
        One slip is forgiven in words of four to six letters, two in longer ones; the first
        letter must agree, for people seldom mistype it and it halves false mends. What is still
        unknown becomes the lexicon word that sounds the same.
        """
        if len(word) < 3 or word in self._known or word in common_english_words():
            return word
        return self._nearest(word)

    @lru_cache(maxsize=4096)  # noqa: B019 - one index lives as long as the process
    def _nearest(self, word: str) -> str:
        slips = 0 if len(word) < 4 else 1 if len(word) < 7 else 2
        for suggestion in self._index.lookup(word, Verbosity.CLOSEST, max_edit_distance=slips):
            if suggestion.term[0] == word[0]:
                return suggestion.term
        return self._sounding_alike(word)

    def _sounding_alike(self, word: str) -> str:
        """Returns the lexicon word that sounds like `word` and is spelt most like it ("lokd": locked)."""
        alike = self._by_sound.get(metaphone(word), ())
        return max(alike, key=lambda own: jaro_similarity(own, word), default=word)

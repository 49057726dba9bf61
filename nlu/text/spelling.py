"""Mends slips of spelling towards the words that the lexicons know."""

from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from jellyfish import jaro_similarity, metaphone
from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

_COMMON_WORDS = 45_000
"""How many of the most frequent English words count as meant when typed; rarer ones may be mended."""

_MOST_SLIPS = 2
_COMPARED = 7
"""Letters from the start by which equally near words are put in order."""


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
        own = sorted(word for word in self._known if word.isalpha() and len(word) > 3)
        self._by_length: dict[int, list[str]] = {}
        for word in own:  # in one order, so that a tie between two mends falls alike in every process
            self._by_length.setdefault(len(word), []).append(word)
        self._by_sound: dict[str, list[str]] = {}
        for word in own:
            if word in common_english_words():
                self._by_sound.setdefault(metaphone(word), []).append(word)

    def mend(self, word: str) -> str:
        """Returns the lexicon word nearest to `word`, or `word` itself.

        Words of up to two letters, lexicon words and common English words stay as they are. Of three letters only the
        sound counts. One slip is forgiven in words of four to six letters, two in longer ones; the first
        letter must agree, for people seldom mistype it and it halves false mends. What is still
        unknown becomes the lexicon word that sounds the same.
        """
        if len(word) < 3 or word in self._known or word in common_english_words():
            return word
        return self._nearest(word)

    @lru_cache(maxsize=4096)  # noqa: B019 - one index lives as long as the process
    def _nearest(self, word: str) -> str:
        slips = 0 if len(word) < 4 else 1 if len(word) < 7 else _MOST_SLIPS
        found: list[tuple[str, float]] = []
        for length in range(len(word) - slips, len(word) + slips + 1) if slips else ():
            alike = extract(word, self._by_length.get(length, ()), scorer=OSA.distance, score_cutoff=slips, limit=None)
            found += [(own, distance) for own, distance, _ in alike]
        least = min((distance for _, distance in found), default=0)
        nearest = [own for own, distance in found if distance == least and own[0] == word[0]]
        if len(nearest) > 1:
            nearest.sort(key=lambda own: (_first_shared(word, own), own))
        return nearest[0] if nearest else self._sounding_alike(word)

    def _sounding_alike(self, word: str) -> str:
        """Returns the lexicon word that sounds like `word` and is spelt most like it ("lokd": locked)."""
        alike = self._by_sound.get(metaphone(word), ())
        return max(alike, key=lambda own: jaro_similarity(own, word), default=word)


def _first_shared(word: str, own: str) -> int:
    """Returns how many beginnings with letters left out come before the first that `word` shares with `own`.

    So a letter that was not typed weighs less than one that was typed wrongly or too often, and an early slip less than
    a late one.
    """
    shared = set(_shortened(own[:_COMPARED]))
    shortened = _shortened(word[:_COMPARED])
    return next((number for number, form in enumerate(shortened) if form in shared), len(shortened))


def _shortened(form: str) -> list[str]:
    """Returns a form, then it with one letter left out, then with two, each once, earlier letters first."""
    forms = [form]
    for first in forms:
        if len(form) - len(first) < _MOST_SLIPS:
            forms += [
                shorter
                for shorter in dict.fromkeys(first[:place] + first[place + 1 :] for place in range(len(first)))
                if shorter not in forms
            ]
    return forms

"""Corrects spelling towards the words that the lexicons know."""

from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from jellyfish import jaro_similarity, metaphone
from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

_COMMON_WORDS = 45_000
"""How many of the most frequent English words count as meant when typed; rarer ones may be corrected."""

_MOST_EDITS = 2
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

        Only words that are common English can be a phonetic match: brand names sound like too much.
        """
        self._lexicon_words = frozenset(lexicon_words)
        targets = sorted(word for word in self._lexicon_words if word.isalpha() and len(word) > 3)
        self._by_length: dict[int, list[str]] = {}
        for word in targets:  # in one order, so that a tie between two corrections falls alike in every process
            self._by_length.setdefault(len(word), []).append(word)
        self._by_metaphone: dict[str, list[str]] = {}
        for word in targets:
            if word in common_english_words():
                self._by_metaphone.setdefault(metaphone(word), []).append(word)

    def correct(self, word: str) -> str:
        """Returns the lexicon word nearest to `word`, or `word` itself.

        Words of up to two letters, lexicon words and common English words stay as they are. Of three letters only the
        sound counts. One edit (a letter more, less or wrong, or two exchanged) is allowed in words of four to six
        letters, two in longer ones; the first letter must agree, for people seldom mistype it and it halves false
        corrections. What is still unknown becomes the lexicon word that sounds the same.
        """
        if len(word) < 3 or word in self._lexicon_words or word in common_english_words():
            return word
        return self._nearest(word)

    @lru_cache(maxsize=4096)  # noqa: B019 - one index lives as long as the process
    def _nearest(self, word: str) -> str:
        edits = 0 if len(word) < 4 else 1 if len(word) < 7 else _MOST_EDITS
        found: list[tuple[str, float]] = []
        for length in range(len(word) - edits, len(word) + edits + 1) if edits else ():
            alike = extract(word, self._by_length.get(length, ()), scorer=OSA.distance, score_cutoff=edits, limit=None)
            found += [(target, distance) for target, distance, _ in alike]
        least = min((distance for _, distance in found), default=0)
        nearest = [target for target, distance in found if distance == least and target[0] == word[0]]
        if len(nearest) > 1:
            nearest.sort(key=lambda target: (_deletions_before_match(word, target), target))
        return nearest[0] if nearest else self._phonetic_match(word)

    def _phonetic_match(self, word: str) -> str:
        """Returns the lexicon word that sounds like `word` and is spelt most like it ("lokd": locked)."""
        alike = self._by_metaphone.get(metaphone(word), ())
        return max(alike, key=lambda target: jaro_similarity(target, word), default=word)


def _deletions_before_match(word: str, target: str) -> int:
    """Returns how many beginnings with letters left out come before the first that `word` shares with `target`.

    So a letter that was not typed weighs less than one that was typed wrongly or too often, and an early edit less than
    a late one.
    """
    of_target = set(_with_deletions(target[:_COMPARED]))
    of_word = _with_deletions(word[:_COMPARED])
    return next((number for number, variant in enumerate(of_word) if variant in of_target), len(of_word))


def _with_deletions(word: str) -> list[str]:
    """Returns a word, then it with one letter left out, then with two, each once, earlier letters first."""
    variants = [word]
    for variant in variants:
        if len(word) - len(variant) < _MOST_EDITS:
            shorter = [variant[:place] + variant[place + 1 :] for place in range(len(variant))]
            variants += [new for new in dict.fromkeys(shorter) if new not in variants]
    return variants

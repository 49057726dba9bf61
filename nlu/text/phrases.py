"""Finds fixed phrases among the words of a message.

A dictionary by the words themselves: thousands of phrases are ready at once, where spaCy's PhraseMatcher makes a
document of each, and a message of thirty words asks it some sixty times.
"""

from collections.abc import Iterable, Iterator, Sequence


class PhraseIndex:
    """Phrases with the names of what they stand for."""

    def __init__(self, phrases: Iterable[tuple[str, Sequence[str]]] = ()) -> None:
        """Indexes phrases.

        Args:
            phrases: pairs of a name and the words of a phrase, normalised as `nlu.text.tokens.tokenize` does; a phrase
                without words is passed over.
        """
        self._names: dict[tuple[str, ...], list[str]] = {}
        self._longest: dict[str, int] = {}
        for name, words in phrases:
            self.add(name, words)

    def add(self, name: str, words: Sequence[str]) -> None:
        """Adds one phrase for `name`."""
        if words:
            names = self._names.setdefault(tuple(words), [])
            if name not in names:
                names.append(name)
            self._longest[words[0]] = max(len(words), self._longest.get(words[0], 0))

    def find(self, norms: Sequence[str]) -> Iterator[tuple[str, int, int]]:
        """Yields each phrase that stands among `norms`: name, position of its first word, position after its last.

        They come in order of their first words, shorter ones first; phrases may overlap.
        """
        for start, norm in enumerate(norms):
            for end in range(start + 1, min(len(norms), start + self._longest.get(norm, 0)) + 1):
                for name in self._names.get(tuple(norms[start:end]), ()):
                    yield name, start, end

"""Makes clean messages look as people type them: phonetic and keyboard typos, run together, without punctuation."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from nlu.training.corpus import LabelledMessage

JOINED = 0.35
"""Probability that a message is run together with another."""

MISSPELT = 0.4
UNPUNCTUATED = 0.3
LOWER_CASE = 0.5
UPPER_CASE = 0.05
"""Probability, where it is not in lower case."""

_PHONETIC = [
    ("ph", "f"), ("th", "f"), ("th", "d"), ("th", "t"), ("tion", "shun"), ("ight", "ite"), ("ough", "uff"),
    ("ould", "ud"), ("ck", "k"), ("kn", "n"), ("wr", "r"), ("wh", "w"), ("ee", "ea"), ("ea", "ee"), ("ie", "ei"),
    ("ou", "ow"), ("oo", "u"), ("ai", "ay"), ("ay", "ai"), ("ce", "se"), ("ci", "si"), ("c", "k"), ("k", "c"),
    ("q", "kw"), ("x", "ks"), ("y", "i"), ("ey", "y"), ("er", "a"), ("or", "er"), ("ar", "er"), ("al", "ul"),
    ("le", "el"), ("ing", "in"), ("ed", "d"), ("ed", "t"), ("mb", "m"), ("lf", "f"), ("alk", "ork"), ("au", "or"),
    ("a", "e"), ("e", "a"), ("i", "e"), ("o", "u"), ("u", "o"), ("e", "i"), ("s", "z"), ("z", "s"), ("v", "f"),
    ("ur", "er"), ("ir", "er"), ("ow", "ou"), ("ss", "s"), ("ll", "l"), ("tt", "t"), ("pp", "p"), ("h", ""),
    ("ge", "j"), ("dge", "j"), ("tch", "ch"), ("ea", "e"), ("ou", "oo"), ("oa", "o"), ("igh", "y"), ("re", "er"),
]  # fmt: skip
_SHORT_FORMS = {
    "you": "u", "are": "r", "to": "2", "for": "4", "before": "b4", "because": "cuz", "and": "n", "the": "da",
    "my": "me", "what": "wot", "was": "woz", "have": "av", "with": "wiv", "think": "fink", "can't": "carnt",
    "cant": "carnt", "please": "plz", "weak": "week", "knee": "nee", "calf": "carf", "right": "rite", "know": "no",
    "your": "ur", "his": "is", "her": "er", "feel": "feal", "through": "thru", "though": "tho", "something": "sumthin",
    "nothing": "nuffin", "really": "rly", "about": "bout", "been": "bin", "don't": "dnt", "since": "sins",
    "walk": "wok", "talk": "tork", "breathe": "breeth", "breath": "bref", "numb": "num", "chest": "chist",
    "blood": "blud", "swollen": "swolen", "urine": "urin", "water": "warter", "tongue": "tung", "heart": "hart",
    "half": "arf", "all": "orl", "ankle": "ankul", "muscle": "mussel", "tired": "tierd", "tight": "tite",
}  # fmt: skip
_ADJACENT_KEYS = {
    "a": "sqz", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk",
    "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "w", "r": "et", "s": "ad", "t": "ry",
    "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x",
}  # fmt: skip
_JOINTS = ("", "", "and", "also", "but", "so", "oh and", "plus", "anyway", ",", ".", "then", "btw")
_PUNCTUATION = re.compile(r"[.,!?;:'’\"()…-]")


class Augmenter:
    """Varies messages, by a random generator of its own."""

    def __init__(self, seed: int) -> None:
        """Starts the generator from `seed`, so that a training run can be repeated."""
        self._random = random.Random(seed)  # noqa: S311

    def vary(self, message: LabelledMessage, others: Sequence[LabelledMessage]) -> LabelledMessage:
        """Returns the message as somebody else might have typed it, maybe run together with one of `others`."""
        draw = self._random.random
        if draw() < JOINED:
            message = self._join(message, self._random.choice(others))
        words, labels = list(message.words), list(message.labels)
        if draw() < MISSPELT:
            share = self._random.uniform(0.08, 0.5)
            words = [self.misspell(word) if draw() < share else word for word in words]
        if draw() < UNPUNCTUATED:
            words = [_PUNCTUATION.sub("", word) or word for word in words]
        if draw() < LOWER_CASE:
            words = [word.lower() for word in words]
        elif draw() < UPPER_CASE:
            words = [word.upper() for word in words]
        return LabelledMessage(tuple(words), tuple(labels), message.is_ordinary)

    def _join(self, first: LabelledMessage, second: LabelledMessage) -> LabelledMessage:
        if self._random.random() < 0.5:
            first, second = second, first
        joint = self._random.choice(_JOINTS).split()
        return LabelledMessage(
            (*first.words, *joint, *second.words),
            (*first.labels, *(frozenset() for _ in joint), *second.labels),
            first.is_ordinary or second.is_ordinary,
        )

    def misspell(self, word: str) -> str:
        """Returns one word with one to three typos, or as it is where it is too short or a number."""
        core = word.lower()
        bare = _PUNCTUATION.sub("", core) if "'" not in core else core.strip(".,!?")
        if bare in _SHORT_FORMS and self._random.random() < 0.6:
            return core.replace(bare, _SHORT_FORMS[bare]) if bare in core else _SHORT_FORMS[bare]
        if len(core) < 4 or any(char.isdigit() for char in core):
            return word
        for _ in range(self._random.choice((1, 1, 1, 2, 2, 3))):
            core = self._phonetic_typo(core) if self._random.random() < 0.6 else self._keyboard_typo(core)
        return core

    def _phonetic_typo(self, word: str) -> str:
        fitting = [pair for pair in _PHONETIC if pair[0] in word]
        if not fitting:
            return word
        written, heard = self._random.choice(fitting)
        starts = [found.start() for found in re.finditer(re.escape(written), word)]
        start = self._random.choice(starts)
        return word[:start] + heard + word[start + len(written) :]

    def _keyboard_typo(self, word: str) -> str:
        if len(word) < 3:
            return word
        at = self._random.randrange(1, len(word) - 1)
        before, letter, after = word[:at], word[at], word[at + 1 :]
        kind = self._random.choice(("left out", "swapped", "doubled", "key beside"))
        if kind == "left out":
            return before + after
        if kind == "swapped":
            return before + after[0] + letter + after[1:]
        if kind == "doubled":
            return before + letter + letter + after
        return before + self._random.choice(_ADJACENT_KEYS.get(letter, letter)) + after

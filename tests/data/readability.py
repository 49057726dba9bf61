"""The Flesch-Kincaid grade of a text: the years of school that it takes to read it.

Kincaid and others, 1975: 0.39 words a sentence + 11.8 syllables a word - 15.59. Syllables are counted by rule, which is
off by one for about one word in ten, in both directions; the packages that count them by dictionary are under the GPL.
"""

import re

_SENTENCE_END = re.compile(r"[.!?:]+(?:\s|$)|\n+")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+(?:[.,]\d+)*")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT_END = re.compile(r"(?<=[^aeiouyl])e$|(?<=[aeiouy]l)e$|(?<=[^aeiouytd])ed$|(?<=[^aeiouyscxzg])(?<![cs]h)es$")
_TWO_IN_A_ROW = re.compile(r"i[ao](?!us|n)|[^gqtcs]ua|eo(?!u)|[aeouy]ing|ui(?=d)|ie(?=t)|[^aeiouyt]led$|[^aeiouyl]les$")


def syllables(word: str) -> int:
    """Returns the number of syllables of an English word; a number in figures counts as one."""
    form = re.sub(r"['’]", "", word.lower())
    count = sum(
        len(_VOWELS.findall(_SILENT_END.sub("", part))) + len(_TWO_IN_A_ROW.findall(part)) for part in form.split("-")
    )
    return max(1, count)


def flesch_kincaid_grade(text: str) -> float:
    """Returns the school grade of a text.

    Raises:
        ValueError: there is no word in it.
    """
    sentences = [words for part in _SENTENCE_END.split(text) if (words := _WORD.findall(part))]
    words = [word for sentence in sentences for word in sentence]
    if not words:
        raise ValueError("There is no word in the text.")
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59

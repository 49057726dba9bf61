"""Numbers in a message, in digits or words, and which of them are ages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nlu.text.lexicon import word_group, word_values


@dataclass(frozen=True)
class Number:
    """A number in a message.

    Attributes:
        value: what it is ("a couple": 2, "thirty eight point five": 38.5).
        start: position of its first token.
        end: position after its last token.
        is_age: whether it is said to be somebody's age in years.
    """

    value: float
    start: int
    end: int
    is_age: bool


def find_numbers(norms: Sequence[str]) -> list[Number]:
    """Returns the numbers of a message in their order.

    Args:
        norms: the message's tokens, normalised.
    """
    numbers = []
    position = 0
    while position < len(norms):
        value, end = _number_at(norms, position)
        if value is not None:
            numbers.append(Number(value, position, end, _is_age(norms, value, position, end)))
        position = end
    return numbers


def _number_at(norms: Sequence[str], position: int) -> tuple[float | None, int]:
    """Returns the value of the number that begins at a position, None where none does, and the position after it."""
    ones, tens = word_values("numbers.yml", "ones"), word_values("numbers.yml", "tens")
    norm, after = norms[position], _at(norms, position + 1)
    value: float | None = None
    end = position + 1
    if norm[0].isdigit():
        value = _digits(norm)
    elif norm in tens:
        value = tens[norm]
        if 0 < ones.get(after, 0) < 10 and after not in {"a", "an", "few", "couple", "half"}:
            value, end = value + ones[after], position + 2
    elif norm in {"hundred", "ton"}:
        value, end = _hundred_and(norms, position)
    elif norm in ones:
        value = ones[norm]
    if value is not None and _at(norms, end) == "point" and _at(norms, end + 1) in ones:
        value, end = value + ones[norms[end + 1]] / 10, end + 2
    return value, end


def _at(norms: Sequence[str], position: int) -> str:
    """Returns the token at a position, an empty text outside of the message."""
    return norms[position] if 0 <= position < len(norms) else ""


def _digits(norm: str) -> float | None:
    try:
        return float(norm.replace(",", "."))
    except ValueError:
        return None


def _hundred_and(norms: Sequence[str], position: int) -> tuple[float, int]:
    ones, end = word_values("numbers.yml", "ones"), position + 1
    if _at(norms, end) == "and":
        end += 1
    if _at(norms, end) in ones:
        return 100 + ones[norms[end]], end + 1
    return 100, position + 1


def _is_age(norms: Sequence[str], value: float, start: int, end: int) -> bool:
    if value != int(value) or not 0 < value < 110:
        return False
    before, before_that, after = _at(norms, start - 1), _at(norms, start - 2), _at(norms, end)
    if after in {"yo", "yold"} or (after in word_group("numbers.yml", "age_after") and "old" in norms[end : end + 3]):
        return True
    said_as_age = (
        before in {"aged", "age", "turned", "im", "shes", "hes"}
        or (before_that, before) == ("i", "am")
        or after in {"here", "m", "f", "male", "female"}
    )
    return said_as_age and after not in word_group("numbers.yml", "not_an_age") and value >= 16

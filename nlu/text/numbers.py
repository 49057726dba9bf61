"""Numbers in a message, in digits or words, and which of them are ages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_ONES = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "couple": 2, "few": 3, "several": 4, "half": 0.5,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
_AGE_AFTER = {"year", "years", "yr", "yo", "y"}
_NOT_AN_AGE = {
    "kg",
    "kilos",
    "stone",
    "lbs",
    "pounds",
    "minutes",
    "hours",
    "days",
    "weeks",
    "months",
    "miles",
    "km",
    "st",
    "mg",
    "percent",
    "degrees",
    "on",
    "off",
}


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
    norm, after = norms[position], _at(norms, position + 1)
    value: float | None = None
    end = position + 1
    if norm[0].isdigit():
        value = _digits(norm)
    elif norm in _TENS:
        value = _TENS[norm]
        if 0 < _ONES.get(after, 0) < 10 and after not in {"a", "an", "few", "couple", "half"}:
            value, end = value + _ONES[after], position + 2
    elif norm in {"hundred", "ton"}:
        value, end = _hundred_and(norms, position)
    elif norm in _ONES:
        value = _ONES[norm]
    if value is not None and _at(norms, end) == "point" and _at(norms, end + 1) in _ONES:
        value, end = value + _ONES[norms[end + 1]] / 10, end + 2
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
    end = position + 1
    if _at(norms, end) == "and":
        end += 1
    if _at(norms, end) in _ONES:
        return 100 + _ONES[norms[end]], end + 1
    return 100, position + 1


def _is_age(norms: Sequence[str], value: float, start: int, end: int) -> bool:
    if value != int(value) or not 0 < value < 110:
        return False
    before, before_that, after = _at(norms, start - 1), _at(norms, start - 2), _at(norms, end)
    if after in {"yo", "yold"} or (after in _AGE_AFTER and "old" in norms[end : end + 3]):
        return True
    said_as_age = (
        before in {"aged", "age", "turned", "im", "shes", "hes"}
        or (before_that, before) == ("i", "am")
        or after in {"here", "m", "f", "male", "female"}
    )
    return said_as_age and after not in _NOT_AN_AGE and value >= 16

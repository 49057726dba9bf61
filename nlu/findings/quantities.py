"""Findings that lie in numbers: temperatures, how long it has lasted, ages.

Limits come from the rule table (``rules.yml``, thresholds).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from nlu.findings.mention import Mention
from nlu.text.tokens import Word
from triage.data_files import read_yaml

QUANTITY = "quantity"
"""The source of a mention that rests on a number."""

_UNITS_IN_MINUTES = {
    "minute": 1, "minutes": 1, "hour": 60, "hours": 60, "day": 1440, "days": 1440, "night": 1440, "nights": 1440,
    "week": 10_080, "weeks": 10_080, "fortnight": 20_160, "month": 43_200, "months": 43_200,
    "year": 525_600, "years": 525_600,
}  # fmt: skip
_ONES = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "couple": 2, "few": 3, "several": 4, "half": 0.5,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
_HEAT_WORDS = {
    "temperature",
    "fever",
    "feverish",
    "degrees",
    "degree",
    "celsius",
    "thermometer",
    "fahrenheit",
    "c",
    "f",
    "calpol",
    "febrile",
}
_WEATHER_WORDS = {"outside", "outdoors", "weather", "forecast", "shade", "sunny", "oven", "aircon", "ac"}
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
_LASTING_BEFORE = {
    "for",
    "lasted",
    "lasting",
    "lasts",
    "last",
    "past",
    "been",
    "over",
    "nearly",
    "almost",
    "about",
    "than",
    "another",
    "solid",
    "of",
    "good",
    "after",
    "still",
    "around",
    "roughly",
    "approx",
}
_LASTING_AFTER = {
    "now",
    "straight",
    "solid",
    "nonstop",
    "non",
    "and",
    "still",
    "already",
    "without",
    "running",
    "so",
    "later",
    "in",
}
_ONSET = {"started", "began", "begun", "onset", "since", "starting", "kicked"}
_NOT_HOW_LONG = {
    "every",
    "each",
    "in",
    "within",
    "next",
    "only",
    "per",
    "took",
    "under",
    "till",
    "until",
    "walked",
    "walk",
    "ran",
    "run",
    "drive",
    "drove",
    "stretched",
    "wait",
    "waited",
}
_ABOUT_SOMETHING_ELSE_AFTER = {
    "pregnant",
    "old",
    "post",
    "after",
    "postpartum",
    "ago",
    "pg",
    "gone",
    "off",
    "holiday",
    "apart",
    "preggo",
    "along",
    "to",
    "away",
    "later",
    "time",
}


@dataclass(frozen=True)
class _Number:
    value: float
    start: int
    end: int


@lru_cache(maxsize=1)
def _limits() -> dict[str, float]:
    return read_yaml("rules.yml")["meta"]["thresholds"]


def quantity_mentions(words: Sequence[Word], mentioned: set[str]) -> list[Mention]:
    """Returns mentions that rest on a number.

    Args:
        words: the message, split.
        mentioned: findings that the lexicon matcher found in it; how long something lasted counts
            only where a spasm or a seizure is spoken of.
    """
    forms = [word.form for word in words]
    found = []
    for number in _numbers(forms):
        for finding in (*_temperature(forms, number), *_age(forms, number), *_duration(forms, number, mentioned)):
            own = frozenset(range(number.start, number.end))
            span = (number.start, number.end)
            found.append(Mention(finding, *span, (span,), own, QUANTITY))
    return found


def stated_ages(words: Sequence[Word]) -> list[tuple[int, int, float]]:
    """Returns the ages that a message names, as positions of first word and after the last, and years."""
    forms = [word.form for word in words]
    return [(number.start, number.end, number.value) for number in _numbers(forms) if _is_age(forms, number)]


def _numbers(forms: Sequence[str]) -> Iterator[_Number]:
    position = 0
    while position < len(forms):
        form, after = forms[position], forms[position + 1] if position + 1 < len(forms) else ""
        value: float | None = None
        end = position + 1
        if form[0].isdigit():
            value = _digits(form)
        elif form in _TENS:
            value = _TENS[form]
            if 0 < _ONES.get(after, 0) < 10 and after not in {"a", "an", "few", "couple", "half"}:
                value, end = value + _ONES[after], position + 2
        elif form in {"hundred", "ton"}:
            value, end = _after_hundred(forms, position)
        elif form in _ONES:
            value = _ONES[form]
        if value is not None:
            if end < len(forms) and forms[end] == "point" and end + 1 < len(forms) and forms[end + 1] in _ONES:
                value, end = value + _ONES[forms[end + 1]] / 10, end + 2
            yield _Number(value, position, end)
        position = max(end, position + 1)


def _digits(form: str) -> float | None:
    try:
        return float(form.replace(",", "."))
    except ValueError:
        return None


def _after_hundred(forms: Sequence[str], position: int) -> tuple[float, int]:
    end = position + 1
    if end < len(forms) and forms[end] == "and":
        end += 1
    if end < len(forms) and forms[end] in _ONES:
        return 100 + _ONES[forms[end]], end + 1
    return 100, position + 1


def _temperature(forms: Sequence[str], number: _Number) -> Iterator[str]:
    near = set(forms[max(0, number.start - 7) : number.end + 5])
    decimal = number.value != int(number.value)
    if not (near & _HEAT_WORDS or (decimal and 37 < number.value < 43)):
        return
    if near & _WEATHER_WORDS:
        return
    follows = forms[number.end] if number.end < len(forms) else ""
    if follows in _UNITS_IN_MINUTES or follows in {"times", "tablets", "pills", "percent"}:
        return
    celsius = number.value if number.value < 45 else (number.value - 32) / 1.8
    if _limits()["fever_celsius"] - 0.05 <= celsius <= 44:
        yield "fever_38"
        if celsius >= _limits()["very_high_temp_celsius"] - 0.05:
            yield "temp_40"


def _age(forms: Sequence[str], number: _Number) -> Iterator[str]:
    if not _is_age(forms, number):
        return
    if number.value >= _limits()["ottawa_age_years"]:
        yield "age_55_plus"
    elif number.value < 16:
        yield "child_patient"


def _is_age(forms: Sequence[str], number: _Number) -> bool:
    if number.value != int(number.value) or not 0 < number.value < 110:
        return False
    before = forms[number.start - 1] if number.start else ""
    before_that = forms[number.start - 2] if number.start > 1 else ""
    after = forms[number.end] if number.end < len(forms) else ""
    said_old = after in {"yo", "yold"} or (after in _AGE_AFTER and "old" in forms[number.end : number.end + 3])
    said_age = (
        before in {"aged", "age", "turned"}
        or (before == "am" and before_that == "i")
        or before in {"im", "shes", "hes"}
    )
    said_age = said_age or after in {"here", "m", "f", "male", "female"}
    return said_old or (said_age and after not in _NOT_AN_AGE and number.value >= 16)


def _duration(forms: Sequence[str], number: _Number, mentioned: set[str]) -> Iterator[str]:
    unit_at = number.end
    while unit_at < len(forms) and forms[unit_at] in {
        "of",
        "an",
        "a",
        "more",
        "good",
        "or",
        "solid",
        "full",
        "whole",
        "so",
    }:
        unit_at += 1
    if unit_at >= len(forms) or forms[unit_at] not in _UNITS_IN_MINUTES:
        return
    minutes = number.value * _UNITS_IN_MINUTES[forms[unit_at]]
    before = set(forms[max(0, number.start - 3) : number.start])
    just_before = forms[number.start - 1] if number.start else ""
    after = forms[unit_at + 1 : unit_at + 3]
    if (
        before & (_NOT_HOW_LONG - {"in"})
        or just_before == "in"
        or (after and after[0] in _ABOUT_SOMETHING_ELSE_AFTER - {"ago"})
    ):
        return
    if "ago" in after[:1] and not set(forms) & _ONSET:
        return
    exceeds = bool(before & {"over", "than", "past"})
    lasting = bool(before & (_LASTING_BEFORE | _ONSET)) or bool(set(after[:1]) & _LASTING_AFTER) or "ago" in after[:1]
    if not lasting:
        return
    if mentioned & {"seizure", "seizure_over_5_min"}:
        limit = _limits()["seizure_long_minutes"]
        if minutes <= 600 and (minutes > limit or (exceeds and minutes >= limit)):
            yield "seizure_over_5_min"
        return
    if "spasm_present" in mentioned or "spasm_frequent" in mentioned or "spasm_painful" in mentioned:
        limit = _limits()["spasm_long_minutes"]
        if minutes <= 720 and (minutes > limit or (exceeds and minutes >= limit)) and "ago" not in after[:1]:
            yield "spasm_over_10_min"
        days = _limits()["spasm_persistent_days"]
        if minutes > days * 1440 or (exceeds and minutes >= days * 1440):
            yield "spasm_over_2_weeks"

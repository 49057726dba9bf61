"""Findings that lie in numbers: temperatures, how long it has lasted, ages.

Limits come from the rule table (``rules.yml``, thresholds).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from nlu.findings.mention import Mention
from nlu.text.lexicon import word_group, word_values
from nlu.text.tokens import Word
from triage.loading import DATA_FOLDER, read_data

QUANTITY = "quantity"
"""The source of a mention that rests on a number."""


@dataclass(frozen=True)
class _Number:
    value: float
    start: int
    end: int


@lru_cache(maxsize=1)
def _limits() -> dict[str, float]:
    return read_data(DATA_FOLDER / "rules.yml")["meta"]["thresholds"]


def _words(group: str) -> frozenset[str]:
    return word_group("quantities.yml", group)


def _units() -> Mapping[str, float]:
    """Returns the units of time in minutes."""
    return word_values("quantities.yml", "units_in_minutes")


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
    ones, tens = word_values("numbers.yml", "ones"), word_values("numbers.yml", "tens")
    position = 0
    while position < len(forms):
        form, after = forms[position], forms[position + 1] if position + 1 < len(forms) else ""
        value: float | None = None
        end = position + 1
        if form[0].isdigit():
            value = _digits(form)
        elif form in tens:
            value = tens[form]
            if 0 < ones.get(after, 0) < 10 and after not in {"a", "an", "few", "couple", "half"}:
                value, end = value + ones[after], position + 2
        elif form in {"hundred", "ton"}:
            value, end = _after_hundred(forms, position)
        elif form in ones:
            value = ones[form]
        if value is not None:
            if end < len(forms) and forms[end] == "point" and end + 1 < len(forms) and forms[end + 1] in ones:
                value, end = value + ones[forms[end + 1]] / 10, end + 2
            yield _Number(value, position, end)
        position = max(end, position + 1)


def _digits(form: str) -> float | None:
    try:
        return float(form.replace(",", "."))
    except ValueError:
        return None


def _after_hundred(forms: Sequence[str], position: int) -> tuple[float, int]:
    ones, end = word_values("numbers.yml", "ones"), position + 1
    if end < len(forms) and forms[end] == "and":
        end += 1
    if end < len(forms) and forms[end] in ones:
        return 100 + ones[forms[end]], end + 1
    return 100, position + 1


def _temperature(forms: Sequence[str], number: _Number) -> Iterator[str]:
    near = set(forms[max(0, number.start - 7) : number.end + 5])
    decimal = number.value != int(number.value)
    if not (near & _words("heat") or (decimal and 37 < number.value < 43)):
        return
    if near & _words("weather"):
        return
    follows = forms[number.end] if number.end < len(forms) else ""
    if follows in _units() or follows in {"times", "tablets", "pills", "percent"}:
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
    said_old = after in {"yo", "yold"} or (
        after in word_group("numbers.yml", "age_after") and "old" in forms[number.end : number.end + 3]
    )
    said_age = (
        before in {"aged", "age", "turned"}
        or (before == "am" and before_that == "i")
        or before in {"im", "shes", "hes"}
    )
    said_age = said_age or after in {"here", "m", "f", "male", "female"}
    return said_old or (said_age and after not in word_group("numbers.yml", "not_an_age") and number.value >= 16)


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
    if unit_at >= len(forms) or forms[unit_at] not in _units():
        return
    minutes = number.value * _units()[forms[unit_at]]
    before = set(forms[max(0, number.start - 3) : number.start])
    just_before = forms[number.start - 1] if number.start else ""
    after = forms[unit_at + 1 : unit_at + 3]
    if (
        before & (_words("not_how_long") - {"in"})
        or just_before == "in"
        or (after and after[0] in _words("something_else_after") - {"ago"})
    ):
        return
    if "ago" in after[:1] and not set(forms) & _words("onset"):
        return
    exceeds = bool(before & {"over", "than", "past"})
    lasting = (
        bool(before & (_words("lasting_before") | _words("onset")))
        or bool(set(after[:1]) & _words("lasting_after"))
        or "ago" in after[:1]
    )
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

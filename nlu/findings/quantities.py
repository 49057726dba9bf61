"""Findings that lie in numbers: temperatures, how long it has lasted, ages.

Limits come from the rule table (``rules.yml``, thresholds).
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from nlu.findings.mention import Mention
from nlu.text.lexicon import word_group, word_values
from nlu.text.numbers import Number, find_numbers
from nlu.text.tokens import Token
from triage.loading import DATA_FOLDER, read_data

QUANTITY = "quantity"
"""The source of a mention that rests on a number."""


@lru_cache(maxsize=1)
def _limits() -> dict[str, float]:
    return read_data(DATA_FOLDER / "rules.yml")["meta"]["thresholds"]


def _words(group: str) -> frozenset[str]:
    return word_group("quantities.yml", group)


def _units() -> Mapping[str, float]:
    """Returns the units of time in minutes."""
    return word_values("quantities.yml", "units_in_minutes")


def quantity_mentions(words: Sequence[Token], mentioned: set[str]) -> list[Mention]:
    """Returns mentions that rest on a number.

    Args:
        words: the message, split.
        mentioned: findings that the lexicon matcher found in it; how long something lasted counts
            only where a spasm or a seizure is spoken of.
    """
    forms = [word.norm for word in words]
    found = []
    for number in find_numbers(forms):
        for finding in (*_temperature(forms, number), *_age(number), *_duration(forms, number, mentioned)):
            own = frozenset(range(number.start, number.end))
            span = (number.start, number.end)
            found.append(Mention(finding, *span, (span,), own, QUANTITY))
    return found


def _temperature(forms: Sequence[str], number: Number) -> Iterator[str]:
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


def _age(number: Number) -> Iterator[str]:
    if not number.is_age:
        return
    if number.value >= _limits()["ottawa_age_years"]:
        yield "age_55_plus"
    elif number.value < 16:
        yield "child_patient"


def _duration(forms: Sequence[str], number: Number, mentioned: set[str]) -> Iterator[str]:
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

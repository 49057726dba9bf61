"""Findings that lie in numbers: temperatures, how long it has lasted, ages.

Limits come from the rule table (``rules.yml``, thresholds).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from nlu.findings.mention import Mention
from nlu.text.lexicon import word_group, word_values
from nlu.text.numbers import Number, find_numbers
from nlu.text.tokens import Token
from triage.loading import DATA_FOLDER, read_data

QUANTITY = "quantity"
"""The source of a mention that rests on a number."""


_BETWEEN_NUMBER_AND_UNIT = frozenset({"of", "an", "a", "more", "good", "or", "solid", "full", "whole", "so"})
_MORE_THAN = frozenset({"over", "than", "past"})
_SEIZURES = frozenset({"seizure", "seizure_over_5_min"})
_SPASMS = frozenset({"spasm_present", "spasm_frequent", "spasm_painful"})
_MINUTES_A_DAY = 1440
_LONGEST_SEIZURE = 600
"""Minutes; who says more speaks of seizures that come again."""

_LONGEST_SPASM = 720
"""Minutes; who says more speaks of spasms that come again."""


@lru_cache(maxsize=1)
def _limits() -> dict[str, float]:
    return read_data(DATA_FOLDER / "rules.yml")["meta"]["thresholds"]


def _words(group: str) -> frozenset[str]:
    return word_group("quantities.yml", group)


def _units() -> Mapping[str, float]:
    """Returns the units of time in minutes."""
    return word_values("quantities.yml", "units_in_minutes")


def quantity_mentions(tokens: Sequence[Token], mentioned: set[str]) -> list[Mention]:
    """Returns mentions that rest on a number.

    Args:
        tokens: the message.
        mentioned: findings that the lexicon matcher found in it; how long something lasted counts
            only where a spasm or a seizure is spoken of.
    """
    norms = [token.norm for token in tokens]
    found: list[Mention] = []
    for number in find_numbers(norms):
        span = (number.start, number.end)
        duration = _duration(norms, number)
        long_lasting = _long_lasting(duration, mentioned) if duration else ()
        findings = (*_temperature(norms, number), *_age(number), *long_lasting)
        found += [Mention(finding, *span, (span,), frozenset(range(*span)), QUANTITY) for finding in findings]
    return found


def _temperature(norms: Sequence[str], number: Number) -> Iterator[str]:
    near = set(norms[max(0, number.start - 7) : number.end + 5])
    decimal = number.value != int(number.value)
    if not (near & _words("heat") or (decimal and 37 < number.value < 43)):
        return
    if near & _words("weather"):
        return
    follows = norms[number.end] if number.end < len(norms) else ""
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


@dataclass(frozen=True)
class _Duration:
    """How long something has lasted.

    Attributes:
        minutes: as said.
        is_exceeded: whether it was longer ("over ten minutes").
        is_since_start: whether it is said by when it began ("started two weeks ago").
    """

    minutes: float
    is_exceeded: bool
    is_since_start: bool

    def passes(self, limit: float) -> bool:
        """Tells whether it is more than `limit` minutes."""
        return self.minutes > limit or (self.is_exceeded and self.minutes >= limit)


def _duration(norms: Sequence[str], number: Number) -> _Duration | None:
    """Returns how long something has lasted, where a number says so, and not how often, when or what else is so old."""
    unit_at = number.end
    while unit_at < len(norms) and norms[unit_at] in _BETWEEN_NUMBER_AND_UNIT:
        unit_at += 1
    if unit_at >= len(norms) or norms[unit_at] not in _units():
        return None
    before = set(norms[max(0, number.start - 3) : number.start])
    just_before = norms[number.start - 1] if number.start else ""
    after = norms[unit_at + 1] if unit_at + 1 < len(norms) else ""
    is_ago = after == "ago"
    # "in" says when only right before the number: "in pain for 3 weeks"
    if before & (_words("not_how_long") - {"in"}) or just_before == "in":
        return None
    if after in _words("something_else_after") and not is_ago:
        return None
    if is_ago and not set(norms) & _words("onset"):
        return None
    lasts = before & (_words("lasting_before") | _words("onset")) or after in _words("lasting_after") or is_ago
    if not lasts:
        return None
    return _Duration(number.value * _units()[norms[unit_at]], bool(before & _MORE_THAN), is_ago)


def _long_lasting(duration: _Duration, mentioned: set[str]) -> Iterator[str]:
    """Yields what has lasted too long: a seizure, which goes before, or a spasm."""
    if mentioned & _SEIZURES:
        if duration.minutes <= _LONGEST_SEIZURE and duration.passes(_limits()["seizure_long_minutes"]):
            yield "seizure_over_5_min"
    elif mentioned & _SPASMS:
        is_one_spasm = duration.minutes <= _LONGEST_SPASM and not duration.is_since_start
        if is_one_spasm and duration.passes(_limits()["spasm_long_minutes"]):
            yield "spasm_over_10_min"
        if duration.passes(_limits()["spasm_persistent_days"] * _MINUTES_A_DAY):
            yield "spasm_over_2_weeks"

"""Whom to call: emergency numbers, crisis and poison lines by country."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from triage.evidence import sources
from triage.loading import DATA_FOLDER, TriageDataError, read_data

ANYWHERE = "ZZ"


@dataclass(frozen=True)
class EmergencyNumber:
    """The numbers of one country.

    Attributes:
        country: its code (``GB``; ``EU`` for other members of the European Union).
        region: its name.
        number: the emergency number, or None where the country is unknown.
        line: one sentence with the emergency number.
        advice_line: the number for advice that is not life-threatening, or None.
    """

    country: str
    region: str
    number: str | None
    line: str
    advice_line: str | None


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    data: dict[str, Any] = read_data(DATA_FOLDER / "help_lines.yml")
    entries = [*data["emergency_numbers"], *data["crisis_lines"], *data["poison_lines"]]
    source = next((id_ for entry in entries for id_ in entry["sources"] if id_ not in sources()), None)
    if source:
        raise TriageDataError(f"help_lines.yml, sources: {source!r} is no source of evidence.yml; correct the id.")
    known = {entry["code"] for entry in data["emergency_numbers"]}
    country = next((code for code in data["shared_numbers"].values() if code not in known), None)
    if country:
        raise TriageDataError(
            f"help_lines.yml, shared_numbers: {country!r} has no emergency number; add or correct it."
        )
    return data


@lru_cache(maxsize=1)
def countries() -> frozenset[str]:
    """Returns the codes of the countries whose numbers are known."""
    return frozenset(entry["code"] for entry in _data()["emergency_numbers"]) - {ANYWHERE}


def whose_numbers(region: str | None) -> str | None:
    """Returns the country whose numbers hold in a region: another's for a few islands and territories.

    Args:
        region: a code of ISO 3166, or None.
    """
    return _data()["shared_numbers"].get(region, region)


def is_in_european_union(country: str | None) -> bool:
    """Tells whether a country is a member of the European Union that has no numbers of its own here."""
    return country in _data()["european_union"]


def emergency_number(country: str | None) -> EmergencyNumber:
    """Returns the numbers for a country, or the honest general line where it is unknown."""
    by_code = {entry["code"]: entry for entry in _data()["emergency_numbers"]}
    entry = by_code.get(country or ANYWHERE, by_code[ANYWHERE])
    if entry["code"] == ANYWHERE:
        numbers = entry["text"].partition(": ")[2]
        return EmergencyNumber(ANYWHERE, entry["region"], None, f"The emergency number is {numbers}", None)
    also = f" (also {entry['also']})" if entry.get("also") else ""
    line = f"Emergency number in {_with_article(entry['region'])}: {entry['emergency']}{also}."
    return EmergencyNumber(entry["code"], entry["region"], entry["emergency"], line, entry.get("advice_line"))


def crisis_lines(country: str | None) -> list[str]:
    """Returns lines such as ``Samaritans: Call 116 123`` for a country; of everywhere where it is unknown."""
    return _lines("crisis_lines", country)


def poison_lines(country: str | None) -> list[str]:
    """Returns the poison lines for a country; of everywhere where it is unknown."""
    return _lines("poison_lines", country)


def _lines(kind: str, country: str | None) -> list[str]:
    entries = [entry for entry in _data()[kind] if entry["verified"] and entry["code"] != ANYWHERE]
    own = [entry for entry in entries if entry["code"] == country]
    if own:
        return [f"{entry['name']}: {entry['contact']}" for entry in own]
    return [f"{entry['region']} - {entry['name']}: {entry['contact']}" for entry in entries]


def _with_article(region: str) -> str:
    return f"the {region}" if region.startswith(("United", "European")) else region

"""In which country a person is, as far as a channel knows: by the phone's prefix or by the language set."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import phonenumbers

from triage.help_lines import countries, is_in_european_union, whose_numbers

_REGION_IN_LOCALE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z]{4})?[-_]([A-Za-z]{2})\b")
_NO_COUNTRY = "001"  # satellites, freephone


def country_hint(metadata: Mapping[str, Any]) -> str | None:
    """Returns the country that a channel knows of a person: by the phone's prefix, else by the widget's locale.

    Args:
        metadata: ``country`` ("GB"), ``phone`` (a number with its international prefix) or ``locale`` ("en-GB"), from
            the channel.

    Returns:
        A code of ``help_lines.yml``, or None where neither tells a country whose numbers are known.
    """
    known = str(metadata.get("country") or "") or country_of_phone(str(metadata.get("phone") or ""))
    region = known or _region_of_locale(str(metadata.get("locale") or ""))
    region = whose_numbers(region)
    if is_in_european_union(region) and region not in countries():
        return "EU"
    return region if region in countries() else None


def country_of_phone(number: str) -> str | None:
    """Returns the country of a number with its international prefix; None where the prefix leaves it open."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None
    region = phonenumbers.region_code_for_number(parsed)
    if region is None:  # no number that is known to be given out; the prefix may still belong to one country alone
        regions = phonenumbers.region_codes_for_country_code(parsed.country_code or 0)
        sharing = {whose_numbers(code) for code in regions} - {_NO_COUNTRY}
        region = sharing.pop() if len(sharing) == 1 else None
    return region if region != _NO_COUNTRY else None


def _region_of_locale(locale: str) -> str | None:
    found = _REGION_IN_LOCALE.match(locale)
    return found.group(1).upper() if found else None

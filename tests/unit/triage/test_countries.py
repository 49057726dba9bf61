"""In which country a person is, as far as a channel knows."""

import pytest

from triage.countries import country_hint, country_of_phone


@pytest.mark.parametrize(
    ("metadata", "country"),
    [
        ({"phone": "+447911123456"}, "GB"), ({"phone": "+1 416 555 0199"}, "CA"), ({"phone": "+12125550123"}, "US"),
        ({"phone": "+4915112345678"}, "EU"), ({"phone": "+353871234567"}, "IE"), ({"phone": "nonsense"}, None),
        ({"locale": "en-GB"}, "GB"), ({"locale": "en_AU"}, "AU"), ({"locale": "de-DE"}, "EU"), ({"locale": "en"}, None),
        ({"locale": "zh-Hant-HK"}, "HK"), ({"locale": "fr-CH"}, None), ({}, None), ({"locale": 7, "phone": []}, None),
        ({"phone": "+447911123456", "locale": "en-US"}, "GB"),
    ],
)  # fmt: skip
def test_what_the_channel_knows_gives_the_country(metadata, country):
    assert country_hint(metadata) == country


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("+442079460958", "GB"),
        ("+447911123456", "GG"),
        ("+12125550123", "US"),
        ("+4915112345678", "DE"),
        ("+881612345678", None),
        ("07911", None),
        ("+4412345", "GB"),
        ("+1999", None),
    ],
)
def test_a_number_gives_its_country(number, country):
    assert country_of_phone(number) == country

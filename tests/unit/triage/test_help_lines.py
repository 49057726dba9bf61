import re

import pytest

from triage.help_lines import ANYWHERE, countries, crisis_lines, emergency_number, poison_lines


@pytest.mark.parametrize("country", [None, "", "XX", "gb", ANYWHERE])
def test_an_unknown_country_gets_the_honest_general_line(country):
    number = emergency_number(country)
    assert (number.country, number.number, number.advice_line) == (ANYWHERE, None, None)
    assert number.line.startswith("The emergency number is 911 in the US and Canada, 999 or 112 in the UK")


@pytest.mark.parametrize(
    ("country", "line"),
    [
        ("GB", "Emergency number in the United Kingdom: 999 (also 112)."),
        ("US", "Emergency number in the United States: 911."),
        ("EU", "Emergency number in the European Union: 112."),
        ("AU", "Emergency number in Australia: 000."),
    ],
)
def test_a_known_country_gets_one_sentence(country, line):
    assert emergency_number(country).line == line


@pytest.mark.parametrize("country", sorted(countries()))
def test_every_country_has_numbers_that_can_be_dialled(country):
    number = emergency_number(country)
    assert number.country == country
    assert re.fullmatch(r"\d{3,5}", number.number)
    assert number.number in number.line
    assert number.advice_line is None or re.search(r"\d{3}", number.advice_line)


def test_the_unknown_is_no_country():
    assert ANYWHERE not in countries()
    assert {"GB", "US", "EU"} <= countries()


def test_lines_of_a_country_come_alone_and_without_its_name():
    assert crisis_lines("AU") == ["Lifeline: Call 13 11 14"]
    assert poison_lines("GB") == ["NHS 111: 111 (999 if very unwell)"]


@pytest.mark.parametrize("lines", [crisis_lines, poison_lines])
@pytest.mark.parametrize("country", [None, "XX"])
def test_without_a_country_all_lines_come_each_with_its_country(lines, country):
    given = lines(country)
    assert len(given) >= 4
    assert all(" - " in line for line in given)
    assert any(line.startswith("United States - ") for line in given)
    assert not any("Anywhere" in line for line in given)


def test_a_line_that_nobody_has_checked_is_not_given():
    assert not any("85258" in line for line in (*crisis_lines("GB"), *crisis_lines(None)))


@pytest.mark.parametrize("country", sorted(countries()))
def test_nobody_is_left_without_a_line(country):
    assert crisis_lines(country)
    assert poison_lines(country)

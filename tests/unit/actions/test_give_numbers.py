import pytest

from actions.give_numbers import ActionGiveNumbers
from tests.unit.actions.talk import Talk


def numbers(**slots):
    return Talk(**slots).hears("tell_country").runs(ActionGiveNumbers)


def test_a_named_country_gets_its_numbers():
    talk = numbers(country="GB")
    assert talk.responses == ["utter_country_numbers"]
    assert "999" in talk.messages[0]["line"]
    assert "111" in talk.messages[0]["advice"]


def test_a_country_without_an_advice_line_gets_the_emergency_number_alone():
    talk = numbers(country="CA")
    assert talk.messages[0]["line"] == "Emergency number in Canada: 911."
    assert talk.messages[0]["advice"] == ""


def test_what_the_person_says_goes_before_what_the_channel_knows():
    assert "Australia" in numbers(country="AU", country_hint="GB").messages[0]["line"]


@pytest.mark.parametrize("country", ["XX", "ZZ", "gb", "", None])
def test_an_unknown_country_gets_the_general_line(country):
    talk = numbers(country=country)
    assert talk.responses == ["utter_country_unknown"]
    assert "911 in the US" in talk.messages[0]["line"]


def test_no_slot_is_set():
    assert numbers(country="GB").returned == []

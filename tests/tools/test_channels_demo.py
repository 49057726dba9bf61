"""The demo of the messaging channels shows its conversations beside each other, or below where there is no room."""

from tools.channels_demo import people, side_by_side
from tools.fake_platforms import main_fake_platforms


def test_columns_stand_beside_each_other():
    shown = side_by_side([["one", "two words"], ["other"]], 80).splitlines()
    assert len(shown) == 2
    assert shown[0].startswith("one")
    assert shown[0].endswith("| other")
    assert shown[1].startswith("two words")


def test_without_room_they_stand_below_each_other():
    assert side_by_side([["one"], ["other"]], 30) == "one\n\nother"


def test_everybody_says_something_signed():
    with main_fake_platforms() as platforms:
        for person in people(platforms):
            assert person.says("hello").signature_headers

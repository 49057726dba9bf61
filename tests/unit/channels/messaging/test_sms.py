"""SMS: how much of a text fits into one, and how more does."""

import pytest

from channels.messaging import sms


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 10, 2),
        ("ж" * 70, 1),
        ("ж" * 71, 2),
        ("ж" * 134, 2),
        ("ж" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 67, 3),
        ("", 1),
    ],
)
def test_segments_are_counted_as_phones_do(text, count):
    assert sms.segments(text) == count


def test_typographic_characters_do_not_double_the_length():
    text = sms.plain("It’s “fine” – rest… naïve ≥ 2")
    assert text == 'It\'s "fine" - rest... naive at least  2'
    assert sms.segments(sms.plain("’" * 160)) == 1
    assert sms.plain("ж😀") == "ж😀"

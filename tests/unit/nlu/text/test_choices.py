"""Options chosen by their positions."""

import pytest

from nlu.text.choices import chosen_positions


@pytest.mark.parametrize(
    ("text", "shown", "positions"),
    [
        ("the first one", 2, [0]),
        ("2", 2, [1]),
        ("i mean the second question please", 2, [1]),
        ("The latter.", 2, [1]),
        ("number three", 3, [2]),
        ("the third one", 2, []),
        ("both", 2, [0, 1]),
        ("the last one", 3, [2]),
        ("the first one", 0, []),
        ("the first time it jumped i fell", 2, []),
        ("second opinion", 2, []),
    ],
)
def test_buttons_are_named_by_their_positions(text, shown, positions):
    assert chosen_positions(text, shown) == positions


def test_case_and_punctuation_do_not_matter():
    assert chosen_positions("  The SECOND one!!", 2) == [1]
    assert chosen_positions("number\nthree", 3) == [2]

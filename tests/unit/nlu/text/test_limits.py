"""How much of a message is read."""

from nlu.text import limits


def test_replies_and_remarks_lie_within_what_is_tokenised():
    assert 0 < limits.LONGEST_REPLY < limits.LONGEST_REMARK < limits.LONGEST_TEXT

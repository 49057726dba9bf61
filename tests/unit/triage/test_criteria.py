import pytest

from triage.criteria import CriteriaError, parse


@pytest.mark.parametrize(
    ("text", "present", "expected"),
    [
        ("a", {"a"}, True),
        ("a", set(), False),
        ("a OR b AND c", {"a"}, True),
        ("a OR b AND c", {"b"}, False),
        ("(a OR b) AND c", {"a"}, False),
        ("NOT a AND b", {"b"}, True),
        ("NOT (a AND b)", {"a"}, True),
        ("NOT NOT a", {"a"}, True),
        ("AT_LEAST(2; a; b; c)", {"a", "c"}, True),
        ("AT_LEAST(2; a; b; c)", {"a"}, False),
        ("d AND NOT AT_LEAST(2; a; b)", {"d", "a"}, True),
    ],
)
def test_truth(text, present, expected):
    assert parse(text).matches(present) is expected


def test_names_its_findings():
    assert parse("a AND (b OR NOT AT_LEAST(1; c; d))").findings == {"a", "b", "c", "d"}


@pytest.mark.parametrize(
    "text", ["", "a AND", "(a", "a b", "AT_LEAST(3; a; b)", "AT_LEAST(a; b)", "a & b", "NOT", "OR a", "AT_LEAST(1 a)"]
)
def test_what_does_not_follow_the_grammar_is_refused(text):
    with pytest.raises(CriteriaError):
        parse(text)

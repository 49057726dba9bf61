"""What a valid REST body and a valid event of the widget are."""

import json

import pytest

from channels.validation import LARGEST_BODY, LONGEST_SENDER, validate_body, validate_event

BODY = {"sender": "s", "message": "my knee"}
EVENT = {"id": "long-enough", "message": "x"}


@pytest.mark.parametrize(
    "more", [{}, {"message": ""}, {"message": None}, {"metadata": None}, {"metadata": {"locale": "en-GB"}}, {"x": 1}]
)
def test_a_valid_body_has_nothing_wrong_with_it(more):
    assert validate_body(json.dumps({**BODY, **more}).encode()) is None


@pytest.mark.parametrize(
    ("body", "status", "names"),
    [
        (b"x" * (LARGEST_BODY + 1), 413, "larger"),
        (b"", 400, "not JSON"),
        (b"\xff", 400, "not JSON"),
        (b"[" * 100_000, 400, "not JSON"),
        (b"[]", 400, "not a JSON object"),
        (b"null", 400, "not a JSON object"),
        ({"message": "x"}, 400, "sender"),
        ({**BODY, "sender": " "}, 400, "sender"),
        ({**BODY, "sender": 7}, 400, "sender"),
        ({**BODY, "sender": "s" * (LONGEST_SENDER + 1)}, 400, "sender"),
        ({**BODY, "message": ["x"]}, 400, "message"),
        ({**BODY, "metadata": [1]}, 400, "metadata"),
    ],
    ids=range(12),
)
def test_what_is_wrong_with_a_body_is_one_sentence_with_its_cure(body, status, names):
    found = validate_body(body if isinstance(body, bytes) else json.dumps(body).encode())
    assert found[0] == status
    assert names in found[1]
    assert found[1].endswith(".")
    assert ";" in found[1]


@pytest.mark.parametrize("more", [{}, {"shown": None}, {"shown": "X"}, {"id": "a" * 64}, {"locale": "en"}])
def test_a_valid_event_has_nothing_wrong_with_it(more):
    assert validate_event({**EVENT, **more}) is None


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (None, "no object"),
        (7, "no object"),
        ("text", "no object"),
        ([], "no object"),
        ({}, "id"),
        ({"id": "long-enough"}, "text"),
        ({"id": "short", "message": "x"}, "id"),
        ({"id": "a b c d e", "message": "x"}, "id"),
        ({"id": "x" * 65, "message": "x"}, "id"),
        ({"id": "long-enough", "message": 7}, "text"),
        ({"id": 123456789, "message": "x"}, "id"),
        ({"id": "long-enough", "message": "x", "shown": {"a": 1}}, "text"),
    ],
)
def test_what_is_wrong_with_an_event_is_one_sentence(data, names):
    found = validate_event(data)
    assert names in found
    assert found.endswith(".")
    assert found.count(".") == 1

"""What a request is held against: secrets, shapes, and what is told of those that are rejected."""

import json
import logging

import pytest

from channels.messaging.webhook import (
    RejectionCounter,
    UnreadableError,
    as_dict,
    constant_time_equal,
    read_object,
    replace_surrogates,
)


@pytest.mark.parametrize(
    ("one", "is_equal"), [("secret", True), ("Secret", False), ("secret ", False), ("", False), (None, False)]
)
def test_a_secret_is_equal_to_itself_alone(one, is_equal):
    assert constant_time_equal(one, "secret") is is_equal


def test_a_secret_with_strange_characters_is_compared_too():
    assert constant_time_equal("\ud83e", "\ud83e")
    assert not constant_time_equal("\xff", "\ud83e")


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_told_so(body):
    with pytest.raises(UnreadableError, match="not JSON"):
        read_object(body)


@pytest.mark.parametrize("body", [b"null", b"[]", b'"text"', b"7"])
def test_what_is_no_object_is_told_so(body):
    with pytest.raises(UnreadableError, match="not a JSON object"):
        read_object(body)


def test_halves_of_characters_are_replaced_all_through():
    content = read_object(rb'{"a\ud83e": ["b\ud83e", {"c": "d\ud83e"}], "e": 7, "f": "\ud83d\ude00"}')
    json.dumps(content, ensure_ascii=False).encode()  # fails where a half is left
    assert content["f"] == "😀"
    assert content["e"] == 7
    assert replace_surrogates("b\ud83e") == "b\ufffd"


@pytest.mark.parametrize(("value", "found"), [({"a": 1}, {"a": 1}), (None, {}), ([1], {}), ("text", {})])
def test_anything_but_an_object_is_read_as_an_empty_one(value, found):
    assert as_dict(value) == found


def test_rejections_are_all_counted_and_few_are_logged(caplog):
    counter = RejectionCounter("Test")
    with caplog.at_level(logging.WARNING):
        replies = [counter.reject(401, "No token.") for _ in range(120)]
    assert counter.count == 120
    assert [record.args[1] for record in caplog.records] == [1, 10, 100]
    assert {(reply.status, reply.body) for reply in replies} == {(401, b'{"error":"No token."}')}

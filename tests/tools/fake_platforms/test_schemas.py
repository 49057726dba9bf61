"""What is checked on every platform."""

import pytest

from tools.fake_platforms.server.schemas import (
    NOT_EMPTY,
    decoded,
    first_violation,
    is_public,
    object_schema,
    payloads_in,
    utf16_length,
)

MESSAGE = object_schema("text", text={**NOT_EMPTY, "maxLength": 5}, type="message", keys={"items": NOT_EMPTY})


@pytest.mark.parametrize(
    ("value", "sentence", "pointer"),
    [
        ({}, "the request lacks text", ""),
        ({"text": ""}, "text is empty", "/text"),
        ({"text": "abcdef"}, "text is longer than 5 characters", "/text"),
        ({"text": "a", "type": "note"}, "type is not 'message'", "/type"),
        ({"text": "a", "colour": 1}, "the request has unknown colour", ""),
        ({"text": "a", "keys": ["a", ""]}, "keys[1] is empty", "/keys/1"),
        ({"text": 5}, "text is not of type string", "/text"),
    ],
)
def test_the_first_violation_is_a_sentence_with_its_place(value, sentence, pointer):
    violation = first_violation(MESSAGE, value)
    assert (violation.sentence, violation.pointer) == (sentence, pointer)


def test_what_is_valid_has_none():
    assert first_violation(MESSAGE, {"text": "a", "type": "message", "keys": ["b"]}) is None


def test_payloads_are_found_and_paths_are_not():
    assert payloads_in(["press /affirm", '/inform{"a": 1}', "and/or a /b", "https://a.example/help"]) == [
        "/affirm",
        "/inform",
    ]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://assistant.example/a.png", True),
        ("http://8.8.8.8/a.png", True),
        ("http://127.0.0.1/a.png", False),
        ("http://10.0.0.1/a.png", False),
        ("http://localhost/a.png", False),
        ("http://printer.local/a.png", False),
        ("ftp://assistant.example/a.png", False),
        (None, False),
    ],
)
def test_only_a_public_address_is_one(address, expected):
    assert is_public(address) is expected


def test_lengths_are_counted_as_telegram_does():
    assert utf16_length("a😀") == 3


def test_objects_in_a_form_are_decoded_and_words_are_not():
    assert decoded('{"id": "1"}') == {"id": "1"}
    assert decoded("{no object") == "{no object"
    assert decoded("5") == "5"

"""Lexicons are read as words, once, and their patterns are written out from named lists."""

import re

import pytest

from nlu.text import lexicon
from nlu.text.lexicon import word_group, word_values, written_out
from triage.loading import TriageDataError

WORDS = {"limb": ["leg", "{side} arm"], "side": ["left", "right"]}


def test_a_name_in_a_pattern_stands_for_any_of_its_words():
    assert written_out(r"\b{side} leg\d{2,3}", WORDS) == r"\b(?:left|right) leg\d{2,3}"
    pattern = re.compile(written_out("my {limb}", WORDS))
    assert pattern.fullmatch("my leg")
    assert pattern.fullmatch("my right arm")
    assert not pattern.fullmatch("my arm")


def test_a_pattern_that_names_no_list_is_refused():
    with pytest.raises(TriageDataError, match=r"'{part} hurts' of a lexicon names {part}; add part to its words\.$"):
        written_out("{part} hurts", WORDS)


def test_no_and_on_are_words():
    assert "no" in word_group("negation.yml", "answers_no")
    assert "on" in word_group("numbers.yml", "not_an_age")


def test_numbers_in_words_have_values():
    assert word_values("numbers.yml", "ones")["half"] == 0.5
    assert word_values("quantities.yml", "units_in_minutes")["days"] == 1440


def test_a_lexicon_is_read_once(monkeypatch):
    word_group("negation.yml", "answers_no")

    def refuse(path):
        raise AssertionError(path)

    monkeypatch.setattr(lexicon, "read_lexicon", refuse)
    assert word_group("negation.yml", "in_a_mention")
    assert word_group("negation.yml", "answers_no")

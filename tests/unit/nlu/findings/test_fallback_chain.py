"""How a message is read when a part of the reading fails, and when it is very long."""

import pytest

from nlu.findings import fallback_chain
from nlu.findings.fallback_chain import read_with_fallbacks
from nlu.findings.reader import UNCLEAR, ReportedFinding
from nlu.text.limits import LONGEST_TEXT

LIMIT = LONGEST_TEXT


class FakeReader:
    def __init__(self, *broken):
        self.broken = broken
        self.texts = []
        self.tokens = []

    def read(self, text, output=None, tokens=None):
        if "read" in self.broken:
            raise RuntimeError("no model")
        self.texts.append((text, output))
        self.tokens.append(tokens)
        return [ReportedFinding("fever_38", UNCLEAR, 1, 4, 0.2)]

    def read_without_model(self, text):
        if "read_without_model" in self.broken:
            raise RuntimeError("no lexicon")
        self.texts.append((text, None))
        return [ReportedFinding("seizure", "absent", 0, 2)]


@pytest.fixture
def use(monkeypatch):
    def replace(reader):
        monkeypatch.setattr(fallback_chain, "shared_reader", lambda: reader)
        return reader

    return replace


def test_where_all_is_well_the_reader_reads(use, caplog):
    reader = use(FakeReader())
    assert read_with_fallbacks("chest pain", "output") == [ReportedFinding("fever_38", UNCLEAR, 1, 4, 0.2)]
    assert reader.texts == [("chest pain", "output")]
    assert not caplog.records


def test_tokens_that_are_kept_are_those_of_the_beginning(use):
    reader = use(FakeReader())
    read_with_fallbacks("x" * 3 * LIMIT, "output", lambda: ["token"])
    assert sorted(reader.tokens, key=str) == [None, ["token"]]


def test_where_the_tokens_fail_the_lexicon_reads(use, caplog):
    def fail():
        raise RuntimeError("no tokens")

    use(FakeReader())
    assert [finding.id for finding in read_with_fallbacks("chest pain", "output", fail)] == ["seizure"]
    assert "no tokens" in caplog.text


def test_without_the_model_the_lexicon_reads_the_start(use, caplog):
    reader = use(FakeReader("read"))
    assert read_with_fallbacks("x" * 3 * LIMIT) == [ReportedFinding("seizure", "absent", 0, 2)]
    assert reader.texts == [("x" * LIMIT, None)]
    assert "no model" in caplog.text


def test_without_the_lexicon_plain_phrases_count_as_present(use, caplog):
    use(FakeReader("read", "read_without_model"))
    assert read_with_fallbacks("i have no chest pain") == [ReportedFinding("chest_pain", "present", 0, 0)]
    assert "no model" in caplog.text
    assert "no lexicon" in caplog.text


def test_a_reader_that_cannot_be_loaded_leaves_plain_phrases(monkeypatch):
    def fail():
        raise FileNotFoundError("no model")

    monkeypatch.setattr(fallback_chain, "shared_reader", fail)
    assert [finding.id for finding in read_with_fallbacks("i have chest pain")] == ["chest_pain"]


def test_a_message_that_just_fits_is_read_once(use):
    reader = use(FakeReader())
    assert len(read_with_fallbacks("x" * LIMIT)) == 1
    assert len(reader.texts) == 1


@pytest.mark.parametrize(("length", "tail"), [(LIMIT + 1, 1), (2 * LIMIT - 1, LIMIT - 1), (5 * LIMIT, LIMIT)])
def test_a_long_message_is_read_at_both_ends(use, length, tail):
    reader = use(FakeReader())
    text = "".join(chr(ord("a") + number % 26) for number in range(length))
    start, end = read_with_fallbacks(text, "output")
    assert sorted(reader.texts, key=lambda read: len(read[1] or "")) == [(text[-tail:], None), (text[:LIMIT], "output")]
    assert (start.start, start.end, start.probability) == (1, 4, 0.2)
    assert (end.start, end.end, end.assertion) == (length - tail + 1, length - tail + 4, UNCLEAR)


def test_what_the_end_of_a_long_message_leaves_unclear_is_always_asked_about(use):
    use(FakeReader())
    assert read_with_fallbacks("x" * 2 * LIMIT)[-1].probability == 1.0

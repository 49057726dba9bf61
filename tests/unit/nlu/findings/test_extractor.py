"""The entities that findings become."""

import pytest
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.encoder.component import ENCODER_OUTPUT
from nlu.findings import extractor as module
from nlu.findings.extractor import PRESSED, FindingExtractor
from nlu.findings.reader import UNCLEAR, ReportedFinding


@pytest.fixture
def extractor(monkeypatch):
    monkeypatch.setattr(module, "shared_reader", lambda: None)
    return FindingExtractor()


@pytest.fixture
def read(monkeypatch):
    """Replaces the reading: returns the calls made, and reports what is put into its second list."""
    calls, findings = [], []
    monkeypatch.setattr(module, "read_with_fallbacks", lambda *args: calls.append(args) or findings)
    return calls, findings


def test_a_finding_is_an_entity_with_its_assertion(extractor, read):
    read[1].append(ReportedFinding("chest_pain", "absent", 3, 13, 0.04))
    [message] = extractor.process(
        [Message({TEXT: "no chest pain", ENCODER_OUTPUT: "output", ENTITIES: [{"entity": "x"}]})]
    )
    [(text, output, tokens)] = read[0]
    assert (text, output) == ("no chest pain", "output")
    assert [token.norm for token in tokens()] == ["no", "chest", "pain"]
    assert message.get(ENTITIES) == [
        {"entity": "x"},
        {
            "entity": "finding",
            "value": "chest_pain",
            "start": 3,
            "end": 13,
            "assertion": "absent",
            "extractor": "FindingExtractor",
        },
    ]


def test_an_unclear_finding_is_an_entity_of_its_own_with_its_chance(extractor, read):
    read[1].append(ReportedFinding("chest_pain", UNCLEAR, 0, 4, 0.12345))
    [message] = extractor.process([Message({TEXT: "hmm pain"})])
    [entity] = message.get(ENTITIES)
    assert (entity["entity"], entity["chance"]) == ("possible_finding", 0.123)
    assert "assertion" not in entity


def test_the_words_of_a_pressed_button_report_nothing(extractor, read):
    [message] = extractor.process([Message({TEXT: "chest pain", PRESSED: True})])
    assert not message.get(ENTITIES)
    assert read[0] == []


def test_where_reading_fails_the_message_passes_on(extractor, monkeypatch):
    def fail(*args):
        raise RuntimeError

    monkeypatch.setattr(module, "read_with_fallbacks", fail)
    message = Message({TEXT: "chest pain"})
    assert extractor.process([message]) == [message]

"""The finding reader with a model that says what a test wants it to say."""

import re
from dataclasses import replace

import numpy as np
import pytest

from nlu.encoder.model import EncoderOutput
from nlu.findings import reader as module
from nlu.findings.fusion import FEATURES, Fusion
from nlu.findings.reader import UNCLEAR, FindingReader
from triage.clarification import ClarificationThresholds
from triage.findings import ASSERTIONS, vocabulary

FINDINGS = tuple(vocabulary())


class FakeModel:
    """Takes each word for one subword token; mentions what it is told, as present unless told otherwise."""

    def __init__(self):
        self.mentions = {}
        self.reports = {}
        self.assertion = "present"
        self.texts = []

    def predict(self, text):
        self.texts.append(text)
        offsets = [found.span() for found in re.finditer(r"\S+", text)]
        findings = np.zeros((len(offsets), len(FINDINGS)))
        assertions = np.full((len(offsets), len(ASSERTIONS)), 0.01)
        assertions[:, ASSERTIONS.index(self.assertion)] = 0.95
        message = np.zeros(len(FINDINGS))
        for finding, by_word in self.mentions.items():
            for row, (start, end) in enumerate(offsets):
                findings[row, FINDINGS.index(finding)] = by_word.get(text[start:end], 0.0)
        for finding, probability in self.reports.items():
            message[FINDINGS.index(finding)] = probability
        return EncoderOutput(FINDINGS, offsets, np.zeros(3), findings, assertions, message)


def fusion(**weights):
    """Returns a fusion in which nothing counts but what is named."""
    return Fusion(dict.fromkeys(FEATURES, 0.0) | weights, 0.5, ClarificationThresholds(0.06, 0.12, 0.05))


@pytest.fixture
def model():
    return FakeModel()


@pytest.fixture(scope="module")
def lexicons():
    return FindingReader(FakeModel(), fusion())


@pytest.fixture
def reader(lexicons, model):
    lexicons._model, lexicons._fusion = model, fusion(model_says_present=1.0, lexical_present=12.0)
    return lexicons


def found(reader, text, output=None):
    return {(finding.id, finding.assertion) for finding in reader.read(text, output)}


def test_without_words_the_model_is_not_asked(reader, model):
    assert reader.read(" \U0001f600 ") == []
    assert model.texts == []


def test_what_the_model_gave_already_is_not_asked_again(reader, model):
    model.mentions = {"chest_pain": {"elephant": 0.99}}
    output = model.predict("an elephant sits on me")
    assert ("chest_pain", "present") in found(reader, "an elephant sits on me", output)
    assert model.texts == ["an elephant sits on me"]


def test_what_only_the_model_sees_has_its_place_in_the_message(reader, model):
    model.mentions = {"chest_pain": {"an": 0.1, "elephant": 0.9, "sits": 0.5, "on": 0.3}}
    [finding] = [f for f in reader.read("well an elephant sits on me") if f.id == "chest_pain"]
    assert (finding.start, finding.end) == (8, 21)


def test_a_negation_cue_is_no_part_of_what_the_model_sees(reader, model):
    model.mentions = {"chest_pain": {"no": 0.9, "elephant": 0.9}}
    [candidate] = [c for c in reader.collect_candidates("no elephant on me") if c.id == "chest_pain"]
    assert candidate.start == 3
    assert candidate.features.context == "absent"


@pytest.mark.parametrize(("probability", "is_there"), [(0.09, False), (0.11, True)])
def test_a_faint_suspicion_of_the_model_is_no_candidate(reader, model, probability, is_there):
    model.mentions = {"chest_pain": {"elephant": probability}}
    assert any(c.id == "chest_pain" for c in reader.collect_candidates("an elephant sits on me")) == is_there


def test_what_the_message_as_a_whole_reports_is_a_candidate(reader, model):
    model.reports = {"chest_pain": 0.8}
    [candidate] = [c for c in reader.collect_candidates("an elephant sits on me") if c.id == "chest_pain"]
    assert candidate.features.whole == 0.8


def test_signals_of_a_candidate(reader, model):
    model.mentions = {"fever_38": {"fever": 0.8}}
    model.assertion = "past"
    [candidate] = [c for c in reader.collect_candidates("no fever 36") if c.id == "fever_38"]
    assert candidate.features.mentioned == 0.8
    assert candidate.features.present == pytest.approx(0.008)
    assert (candidate.features.lexical, candidate.features.context) == ("absent", "absent")
    assert not candidate.features.number
    assert candidate.not_present_as == "absent"


def test_a_number_is_a_signal(reader):
    [candidate] = [c for c in reader.collect_candidates("thermometer says 38.7") if c.id == "fever_38"]
    assert candidate.features.number
    assert candidate.features.lexical == "present"


def test_what_is_implied_is_reported_with_it(reader, model):
    model.mentions = {"both_legs_weak": {"elephant": 0.9}}
    assert {("both_legs_weak", "present"), ("leg_weakness", "present")} <= found(reader, "an elephant sits on me")
    model.assertion = "absent"
    assert found(reader, "an elephant sits on me") == {("both_legs_weak", "absent")}


def test_presence_goes_before_what_is_said_against_it(reader, lexicons):
    lexicons._fusion = fusion(lexical_absent=-9.0, lexical_present=9.0)
    assert found(reader, "no fever yesterday. now my temperature is 39") & {("fever_38", a) for a in ASSERTIONS} == {
        ("fever_38", "present")
    }


def test_between_the_thresholds_a_finding_is_unclear(reader, lexicons):
    lexicons._fusion = fusion(always=-1.0)
    [finding] = [f for f in reader.read("i have chest pain") if f.id == "chest_pain"]
    assert finding.assertion == UNCLEAR
    assert finding.probability == pytest.approx(0.269, abs=0.001)


def test_what_is_too_unlikely_for_a_question_is_denied_only(reader, lexicons):
    lexicons._fusion = fusion(always=-9.0)
    assert found(reader, "no chest pain") == {("chest_pain", "absent")}


def test_a_suspicion_of_the_model_alone_is_not_said_to_be_denied(reader, model, lexicons):
    lexicons._fusion = fusion(always=-9.0)
    model.assertion = "absent"
    model.mentions = {"chest_pain": {"elephant": 0.4}}
    assert found(reader, "an elephant sits on me") == set()
    model.mentions = {"chest_pain": {"elephant": 0.6}}
    assert found(reader, "an elephant sits on me") == {("chest_pain", "absent")}


def test_what_only_the_model_sees_and_the_words_speak_against_is_unclear(reader, model):
    model.mentions = {"spasm_over_10_min": {"lasts": 0.99}}
    finding = next(f for f in reader.read("the twitch lasts 20 secs") if f.id == "spasm_over_10_min")
    assert (finding.assertion, finding.probability) == (UNCLEAR, 0.25)


def test_findings_stand_in_the_order_of_the_message(reader):
    starts = [finding.start for finding in reader.read("my calf is swollen and i have chest pain and a fever")]
    assert len(starts) > 2
    assert starts == sorted(starts)


def test_without_the_model_the_lexicon_says_what_it_knows(reader, model):
    reported = {(f.id, f.assertion) for f in reader.read_without_model("no chest pain, temperature of 40.5")}
    assert {("chest_pain", "absent"), ("temp_40", "present"), ("fever_38", "present")} <= reported
    assert model.texts == []


def test_without_assertions_everything_counts_as_present(reader, monkeypatch, caplog):
    def fail(tokens, mentions):
        raise RuntimeError("no ConText today")

    monkeypatch.setattr(reader._assertions, "classify", fail)
    assert {(f.id, f.assertion) for f in reader.read_without_model("no chest pain")} == {("chest_pain", "present")}
    assert "no ConText today" in caplog.text


def test_the_reader_is_loaded_once(monkeypatch):
    made = []
    monkeypatch.setattr(module, "FindingReader", lambda: made.append(1) or object())
    shared = module._SharedReader()
    assert shared() is shared()
    assert made == [1]


def test_a_reader_that_cannot_be_loaded_is_not_tried_again(monkeypatch):
    tries = []

    def fail():
        tries.append(1)
        raise FileNotFoundError("no lexicon")

    monkeypatch.setattr(module, "FindingReader", fail)
    shared = module._SharedReader()
    for _ in range(3):
        with pytest.raises(FileNotFoundError, match="no lexicon"):
            shared()
    assert tries == [1]


def test_of_a_finding_that_is_newer_than_the_model_the_lexicon_decides(reader, model, monkeypatch):
    newer = FINDINGS.index("chest_pain")
    without = [finding for finding in FINDINGS if finding != "chest_pain"]
    predict = model.predict

    def predict_without(text):
        output = predict(text)
        return replace(
            output,
            findings=without,
            finding_probabilities=np.delete(output.finding_probabilities, newer, axis=1),
            message_probabilities=np.delete(output.message_probabilities, newer),
        )

    monkeypatch.setattr(model, "predict", predict_without)
    assert found(reader, "i have chest pain") == {("chest_pain", "present")}
    assert found(reader, "no chest pain") == {("chest_pain", "absent")}

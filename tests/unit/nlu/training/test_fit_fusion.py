"""How weights are fitted and the alert threshold is chosen."""

import json
import sys
from types import SimpleNamespace

import pytest

from nlu.findings.fusion import FEATURES, Fusion, FusionFeatures
from nlu.training import fit_fusion
from nlu.training.corpus import DEVELOPMENT_FOLDER, labelled_message
from nlu.training.fit_fusion import Outcome, choose_alert_threshold, finding_probabilities, fit_weights, outcome
from triage.clarification import ClarificationThresholds

CLARIFICATION = ClarificationThresholds(0.06, 0.12, 0.05)
WEIGHTS = dict.fromkeys(FEATURES, 0.0)
PRESENT = FusionFeatures(0.9, 0.9, 0.9, lexical="present", number=False, context="present")
ABSENT = FusionFeatures(0.9, 0.1, 0.1, lexical="absent", number=False, context="absent")


def fusion(threshold):
    return Fusion(WEIGHTS, threshold, CLARIFICATION)


@pytest.mark.parametrize(
    ("probability", "danger", "counts"),
    [
        (0.9, True, Outcome(0, 0, 0, 0)),
        (0.9, False, Outcome(0, 0, 1, 0)),
        (0.3, True, Outcome(0, 1, 0, 0)),
        (0.3, False, Outcome(0, 0, 0, 1)),
        (0.04, True, Outcome(1, 0, 0, 0)),
        (0.04, False, Outcome(0, 0, 0, 0)),
    ],
)
def test_what_comes_of_a_message(probability, danger, counts):
    assert outcome([{"chest_pain": probability}], [danger], fusion(0.6)) == counts


def test_messages_are_counted_together():
    probabilities = [{"chest_pain": 0.9}, {"chest_pain": 0.9}, {}, {"spasm_present": 0.9}, {"chest_pain": 0.2}]
    assert outcome(probabilities, [False, True, True, False, True], fusion(0.6)) == Outcome(1, 1, 1, 0)


def test_what_a_finding_implies_is_not_asked_about():
    assert outcome([{"temp_40": 0.99, "fever_38": 0.3}], [True], fusion(0.6)).asked == 0


def test_the_lowest_threshold_that_keeps_both_rates():
    development = [{"chest_pain": 0.57}] * 2 + [{"chest_pain": 0.9}] + [{}] * 78
    everyday = [{"chest_pain": 0.62}] * 3 + [{}] * 97
    dangers = [False] * 2 + [True] + [False] * 78
    assert choose_alert_threshold(WEIGHTS, CLARIFICATION, (development, dangers), [{}] * 100)[0] == 0.45
    assert choose_alert_threshold(WEIGHTS, CLARIFICATION, (development[:41], dangers[:41]), [{}] * 100)[0] == 0.6
    chosen = choose_alert_threshold(WEIGHTS, CLARIFICATION, (development, dangers), everyday)
    assert chosen == (0.65, Outcome(0, 0, 0, 2), Outcome(0, 0, 0, 3))


def test_where_no_threshold_keeps_them_the_highest_is_taken():
    threshold, _, on_everyday = choose_alert_threshold(WEIGHTS, CLARIFICATION, ([], []), [{"chest_pain": 0.99}])
    assert (threshold, on_everyday.false_positives) == (0.8, 1)


class FakeReader:
    """Gives a candidate for chest pain: present where the message says no "no"."""

    def __init__(self, *args):
        pass

    def collect_candidates(self, text):
        return [SimpleNamespace(id="chest_pain", features=ABSENT if "no" in text.split() else PRESENT)]


@pytest.fixture
def corpus(monkeypatch):
    def message(number, text, assertion):
        return labelled_message(
            f"{number} {text}", [{"id": "chest_pain", "assertion": assertion, "span": "chest pain"}]
        )

    messages = [message(number, "chest pain", "present") for number in range(5)]
    messages += [message(number, "no chest pain", "absent") for number in range(5)]
    monkeypatch.setattr(fit_fusion, "read_corpus", lambda: messages)
    monkeypatch.setattr(fit_fusion, "is_validation", lambda message: True)
    return messages


def test_weights_tell_present_from_absent(corpus):
    weights = fit_weights(FakeReader())
    assert tuple(weights) == FEATURES
    assert weights["lexical_present"] > 0 > weights["lexical_absent"]
    assert weights["lexical_past"] == 0
    [found, denied] = finding_probabilities(
        FakeReader(), Fusion(weights, 0.5, CLARIFICATION), ["chest pain", "no chest pain"]
    )
    assert found["chest_pain"] > 0.9 > 0.1 > denied["chest_pain"]


def test_what_is_not_in_the_validation_split_is_not_fitted_on(corpus, monkeypatch):
    monkeypatch.setattr(fit_fusion, "is_validation", lambda message: not message.text.startswith("0"))
    texts = []
    reader = FakeReader()
    reader.collect_candidates = lambda text: texts.append(text) or FakeReader().collect_candidates(text)
    fit_weights(reader)
    assert len(texts) == 8


def test_the_files_named_are_those_that_the_threshold_is_chosen_on(corpus, monkeypatch, tmp_path, capsys):
    (tmp_path / "fusion.json").write_text(
        json.dumps({"clarification_thresholds": {"usual": 0.06, "beside_follow_up": 0.12, "self_harm": 0.05}})
    )
    (tmp_path / "a.jsonl").write_text('{"text": "chest pain", "tier": "emergency_now"}\n')
    (tmp_path / "b.jsonl").write_text('{"text": "no chest pain", "tier": "none"}\n')
    (tmp_path / "c.jsonl").write_text('{"text": "no chest pain"}\n')
    files = [str(tmp_path / f"{name}.jsonl") for name in "abc"]
    arguments = ["--folder", str(tmp_path), "--development", *files[:2], "--everyday", files[2]]
    monkeypatch.setattr(sys, "argv", ["fit_fusion", *arguments])
    monkeypatch.setattr(fit_fusion, "LanguageModel", lambda *args: None)
    monkeypatch.setattr(fit_fusion, "FindingReader", FakeReader)
    fit_fusion.main()
    result = json.loads((tmp_path / "fusion.json").read_text())
    assert result == json.loads(capsys.readouterr().out)
    assert (result["development"]["messages"], result["development"]["dangers"]) == (2, 1)
    assert result["development"]["missed"] == result["development"]["false_positives"] == 0
    assert result["everyday"]["messages"] == 1
    Fusion.read(tmp_path / "fusion.json")


def test_by_default_only_files_of_the_training_are_read(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["fit_fusion"])
    arguments = fit_fusion._arguments()
    paths = [*arguments.development, *arguments.everyday]
    assert {path.parent for path in paths} == {DEVELOPMENT_FOLDER}
    assert all(path.is_file() for path in paths)

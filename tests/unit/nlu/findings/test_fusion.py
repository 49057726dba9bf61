"""How the signals are fused."""

import json
from dataclasses import replace

import pytest

from nlu.encoder.model import MODEL_FOLDER
from nlu.findings.fusion import FEATURES, Fusion, FusionError, FusionFeatures, with_all_implied
from triage.clarification import ClarificationThresholds

SURE = FusionFeatures(mentioned=0.99, present=0.98, whole=0.98, lexical="present", number=False, context="present")
DENIED = FusionFeatures(mentioned=0.9, present=0.02, whole=0.02, lexical="absent", number=False, context="absent")
ONLY_MODEL = FusionFeatures(mentioned=0.97, present=0.95, whole=0.9, lexical=None, number=False, context="present")
ONLY_LEXICON = FusionFeatures(
    mentioned=0.001, present=0.0005, whole=0.001, lexical="present", number=False, context=None
)


@pytest.fixture(scope="module")
def fusion():
    return Fusion.read(MODEL_FOLDER / "fusion.json")


def present(fusion, **features):
    return fusion.present({finding: fusion.probability(said) for finding, said in features.items()})


def test_agreement_is_certain_and_denial_is_no(fusion):
    assert present(fusion, chest_pain=SURE) == {"chest_pain"}
    assert present(fusion, chest_pain=DENIED) == set()
    assert fusion.probability(DENIED) < fusion.clarification.usual


def test_two_signals_weigh_more_than_one(fusion):
    assert fusion.probability(SURE) > max(fusion.probability(ONLY_MODEL), fusion.probability(ONLY_LEXICON))


def test_the_lexicon_alone_is_worth_a_question_at_most(fusion):
    assert present(fusion, chest_pain=ONLY_LEXICON) == set()


def test_a_danger_made_of_two_must_be_likely_as_a_whole():
    fusion = Fusion(dict.fromkeys(FEATURES, 0.0), 0.6, ClarificationThresholds(0.06, 0.12, 0.05))
    assert fusion.present({"calf_pain": 0.95, "clot_risk": 0.95}) == {"calf_pain", "clot_risk"}
    assert len(fusion.present({"calf_pain": 0.65, "clot_risk": 0.65})) == 1


def test_several_likely_dangers_are_one_certain_danger():
    fusion = Fusion(dict.fromkeys(FEATURES, 0.0), 0.6, ClarificationThresholds(0.06, 0.12, 0.05))
    assert fusion.present({"chest_pain": 0.5}) == set()
    assert fusion.present({"chest_pain": 0.5, "breathing_trouble": 0.45}) == {"chest_pain"}
    assert fusion.present({"spasm_present": 0.7, "chest_pain": 0.1}) == {"spasm_present"}


def test_every_feature_has_a_weight():
    weights = json.loads((MODEL_FOLDER / "fusion.json").read_text())["weights"]
    assert tuple(weights) == FEATURES
    assert len(SURE.vector()) == len(FEATURES)


def test_what_both_take_for_a_figure_of_speech_is_no_alert(fusion):
    figure = FusionFeatures(0.99, 0.99, 0.99, lexical="figurative", number=False, context="figurative")
    certain = Fusion(dict.fromkeys(FEATURES, 5.0), 0.6, fusion.clarification)
    assert certain.probability(figure) == 0.3
    assert certain.probability(replace(figure, context="present")) > 0.9


def test_a_denial_that_the_model_does_not_doubt_leaves_less_than_a_question(fusion):
    certain = Fusion(dict.fromkeys(FEATURES, 5.0), 0.6, fusion.clarification)
    denied = FusionFeatures(0.99, 0.39, 0.39, lexical="absent", number=False, context=None)
    assert certain.probability(denied) == 0.04 < fusion.clarification.usual
    assert certain.probability(replace(denied, whole=0.4)) > 0.04


def test_probabilities_of_0_and_1_have_finite_features():
    extreme = FusionFeatures(0.0, 0.0, 1.0, lexical=None, number=True, context="past")
    vector = dict(zip(FEATURES, extreme.vector(), strict=True))
    assert vector["model_mentions"] == pytest.approx(-9.21, abs=0.01)
    assert vector["model_says_of_message"] == pytest.approx(9.21, abs=0.01)
    assert vector["lexical_silent"] == vector["lexical_number"] == vector["context_past"] == 1.0
    assert not any(value for name, value in vector.items() if name.startswith("lexical_p"))


def test_what_is_implied_counts_for_the_rules():
    assert with_all_implied({"temp_40"}) == {"temp_40", "fever_38"}


@pytest.mark.parametrize("entry", ["weights", "alert_threshold", "clarification_thresholds"])
def test_a_file_that_lacks_an_entry_is_named(tmp_path, entry):
    data = json.loads((MODEL_FOLDER / "fusion.json").read_text())
    del data[entry]
    path = tmp_path / "fusion.json"
    path.write_text(json.dumps(data))
    with pytest.raises(FusionError, match=f"fusion.json: '{entry}'"):
        Fusion.read(path)


def test_what_is_nearly_certain_counts_as_certain_in_a_danger_of_two():
    fusion = Fusion(dict.fromkeys(FEATURES, 0.0), 0.88, ClarificationThresholds(0.06, 0.12, 0.05))
    assert fusion.present({"calf_pain": 0.9, "clot_risk": 0.9}) == {"calf_pain", "clot_risk"}
    assert len(fusion.present({"calf_pain": 0.89, "clot_risk": 0.89})) == 1


def test_what_is_hardly_likely_adds_nothing_to_a_danger():
    fusion = Fusion(dict.fromkeys(FEATURES, 0.0), 0.1, ClarificationThresholds(0.06, 0.12, 0.05))
    dangers = ("chest_pain", "breathing_trouble", "face_droop", "seizure", "suicidal")
    assert len(fusion.present(dict.fromkeys(dangers, 0.031))) == 1
    assert fusion.present(dict.fromkeys(dangers, 0.029)) == set()

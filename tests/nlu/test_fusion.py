"""How the three voices are weighed."""

import json

import pytest

from nlu.encoder.model import MODEL_FOLDER
from nlu.findings.fusion import FEATURES, Fusion, Voices
from triage.questions import ClarificationThresholds

SURE = Voices(mentioned=0.99, present=0.98, whole=0.98, lexical="present", number=False, context="present")
DENIED = Voices(mentioned=0.9, present=0.02, whole=0.02, lexical="absent", number=False, context="absent")
ONLY_MODEL = Voices(mentioned=0.97, present=0.95, whole=0.9, lexical=None, number=False, context="present")
ONLY_NET = Voices(mentioned=0.001, present=0.0005, whole=0.001, lexical="present", number=False, context=None)


@pytest.fixture(scope="module")
def fusion():
    return Fusion.read(MODEL_FOLDER / "fusion.json")


def present(fusion, **voices):
    return fusion.present({finding: fusion.chance(said) for finding, said in voices.items()})


def test_agreement_is_certain_and_denial_is_no(fusion):
    assert present(fusion, chest_pain=SURE) == {"chest_pain"}
    assert present(fusion, chest_pain=DENIED) == set()
    assert fusion.chance(DENIED) < fusion.clarification.usual


def test_two_voices_weigh_more_than_one(fusion):
    assert fusion.chance(SURE) > max(fusion.chance(ONLY_MODEL), fusion.chance(ONLY_NET))


def test_the_lexical_net_alone_is_worth_a_question_at_most(fusion):
    assert present(fusion, chest_pain=ONLY_NET) == set()


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
    assert len(SURE.features()) == len(FEATURES)

"""How the three voices are weighed."""

import json

import pytest

from nlu.fusion import FEATURES, Fusion, Voices
from nlu.language_model import MODEL_FOLDER

SURE = Voices(mentioned=0.99, present=0.98, lexical="present", number=False, context="present")
DENIED = Voices(mentioned=0.9, present=0.02, lexical="absent", number=False, context="absent")
ONLY_MODEL = Voices(mentioned=0.97, present=0.95, lexical=None, number=False, context="present")
ONLY_NET = Voices(mentioned=0.001, present=0.0005, lexical="present", number=False, context=None)


@pytest.fixture(scope="module")
def fusion():
    return Fusion.read(MODEL_FOLDER / "fusion.json")


def test_agreement_is_certain_and_denial_is_no(fusion):
    assert fusion.chance(SURE) >= fusion.certain
    assert fusion.chance(DENIED) < fusion.possible("chest_pain")


def test_two_voices_weigh_more_than_one(fusion):
    assert fusion.chance(SURE) > max(fusion.chance(ONLY_MODEL), fusion.chance(ONLY_NET))


def test_the_lexical_net_alone_is_worth_a_question_at_most(fusion):
    assert fusion.chance(ONLY_NET) < fusion.certain


def test_every_feature_has_a_weight():
    weights = json.loads((MODEL_FOLDER / "fusion.json").read_text())["weights"]
    assert tuple(weights) == FEATURES
    assert len(SURE.features()) == len(FEATURES)

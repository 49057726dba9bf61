"""The patches of Rasa: each replaces something that the pinned version has, once."""

import inspect

import pytest
from jsonschema import ValidationError
from rasa.core.actions import action as rasa_action
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SlotSet

from channels.fail_safe.install import PATCHES as FAIL_SAFE_PATCHES
from dialogue import rasa_patches
from dialogue.rasa_patches import PATCHES, Patch, PatchError, apply

ALL = [*PATCHES, *FAIL_SAFE_PATCHES]


@pytest.mark.parametrize("patch", ALL, ids=lambda patch: f"{patch.owner.__name__}.{patch.attribute}")
def test_what_is_patched_stands_in_the_pinned_rasa(patch):
    owner = patch.owner if inspect.isclass(patch.owner) else None
    names = vars(owner) if owner else vars(patch.owner)
    assert patch.attribute in names
    assert (owner or patch.owner).__name__.startswith("rasa.") or owner.__module__.startswith("rasa.")


def test_no_attribute_is_patched_twice():
    places = [(patch.owner, patch.attribute) for patch in ALL]
    assert len(set(places)) == len(places)


def test_a_patch_for_nothing_is_refused_by_name():
    with pytest.raises(PatchError, match=r"Rasa has no Domain\.no_such_thing to patch; install the version"):
        apply([Patch(Domain, "no_such_thing", None)])


def test_installing_twice_changes_nothing():
    rasa_patches.install()
    before = [patch.owner.__dict__[patch.attribute] for patch in PATCHES]
    rasa_patches.install()
    assert [patch.owner.__dict__[patch.attribute] for patch in PATCHES] == before


def test_an_events_class_is_found_as_rasa_finds_it():
    rasa_patches.install()
    assert Event.resolve_by_type("slot") is SlotSet
    assert Event.resolve_by_type("nonsense", SlotSet) is SlotSet
    with pytest.raises(ValueError, match="nonsense"):
        Event.resolve_by_type("nonsense")


@pytest.mark.parametrize(
    "answer",
    [[], "text", {"events": 7}, {"events": [{"event": "nonsense"}]}, {"responses": {}}, {"responses": ["text"]}],
)
def test_an_action_servers_answer_of_another_shape_is_refused(answer):
    with pytest.raises(ValidationError):
        rasa_patches._check_action_result(rasa_action.RemoteAction("action_x", None), answer)


def test_an_action_servers_answer_of_the_right_shape_is_taken():
    answer = {"events": [{"event": "slot", "name": "a", "value": 1}], "responses": [{"text": "Hello."}]}
    assert rasa_patches._check_action_result(rasa_action.RemoteAction("action_x", None), answer)


def test_an_empty_domain_is_told_from_ours(domain):
    rasa_patches.install()
    assert Domain.empty().is_empty()
    assert not domain.is_empty()

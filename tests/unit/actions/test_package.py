"""The action server serves what the domain names, each action from a module of its name."""

import importlib
import pkgutil

from rasa_sdk import Action

import actions
from tests.unit.actions.talk import DOMAIN


def _actions_by_module():
    found = {}
    for module in pkgutil.iter_modules(actions.__path__):
        members = vars(importlib.import_module(f"actions.{module.name}")).values()
        for member in members:
            if isinstance(member, type) and issubclass(member, Action) and member is not Action:
                found.setdefault(member.__module__, set()).add(member().name())
    return found


def test_every_action_of_the_domain_exists_and_no_other():
    named = {action if isinstance(action, str) else next(iter(action)) for action in DOMAIN["actions"]}
    assert set().union(*_actions_by_module().values()) == named


def test_each_action_lies_in_a_module_of_its_name():
    for module, names in _actions_by_module().items():
        assert names == {f"action_{module.rpartition('.')[2]}"}

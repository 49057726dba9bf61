"""The patches of Rasa: each for something that Rasa has, in place only where they are asked for, and only once."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from channels.fail_safe import handler, install
from channels.fail_safe.install import PATCHES
from dialogue import rasa_patches
from dialogue.rasa_patches import Patch, PatchError, apply

_IMPORTS_PATCH_NOTHING = """
import importlib, pkgutil, channels
for module in pkgutil.walk_packages(channels.__path__, "channels."):
    importlib.import_module(module.name)
from channels.fail_safe.install import PATCHES, install
attributes = lambda: [getattr(patch.owner, patch.attribute) for patch in PATCHES]
before = attributes()
assert {function.__module__.partition(".")[0] for function in before} == {"rasa"}, before
install()
assert attributes() == [patch.replacement for patch in PATCHES], attributes()
"""


@pytest.fixture
def unpatched(monkeypatch):
    """Nothing counts as patched yet; what the test patches is undone."""
    monkeypatch.setattr(rasa_patches, "_applied", set())
    for patch in PATCHES:
        monkeypatch.setattr(patch.owner, patch.attribute, getattr(patch.owner, patch.attribute))


@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: f"{patch.owner.__name__}.{patch.attribute}")
def test_every_patched_attribute_exists_in_rasa_itself(patch):
    assert patch.owner.__module__.startswith("rasa.")
    assert patch.attribute in vars(patch.owner)


def test_an_import_patches_nothing_and_the_call_patches_all():
    subprocess.run([sys.executable, "-c", _IMPORTS_PATCH_NOTHING], check=True, timeout=60)


def test_installing_puts_every_replacement_in_place(unpatched):
    install.install()
    assert [getattr(patch.owner, patch.attribute) for patch in PATCHES] == [patch.replacement for patch in PATCHES]


def test_installing_twice_leaves_alone_what_was_put_over_it_since(unpatched, monkeypatch):
    install.install()
    patch, over = PATCHES[0], lambda *_: None
    monkeypatch.setattr(patch.owner, patch.attribute, over)
    install.install()
    assert getattr(patch.owner, patch.attribute) is over


def test_the_replacements_call_rasas_own_methods():
    originals = [handler._handle_message, handler._run_remote, handler._log_message, handler._send_response]
    assert {function.__module__.partition(".")[0] for function in originals} == {"rasa"}


def test_a_patch_for_what_does_not_exist_is_refused_with_its_cure():
    owner = type("Agent", (), {})
    with pytest.raises(PatchError, match=r"Rasa has no Agent\.handle to patch; install the version"):
        apply([Patch(owner, "handle", print)])
    assert not hasattr(owner, "handle")


def test_a_module_can_be_patched_too():
    owner = SimpleNamespace(__name__="rasa.module", TIMEOUT=300)
    module = type(sys)("rasa.module")
    module.TIMEOUT = owner.TIMEOUT
    apply([Patch(module, "TIMEOUT", 2.0)])
    assert module.TIMEOUT == 2.0
    with pytest.raises(PatchError, match=r"rasa\.module\.OTHER"):
        apply([Patch(module, "OTHER", 2.0)])

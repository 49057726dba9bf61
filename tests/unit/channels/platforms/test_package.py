"""Every platform is whole, and known where platforms are listed."""

import importlib

import pytest
import yaml

from channels.messaging.numbered_menu import NumberedPlatform
from channels.messaging.platform import Platform
from tools.settings import ROOT

MODULES = sorted(path.stem for path in (ROOT / "channels" / "platforms").glob("[a-z]*.py"))
NEEDED = ("make_client", "verify", "read", "to_requests")


def platform_of(module):
    """Returns the class of a platform's module."""
    found = vars(importlib.import_module(f"channels.platforms.{module}")).values()
    return next(c for c in found if isinstance(c, type) and issubclass(c, Platform) and c.__module__.endswith(module))


@pytest.mark.parametrize("module", MODULES)
def test_a_platform_says_what_the_base_leaves_open(module):
    platform = platform_of(module)
    assert platform.route
    assert platform.title
    assert platform.secrets
    assert [name for name in NEEDED if getattr(platform, name) is getattr(Platform, name)] == []
    if issubclass(platform, NumberedPlatform):
        assert platform.text_request is not NumberedPlatform.text_request, "MORE needs text_request"


@pytest.mark.parametrize("module", MODULES)
def test_a_platform_stands_in_credentials_and_its_variables_in_the_example(module):
    platform = platform_of(module)
    credentials = yaml.safe_load((ROOT / "credentials.yml").read_text(encoding="utf-8"))
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert f"{platform.__module__}.{platform.__name__}" in credentials
    assert [name for name in (*platform.secrets, *platform.needed) if f"{name}=" not in example] == []


def test_no_two_platforms_share_an_address():
    routes = [platform_of(module).route for module in MODULES]
    assert len(set(routes)) == len(routes)

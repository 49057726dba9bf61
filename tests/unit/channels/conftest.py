"""Platforms that are switched on, with a dispatcher that answers nothing."""

import jwt
import pytest

from tests.unit.channels.helpers import FakeDispatcher, published_keys


@pytest.fixture(autouse=True)
def no_settings(monkeypatch, tmp_path):
    """No test sees the settings of the machine, nor writes beside the project."""
    for name in ("PUBLIC_URL", "TWILIO_NUMBER", "TWILIO_WHATSAPP_NUMBER", "BOTFRAMEWORK_TENANT_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CHANNELS_DATABASE", f"sqlite:///{tmp_path / 'channels.sqlite'}")


@pytest.fixture
def switch_on(monkeypatch):
    """Returns a function from a platform's class and its settings to the platform."""

    def switch_on(kind, settings):
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        platform = kind.from_credentials({})
        platform.attach(FakeDispatcher())
        return platform

    return switch_on


@pytest.fixture
def keys_published(monkeypatch):
    """The keys of Google Chat and the Bot Framework are those of the tests."""
    monkeypatch.setattr(jwt.PyJWKClient, "fetch_data", lambda self: published_keys())

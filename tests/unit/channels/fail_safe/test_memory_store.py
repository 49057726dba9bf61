"""The store that endpoints.yml names."""

from pathlib import Path

import yaml
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig

from channels.fail_safe import memory_store
from channels.fail_safe.memory_store import ForgettingTrackerStore

ENDPOINTS = Path(__file__).resolve().parents[4] / "endpoints.yml"


def test_rasa_makes_it_from_our_endpoints_and_the_handler_is_installed(monkeypatch):
    installed = []
    monkeypatch.setattr(memory_store, "install", lambda: installed.append(True))
    settings = yaml.safe_load(ENDPOINTS.read_text())["tracker_store"]
    domain = Domain.empty()
    store = TrackerStore.create(EndpointConfig(**settings), domain)
    assert isinstance(store, ForgettingTrackerStore)
    assert store.domain is domain
    assert installed == [True]

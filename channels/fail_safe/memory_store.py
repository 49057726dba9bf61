"""The tracker store that endpoints.yml names."""

from __future__ import annotations

from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.shared.core.domain import Domain

from channels.fail_safe.condensing_store import CondensingTrackerStore
from channels.fail_safe.install import install


class ForgettingTrackerStore(CondensingTrackerStore):
    """Keeps conversations in memory, and brings the fail-safe handler to servers without a channel of ours."""

    def __init__(self, domain: Domain, event_broker: EventBroker | None = None, **kwargs: Any) -> None:
        """Installs the handler: `rasa shell` makes this store, but none of our channels.

        Args:
            domain: the assistant's.
            event_broker: what the events of conversations are published to, if anything.
            kwargs: further settings of the endpoints file.
        """
        install()
        super().__init__(domain, event_broker, **kwargs)

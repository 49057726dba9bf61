"""The tracker store that endpoints.yml names."""

from __future__ import annotations

from typing import Any

from channels.fail_safe.condensing_store import CondensingTrackerStore
from channels.fail_safe.install import install


class ForgettingTrackerStore(CondensingTrackerStore):
    """Keeps conversations in memory, and brings the fail-safe handler to servers without a channel of ours."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Installs the handler: `rasa shell` makes this store, but none of our channels.

        Args:
            args: of Rasa's in-memory store.
            kwargs: of Rasa's in-memory store.
        """
        install()
        super().__init__(*args, **kwargs)

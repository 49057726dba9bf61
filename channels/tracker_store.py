"""Keeps conversations in memory, and forgets what a person asks to be forgotten."""

from collections import deque

from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.events import Restarted
from rasa.shared.core.trackers import DialogueStateTracker


class ForgettingTrackerStore(InMemoryTrackerStore):
    """Rasa's in-memory store, but what lies before a restart ("forget me", "start again") is dropped for good."""

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keeps a conversation from its last restart on."""
        events = list(tracker.events)
        restarts = [number for number, event in enumerate(events) if isinstance(event, Restarted)]
        if restarts:
            tracker.events = deque(events[restarts[-1] :], tracker.events.maxlen)
        await super().save(tracker)

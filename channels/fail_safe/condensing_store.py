"""Conversations in memory: what a person asks to be forgotten is dropped, what is long past is condensed."""

from __future__ import annotations

from collections import deque
from typing import Any

from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import (
    ActionExecuted,
    AllSlotsReset,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from dialogue.snapshot import compact
from triage.contract import Slot

MESSAGES_KEPT = 6
"""Messages of a person that a tracker holds word for word; what came before is condensed into the slot ``earlier``.
Rasa copies, stores and sends the whole tracker at every step, so its length is what a turn costs."""


class CondensingTrackerStore(InMemoryTrackerStore):
    """Rasa's in-memory store, but what lies before a restart ("forget me", "start again") is dropped for good."""

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keeps a conversation from its last restart on, the last messages of it word for word."""
        await self.stream_events(tracker)
        events = list(tracker.events)
        restarts = [number for number, event in enumerate(events) if isinstance(event, Restarted)]
        events = events[restarts[-1] :] if restarts else events
        tracker.events = deque(_shortened(events), tracker.events.maxlen)
        self.store[tracker.sender_id] = self.serialise_tracker(tracker)


def _shortened(events: list[Event]) -> list[Event]:
    messages = [number for number, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(messages) <= MESSAGES_KEPT:
        return events
    cut = messages[-MESSAGES_KEPT]
    old, kept = events[:cut], events[cut:]
    begins = old[0].timestamp
    ends = old[-1].timestamp
    slots: dict[str, Any] = {}
    for event in old:
        if isinstance(event, (Restarted, SessionStarted, AllSlotsReset)):
            slots = {}
        elif isinstance(event, SlotSet):
            slots[event.key] = event.value
    slots[Slot.SNAPSHOT] = compact([event.as_dict() for event in old])
    return [
        SessionStarted(timestamp=begins),
        *(SlotSet(name, value, timestamp=ends) for name, value in slots.items() if value is not None),
        ActionExecuted(ACTION_LISTEN_NAME, timestamp=ends),
        *kept,
    ]

"""A tracker store that fails or hangs: the conversation goes on in memory, and is joined again afterwards."""

from __future__ import annotations

from typing import Any

from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.shared.core.constants import ACTION_SESSION_START_NAME
from rasa.shared.core.events import ActionExecuted, SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker

from channels.fail_safe.bounded_call import call_bounded
from channels.fail_safe.condensing_store import CondensingTrackerStore
from nlu.base import faults


class StoreError(RuntimeError):
    """A store failed a moment ago, so it is not asked again for this message."""


async def _call_tracker_store(self: FailSafeTrackerStore, method: str, *arguments: Any) -> Any:
    record = faults.current()
    if record is not None and "tracker store" in record.faults:
        raise StoreError("The tracker store failed a moment ago.")
    return await call_bounded(self._tracker_store, method, *arguments)


async def retrieve(self: FailSafeTrackerStore, sender_id: str) -> Any:
    """Returns the conversation from the store, joined with what only the spare one in memory has heard."""
    return await _retrieve_joined(self, "retrieve", sender_id)


async def retrieve_full_tracker(self: FailSafeTrackerStore, sender_id: str) -> Any:
    """Returns the conversation with what lies before its last restart, as `retrieve` does."""
    return await _retrieve_joined(self, "retrieve_full_tracker", sender_id)


async def _retrieve_joined(self: FailSafeTrackerStore, method: str, sender_id: str) -> Any:
    found = None
    try:
        found = await _call_tracker_store(self, method, sender_id)
    except Exception as error:
        _note(error)
    spare = await _spare_store(self).retrieve(sender_id)
    if found is None or spare is None:
        return spare if found is None else found
    _spare_store(self).store.pop(sender_id, None)
    return _joined(found, spare, self.domain)


def _joined(found: DialogueStateTracker, spare: DialogueStateTracker, domain: Any) -> DialogueStateTracker:
    """Returns a conversation with what only the spare store has heard of it, as one."""
    latest = found.events[-1].timestamp if found.events else 0.0
    for event in spare.events:
        begins = isinstance(event, SessionStarted) or (
            isinstance(event, ActionExecuted) and event.action_name == ACTION_SESSION_START_NAME
        )
        if event.timestamp > latest and not begins:
            found.update(event, domain)
    return found


def _spare_store(self: FailSafeTrackerStore) -> CondensingTrackerStore:
    if self._fallback_tracker_store is None:
        self._fallback_tracker_store = CondensingTrackerStore(self.domain, self._tracker_store.event_broker)
    return self._fallback_tracker_store  # type: ignore[return-value]


async def save(self: FailSafeTrackerStore, tracker: DialogueStateTracker) -> None:
    """Keeps the conversation, in the store or, where that fails, in the spare one in memory."""
    try:
        await _call_tracker_store(self, "save", tracker)
    except Exception as error:
        _note(error)
        await _spare_store(self).save(tracker)


def _note(error: Exception) -> None:
    if not isinstance(error, StoreError):
        faults.report("tracker store", error)

"""The case of a tracker: folded once per turn, then read from its slot."""

from __future__ import annotations

from rasa.shared.core.events import BotUttered, Restarted, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from dialogue.state import fold
from nlu.findings.fusion import shared_fusion
from triage.case import Case
from triage.contract import Slot

_READ = (UserUttered, BotUttered, SlotSet, SessionStarted, Restarted)
"""Kinds of events that the case is folded from."""


def is_current(tracker: DialogueStateTracker) -> bool:
    """Tells whether the slot holds the case of this turn, and not that of an earlier one."""
    kept = tracker.get_slot(Slot.CASE)
    return bool(kept) and kept["message_id"] == _message_id(tracker)


def current_case(tracker: DialogueStateTracker) -> Case | None:
    """Returns the case after the latest message, or None where nobody has said anything since the last start."""
    if is_current(tracker):
        return Case.from_json(tracker.get_slot(Slot.CASE))
    events = [event.as_dict() for event in tracker.events if isinstance(event, _READ)]
    return fold(events, _message_id(tracker), shared_fusion().clarification)


def _message_id(tracker: DialogueStateTracker) -> str:
    message = tracker.latest_message
    return f"{message.message_id}@{message.timestamp}" if message else ""

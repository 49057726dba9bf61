"""Conversations in memory: what is forgotten is gone, what is long past is condensed."""

import asyncio

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import AllSlotsReset, Restarted, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.slots import AnySlot
from rasa.shared.core.trackers import DialogueStateTracker

from channels.fail_safe.condensing_store import MESSAGES_KEPT, CondensingTrackerStore
from triage.contract import Slot


def saved(*events):
    """Returns the events that are left of a conversation."""
    slots = [AnySlot(name, mappings=[{}]) for name in ("country", "other", Slot.SNAPSHOT)]
    domain = Domain.from_dict(
        {"slots": {slot.name: {"type": "any", "mappings": [{"type": "custom"}]} for slot in slots}}
    )

    async def scene():
        store = CondensingTrackerStore(domain)
        await store.save(DialogueStateTracker.from_events("c", list(events), slots=slots))
        return list((await store.retrieve("c")).events)

    return asyncio.run(scene())


def messages(events):
    return [event.text for event in events if isinstance(event, UserUttered)]


def slots_set(events):
    return {event.key: event.value for event in events if isinstance(event, SlotSet)}


def said(count, begin=0):
    return [UserUttered(f"message {number}", timestamp=float(number)) for number in range(begin, begin + count)]


def test_what_lies_before_a_restart_is_gone():
    events = saved(UserUttered("a private thing"), Restarted(), UserUttered("hello"))
    assert messages(events) == ["hello"]
    assert "private" not in str([event.as_dict() for event in events])


def test_a_short_conversation_is_kept_word_for_word():
    events = saved(*said(MESSAGES_KEPT))
    assert messages(events) == [f"message {number}" for number in range(MESSAGES_KEPT)]
    assert slots_set(events) == {}


def test_of_a_long_one_the_last_messages_are_kept_and_the_slots():
    events = saved(SlotSet("country", "GB", timestamp=0.0), *said(MESSAGES_KEPT + 3))
    assert messages(events) == [f"message {number}" for number in range(3, MESSAGES_KEPT + 3)]
    assert slots_set(events)["country"] == "GB"
    assert Slot.SNAPSHOT in slots_set(events)
    assert isinstance(events[0], SessionStarted)


def test_a_slot_that_was_reset_is_not_brought_back():
    events = saved(SlotSet("other", "x", timestamp=0.0), AllSlotsReset(timestamp=0.1), *said(MESSAGES_KEPT + 1))
    assert "other" not in slots_set(events)


def test_condensing_again_changes_nothing_that_is_kept():
    once = saved(*said(MESSAGES_KEPT + 3))
    assert messages(saved(*once)) == messages(once)

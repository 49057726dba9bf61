"""A tracker store that fails: the conversation goes on in memory and is joined again."""

import asyncio

import pytest
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from channels.fail_safe.condensing_store import CondensingTrackerStore
from channels.fail_safe.tracker_store import retrieve, retrieve_full_tracker, save
from nlu.base import faults


class Flaky(CondensingTrackerStore):
    """A store that can be down."""

    is_down = False
    calls = 0

    async def retrieve(self, sender_id):
        self._fail()
        return await super().retrieve(sender_id)

    async def save(self, tracker):
        self._fail()
        await super().save(tracker)

    def _fail(self):
        self.calls += 1
        if self.is_down:
            raise RuntimeError("down")


@pytest.fixture
def flaky():
    return Flaky(Domain.empty())


@pytest.fixture
def store(flaky):
    return FailSafeTrackerStore(flaky)


def conversation(*texts, at=1.0):
    events = [UserUttered(text, timestamp=at + number) for number, text in enumerate(texts)]
    return DialogueStateTracker.from_events("c", events)


def heard(tracker):
    return [event.text for event in tracker.events if isinstance(event, UserUttered)]


def run(*steps):
    async def scene():
        record = faults.start()
        results = [await step() for step in steps]
        return results[-1], record.faults

    return asyncio.run(scene())


def test_a_sound_store_is_used_as_it_is(store):
    found, noted = run(lambda: save(store, conversation("one")), lambda: retrieve(store, "c"))
    assert (heard(found), noted) == (["one"], [])


def test_where_saving_fails_the_conversation_is_kept_in_memory(store, flaky):
    flaky.is_down = True
    found, noted = run(lambda: save(store, conversation("one")), lambda: retrieve(store, "c"))
    assert (heard(found), noted) == (["one"], ["tracker store"])


def test_within_one_message_a_store_that_failed_is_not_asked_again(store, flaky):
    flaky.is_down = True
    run(lambda: save(store, conversation("one")), lambda: retrieve(store, "c"), lambda: retrieve(store, "c"))
    assert flaky.calls == 1


def test_when_it_is_back_what_memory_heard_is_joined_once(store, flaky):
    run(lambda: save(store, conversation("one")))
    flaky.is_down = True
    run(lambda: save(store, conversation("two", at=10.0)))
    flaky.is_down = False
    found, _ = run(lambda: retrieve(store, "c"))
    assert heard(found) == ["one", "two"]
    again, _ = run(lambda: retrieve(store, "c"))
    assert heard(again) == ["one"]  # the caller saves what was joined


def test_the_beginning_of_the_spare_conversation_is_not_joined(store, flaky):
    run(lambda: save(store, conversation("one")))
    flaky.is_down = True
    spare = DialogueStateTracker.from_events(
        "c",
        [
            ActionExecuted("action_session_start", timestamp=9.0),
            SessionStarted(timestamp=9.1),
            UserUttered("two", timestamp=9.2),
        ],
    )
    run(lambda: save(store, spare))
    flaky.is_down = False
    found, _ = run(lambda: retrieve(store, "c"))
    assert heard(found) == ["one", "two"]
    assert not any(isinstance(event, SessionStarted) for event in found.events)


def test_the_full_conversation_is_retrieved_alike(store, flaky):
    flaky.is_down = True
    found, noted = run(lambda: save(store, conversation("one")), lambda: retrieve_full_tracker(store, "c"))
    assert heard(found) == ["one"]
    assert noted == ["tracker store"]


def test_an_unknown_conversation_is_none(store):
    assert run(lambda: retrieve(store, "nobody")) == (None, [])

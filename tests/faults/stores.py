"""Stores that fail, and parts that break, for tests with real processes: named in an endpoints file."""

import asyncio
import functools
import importlib
import os
import time
from pathlib import Path

from rasa.core.lock_store import LockStore
from rasa.core.tracker_store import TrackerStore

from channels.fail_safe.memory_store import ForgettingTrackerStore


class StoreDownError(RuntimeError):
    """What these stores raise."""


class FailingTrackerStore(ForgettingTrackerStore):
    """Fails at whatever it is asked."""

    async def retrieve(self, sender_id):
        raise StoreDownError("retrieve")

    async def save(self, tracker):
        raise StoreDownError("save")


class ForgetfulWhenSaving(ForgettingTrackerStore):
    """Reads, but cannot save."""

    async def save(self, tracker):
        raise StoreDownError("save")


class HangingTrackerStore(TrackerStore):
    """Never answers."""

    def __init__(self, domain=None, event_broker=None, **kwargs):
        super().__init__(domain, event_broker)

    async def retrieve(self, sender_id):
        await asyncio.sleep(3600)

    async def retrieve_full_tracker(self, sender_id):
        await asyncio.sleep(3600)

    async def save(self, tracker):
        await asyncio.sleep(3600)

    async def keys(self):
        return []


class FailingLockStore(LockStore):
    """Fails at whatever it is asked."""

    def __init__(self, endpoint_config=None):
        super().__init__()

    def get_lock(self, conversation_id):
        raise StoreDownError("lock")


class HangingLockStore(FailingLockStore):
    """Blocks whoever asks, as a stopped Redis does."""

    def get_lock(self, conversation_id):
        time.sleep(20)


class BreakingTrackerStore(ForgettingTrackerStore):
    """Sound itself, but lets parts of the process break, one at a time.

    The variable PARTS names them all (``module:Class.function``), the file at BROKEN_PART the one that is broken now.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for part in os.environ["PARTS"].split():
            _make_breakable(part)


def _make_breakable(part):
    module, _, path = part.partition(":")
    *owners, name = path.split(".")
    target = importlib.import_module(module)
    for owner in owners:
        target = getattr(target, owner)
    sound = getattr(target, name)

    @functools.wraps(sound)
    def breakable(*args, **kwargs):
        if Path(os.environ["BROKEN_PART"]).read_text() == part:
            raise ZeroDivisionError(f"{path} is broken")
        return sound(*args, **kwargs)

    setattr(target, name, breakable)

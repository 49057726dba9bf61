"""Stores that fail, and parts that break, for tests with real processes: named in an endpoints file."""

import asyncio
import importlib
import os
import time

from rasa.core.lock_store import LockStore
from rasa.core.tracker_store import TrackerStore

from channels.tracker_store import ForgettingTrackerStore


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
    """Sound itself, but breaks the part that the variable BREAK names (``module:Class.function``)."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        module, _, path = os.environ["BREAK"].partition(":")
        *owners, name = path.split(".")
        target = importlib.import_module(module)
        for owner in owners:
            target = getattr(target, owner)

        def broken(*args, **kwargs):
            raise ZeroDivisionError(f"{path} is broken")

        setattr(target, name, broken)

"""What was said in the web chat, so that a browser that was away gets what it missed, and nothing twice."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from rasa.shared.core.events import BotUttered, Restarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from channels.rendering import render
from triage.contract import Slot

LONGEST_LOG = 600
"""Entries kept of a conversation; older ones are no longer shown after a reload."""

MOST_CONVERSATIONS = 2_000
MESSAGE_ID = "message_id"
SHOWN = "shown"


@dataclass
class Log:
    """The entries of one conversation.

    Attributes:
        epoch: tells this log from one that was kept by the server before a restart.
        entries: dicts with ``seq`` (1, 2, …), ``id``, ``from`` (``person`` or ``assistant``), ``re`` (the id of the
            person's message that an answer is to) and what is shown.
        accepted: ids of the person's messages that were taken on.
        waiting: messages taken on and not answered yet.
        tier: the tier in force after the latest answer, or None.
        used: when it was used last, by the monotonic clock, in seconds.
    """

    epoch: str = field(default_factory=lambda: uuid4().hex)
    entries: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=LONGEST_LOG))
    accepted: set[str] = field(default_factory=set)
    waiting: int = 0
    tier: str | None = None
    used: float = field(default_factory=time.monotonic)
    _last: int = 0

    def add(self, entry: dict[str, Any]) -> dict[str, Any]:
        """Adds an entry and returns it, numbered."""
        self._last += 1
        entry = {**entry, "seq": self._last}
        self.entries.append(entry)
        if entry["from"] == "person":
            self.accepted.add(entry["id"])
        return entry

    def after(self, epoch: object, seq: object) -> list[dict[str, Any]]:
        """Returns what a browser has not seen.

        Args:
            epoch: that of the log that it saw; another than ours means that it has seen nothing of this one.
            seq: the number of the last entry that it saw.
        """
        seen = seq if epoch == self.epoch and isinstance(seq, int) else 0
        return [entry for entry in self.entries if entry["seq"] > seen]

    def keep_only(self, message_id: str) -> None:
        """Drops everything but one message of the person's and what answers it ("forget me", "start again")."""
        kept = [entry for entry in self.entries if message_id in (entry["id"], entry.get("re"))]
        self.entries.clear()
        self.entries.extend(kept)


class Logs:
    """The logs of the conversations that were last active."""

    def __init__(self) -> None:
        """Begins with none."""
        self._logs: OrderedDict[str, Log] = OrderedDict()

    def get(self, conversation: str) -> Log | None:
        """Returns the log of a conversation that this process knows."""
        return self._logs.get(conversation)

    def open(self, conversation: str, tracker: DialogueStateTracker | None = None) -> Log:
        """Returns the log of a conversation; a new one is filled from what the tracker still holds.

        Args:
            conversation: its id.
            tracker: what the tracker store knows of it, for a log that is not known.
        """
        if conversation not in self._logs:
            log = Log()
            for entry in entries_of(tracker) if tracker else ():
                log.add(entry)
            log.tier = tier_in_force(tracker) if tracker else None
            self._logs[conversation] = log
        self._logs.move_to_end(conversation)
        self._logs[conversation].used = time.monotonic()
        self._drop_oldest()
        return self._logs[conversation]

    def drop_unused(self, hours: float) -> None:
        """Drops the logs that nobody used for some hours."""
        limit = time.monotonic() - 3600 * hours
        for conversation in [name for name, log in self._logs.items() if log.used < limit and not log.waiting]:
            del self._logs[conversation]

    def _drop_oldest(self) -> None:
        idle = (name for name, log in list(self._logs.items())[:-1] if not log.waiting)
        while len(self._logs) > MOST_CONVERSATIONS and (name := next(idle, None)):
            del self._logs[name]


def tier_in_force(tracker: DialogueStateTracker) -> str | None:
    """Returns the triage tier of a conversation, as the Rasa process has folded it, or None."""
    return (tracker.get_slot(Slot.CASE) or {}).get("tier")


def entries_of(tracker: DialogueStateTracker) -> list[dict[str, Any]]:
    """Returns what was said since the last restart of a conversation, as entries without numbers."""
    entries: list[dict[str, Any]] = []
    message_id, answers = "", 0
    for event in tracker.events:
        if isinstance(event, Restarted):
            entries = []
        elif isinstance(event, UserUttered) and event.text:
            metadata = event.metadata or {}
            message_id, answers = str(metadata.get(MESSAGE_ID) or event.message_id), 0
            shown = str(metadata.get(SHOWN) or event.text)
            entries.append({"id": message_id, "from": "person", "text": shown, "at": event.timestamp})
        elif isinstance(event, BotUttered):
            content = {**(event.metadata or {}), **(event.data or {}), "text": event.text}
            answers += 1
            entry = {"id": f"{message_id}.{answers}", "from": "assistant", "re": message_id, "at": event.timestamp}
            entries.append({**entry, **render(content)})
    return entries

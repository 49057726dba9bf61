"""What went wrong, and what was said, while one message was answered.

Components, actions and stores report their faults here instead of falling silent; whoever answers the message then
says so honestly (`channels.fail_safe.handler`).
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

logger = logging.getLogger(__name__)

Process = TypeVar("Process", bound=Callable[..., Any])


@dataclass
class TurnRecord:
    """What happened while one message was answered.

    Attributes:
        faults: names of the parts that failed.
        said: texts sent so far.
        conversation: the conversation with the message in it, once it is known.
    """

    faults: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    conversation: Any = None


_current: ContextVar[TurnRecord | None] = ContextVar("turn record", default=None)


def start() -> TurnRecord:
    """Starts the record of a message and returns it; tasks started from here on share it."""
    record = TurnRecord()
    _current.set(record)
    return record


def current() -> TurnRecord | None:
    """Returns the record of the message being answered, None outside of any."""
    return _current.get()


def report(part: str, error: BaseException | str) -> None:
    """Logs that `part` failed, and keeps it in the record of the message being answered."""
    logger.error("%s failed: %s", part, error, exc_info=error if isinstance(error, BaseException) else None)
    record = _current.get()
    if record is not None:
        record.faults.append(part)


def fail_soft(process: Process) -> Process:
    """Makes a component's `process` pass messages on as they are where it fails."""

    @functools.wraps(process)
    def safely(self: Any, messages: list[Any]) -> list[Any]:
        try:
            return process(self, messages)
        except Exception as error:
            report(type(self).__name__, error)
            return messages

    return safely  # type: ignore[return-value]

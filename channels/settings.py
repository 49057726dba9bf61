"""Settings of the channels: each is on when its secrets are in the environment, and no secret reaches a log."""

from __future__ import annotations

import logging
import os
import traceback
from collections.abc import Collection
from types import TracebackType
from urllib.parse import urlsplit

from rasa.shared.exceptions import RasaException
from sanic import Sanic

_SHORTEST_SECRET = 4
_MASK = "***"
_secrets: set[str] = set()


class SettingError(RasaException):
    """A setting cannot be used; the message says which, and the cure."""


def read(name: str) -> str:
    """Returns an environment variable without blanks around it; an empty text where it is not set."""
    return (os.environ.get(name) or "").strip()


def load_settings(channel: str, secrets: Collection[str], needed: Collection[str] = ()) -> dict[str, str] | None:
    """Reads the settings of a channel.

    Args:
        channel: its name as people write it.
        secrets: variables that switch it on together.
        needed: variables that it needs too, but which other channels share.

    Returns:
        The values by variable, or None where none of `secrets` is set: the channel is off.

    Raises:
        SettingError: some are set and others are missing.
    """
    found = {name: read(name) for name in (*secrets, *needed)}
    if not any(found[name] for name in secrets):
        return None
    missing = [name for name, value in found.items() if not value]
    if missing:
        raise SettingError(
            f"{channel} is half set up: {_listed(missing)} {'is' if len(missing) == 1 else 'are'} missing; "
            f"set {'it' if len(missing) == 1 else 'them'}, or unset {_listed([n for n in secrets if found[n]])}."
        )
    redact_in_logs(*(found[name] for name in secrets))
    return found


def read_url(name: str, default: str = "") -> str:
    """Reads an address of the web.

    Args:
        name: the variable.
        default: what holds where it is not set.

    Returns:
        The address without a slash at its end.

    Raises:
        SettingError: it is none.
    """
    value = (read(name) or default).rstrip("/")
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment):
        raise SettingError(f"{name} {value!r} is no address; write it like https://assistant.example.")
    return value


def _listed(names: Collection[str]) -> str:
    return " and ".join(names)


def redact_in_logs(*secrets: str) -> None:
    """Keeps texts out of everything that is logged from here on, tracebacks included."""
    _secrets.update(secret for secret in secrets if len(secret) >= _SHORTEST_SECRET)
    if not isinstance(logging.getLogRecordFactory(), _RedactingLogRecordFactory):
        logging.setLogRecordFactory(_RedactingLogRecordFactory())


def redact(text: str) -> str:
    """Returns a text with every secret masked."""
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, _MASK)
    return text


class _RedactingLogRecordFactory:
    """Makes log records that hold no secret, as the factory before it did."""

    def __init__(self) -> None:
        self._make = logging.getLogRecordFactory()

    def __call__(self, *args: object, **kwargs: object) -> logging.LogRecord:
        record = self._make(*args, **kwargs)
        try:
            text = record.getMessage()
        except (TypeError, ValueError):
            return record
        if any(secret in text for secret in _secrets):
            record.msg, record.args = redact(text), ()
        if isinstance(record.exc_info, tuple) and isinstance(record.exc_info[2], TracebackType):
            trace = "".join(traceback.format_exception(*record.exc_info))
            if any(secret in trace for secret in _secrets):
                record.exc_text, record.exc_info = redact(trace), None
        return record


def announce(app: Sanic) -> None:
    """Prints which channels of a server are on.

    Args:
        app: the server, with Rasa's list of its channels.
    """
    found = [channel for channel in app.ctx.input_channels if getattr(channel, "is_on", True)]
    names = [str(getattr(channel, "title", "") or "") for channel in found]
    print(f"Channels on: {', '.join(filter(None, names))}.", flush=True)

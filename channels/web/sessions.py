"""Signed conversation ids: only the server makes them, so nobody can join another's conversation by guessing."""

from __future__ import annotations

import os
import secrets
import time
from pathlib import Path
from uuid import uuid4

import jwt

from channels.settings import SettingError

_ALGORITHM = "HS256"
_SHORTEST_KEY = 32
_KEY_FILE = Path(__file__).resolve().parents[2] / ".scratch" / "widget-key"


class Sessions:
    """Makes and checks the tokens by which a browser comes back to its conversation."""

    def __init__(self, key: str, keep_hours: float) -> None:
        """Takes the key and how long a token is good for.

        Args:
            key: secret text; whoever knows it can join any conversation.
            keep_hours: hours after which a conversation cannot be gone back to; 0: as soon as the page is left.
        """
        self._key = key
        self.keep_hours = keep_hours

    @classmethod
    def from_environment(cls) -> Sessions:
        """Reads ``WIDGET_SECRET`` (else a key of this machine's own, made once) and ``WIDGET_KEEP_HOURS`` (else 24).

        Raises:
            SettingError: one of them cannot be used.
        """
        hours = os.environ.get("WIDGET_KEEP_HOURS") or "24"
        try:
            keep_hours = float(hours)
        except ValueError:
            keep_hours = -1.0
        if not 0 <= keep_hours <= 24 * 365:
            raise SettingError(f"WIDGET_KEEP_HOURS {hours!r} is no number of hours; give one from 0 to 8760.")
        key = os.environ.get("WIDGET_SECRET") or ""
        if key and len(key) < _SHORTEST_KEY:
            raise SettingError(f"WIDGET_SECRET is too short to be safe; give {_SHORTEST_KEY} characters or more.")
        return cls(key or _own_key(), keep_hours)

    def new(self) -> str:
        """Returns the id of a new conversation."""
        return f"widget-{uuid4().hex}"

    def sign(self, conversation: str) -> str:
        """Returns a token for a conversation, good for ``keep_hours`` (a day where it is not to be kept)."""
        ends = time.time() + 3600 * (self.keep_hours or 24)
        return jwt.encode({"sub": conversation, "exp": ends}, self._key, algorithm=_ALGORITHM)

    def conversation_of(self, token: object) -> str | None:
        """Returns the conversation that a token is for; None if it is none of ours, changed, or too old."""
        if not isinstance(token, str):
            return None
        try:
            content = jwt.decode(token, self._key, algorithms=[_ALGORITHM], options={"require": ["sub", "exp"]})
        except (jwt.InvalidTokenError, ValueError):
            return None
        return str(content["sub"])


def _own_key() -> str:
    """Returns the key kept beside the project, made at the first call."""
    try:
        return _kept_key()
    except OSError:  # a read-only disk: conversations cannot be gone back to after a restart
        return secrets.token_urlsafe(48)


def _kept_key() -> str:
    _KEY_FILE.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(_KEY_FILE, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    key = _KEY_FILE.read_text(encoding="utf-8").strip()
    if len(key) < _SHORTEST_KEY:  # another process is writing it, or it was cut short
        key = secrets.token_urlsafe(48)
        _KEY_FILE.write_text(key, encoding="utf-8")
    return key

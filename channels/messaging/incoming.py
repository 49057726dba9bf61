"""What came in from a platform: one thing that one person did."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from typing import Any

_TYPES = (("audio/", "voice"), ("image/", "picture"), ("video/", "video"))
_STORED_NAMES = {"conversation_id": "person", "reply_target": "address", "attachment_type": "medium"}
"""Fields that a row of the inbox knows by another name; a database in use may hold such rows."""


def to_bytes(text: str) -> bytes:
    """Returns a text as bytes, whatever is in it: halves of characters come from outside too."""
    return text.encode("utf-8", "surrogatepass")


def attachment_type_of(media_type: str) -> str:
    """Returns what kind of attachment a file is.

    Args:
        media_type: such as ``audio/ogg``.

    Returns:
        ``voice``, ``picture``, ``video`` or ``file``.
    """
    return next((kind for start, kind in _TYPES if media_type.lower().startswith(start)), "file")


@dataclass(frozen=True)
class IncomingMessage:
    """A message or the press of a button, as any platform may bring it.

    Attributes:
        channel: name of the channel.
        id: the platform's own id of it; one that comes again has the same.
        conversation_id: nobody can guess it, and it tells nobody's number.
        reply_target: what the channel needs to answer (chat, thread, number).
        text: what the person said, or the payload of the button that was pressed.
        attachment_type: what it is beside or instead of words: ``voice``, ``picture``, ``video``, ``file``,
            ``sticker``, ``place``, ``contact``, ``other``; None for words alone.
        country: code of the country that the person's number belongs to, where there is one.
    """

    channel: str
    id: str
    conversation_id: str
    reply_target: dict[str, Any]
    text: str
    attachment_type: str | None = None
    country: str | None = None

    @property
    def deduplication_key(self) -> str:
        """Tells this message from all others, without the id itself; at most 80 characters."""
        return f"{self.channel}:{hashlib.sha256(to_bytes(self.id)).hexdigest()[:40]}"

    def to_json(self) -> str:
        """Returns it as a text that `from_json` understands."""
        return json.dumps({_STORED_NAMES.get(name, name): value for name, value in asdict(self).items()})

    @classmethod
    def from_json(cls, text: str) -> IncomingMessage:
        """Returns what `to_json` wrote."""
        stored = json.loads(text)
        names = {_STORED_NAMES.get(field.name, field.name): field.name for field in fields(cls)}
        return cls(**{names[name]: value for name, value in stored.items()})

"""What a platform delivers: one thing that one person did."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any


def to_bytes(text: str) -> bytes:
    """Returns a text as bytes, whatever is in it: halves of characters come from outside too."""
    return text.encode("utf-8", "surrogatepass")


_MEDIA = (("audio/", "voice"), ("image/", "picture"), ("video/", "video"))


def medium_of(kind: str) -> str:
    """Returns the medium of a file by its media type ("audio/ogg")."""
    return next((medium for start, medium in _MEDIA if kind.lower().startswith(start)), "file")


@dataclass(frozen=True)
class Delivery:
    """A message or the press of a button, as any platform may bring it.

    Attributes:
        channel: name of the channel.
        id: the platform's own id of it; one that comes again has the same.
        person: id of the conversation; nobody can guess it, and it tells nobody's number.
        address: what the channel needs to answer (chat, thread, number).
        text: what the person said, or the payload of the button that was pressed.
        medium: what it is beside or instead of words: ``voice``, ``picture``, ``video``, ``file``, ``sticker``,
            ``place``, ``contact``, ``other``; None for words alone.
        country: code of the country that the person's number belongs to, where there is one.
    """

    channel: str
    id: str
    person: str
    address: dict[str, Any]
    text: str
    medium: str | None = None
    country: str | None = None

    @property
    def mark(self) -> str:
        """Tells this delivery from all others, without the id itself."""
        return f"{self.channel}:{hashlib.sha256(to_bytes(self.id)).hexdigest()[:40]}"

    def written(self) -> str:
        """Returns it as a text that `read` understands."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> Delivery:
        """Returns what `written` wrote."""
        return cls(**json.loads(text))

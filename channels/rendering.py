"""Renders an answer for where it is read: its text, buttons, picture, sources with addresses, and how urgent it is."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from dialogue.answers import parts_of_text
from triage.contract import TIER_OF_FIRST_LINE
from triage.evidence import sources
from triage.loading import read_data

_PICTURES = Path(__file__).resolve().parent.parent / "widget" / "pictures"


@lru_cache(maxsize=1)
def pictures() -> dict[str, str]:
    """Returns the texts that stand for the pictures, by name."""
    return dict(read_data(_PICTURES / "pictures.json"))


def render(message: dict[str, Any]) -> dict[str, Any]:
    """Returns what a channel shows of a message.

    Args:
        message: as Rasa hands it to a channel: ``text``, ``buttons``, ``image``, ``metadata``, ``utter_action``.

    Returns:
        ``text``, its ``parts`` (label and text; `dialogue.answers`) and, where there are any, ``buttons`` (title,
        payload), ``picture`` (name and text), ``image`` (an address), ``sources`` (title, url) and ``tier``.
    """
    metadata = message.get("metadata") or {}
    text = str(message.get("text") or "")
    name = metadata.get("picture")
    parts = metadata.get("parts") or parts_of_text(text)
    known = [sources()[id_] for id_ in metadata.get("sources") or () if id_ in sources()]
    found: dict[str, Any] = {
        "text": text,
        "parts": [{"label": label, "text": part} for label, part in parts],
        "buttons": [
            {
                "title": str(button.get("title") or ""),
                "payload": str(button.get("payload") or button.get("title") or ""),
            }
            for button in message.get("buttons") or message.get("quick_replies") or ()
        ],
        "picture": {"name": name, "text": pictures()[name]} if name in pictures() else None,
        "image": message.get("image"),
        "sources": [
            {"title": source.title, "url": source.url}
            for source in known
            if source.url and source.url.startswith(("https://", "http://"))
        ],
        "tier": TIER_OF_FIRST_LINE.get(str(message.get("utter_action"))),
    }
    return {key: value for key, value in found.items() if value or key == "text"}


def picture_url(answer: dict[str, Any], public_url: str) -> str | None:
    """Returns where a platform finds the picture of an answer.

    Args:
        answer: as `render` returns it.
        public_url: the assistant's own address as the platform sees it; may be empty.
    """
    name = (answer.get("picture") or {}).get("name")
    if name and public_url:
        return f"{public_url}/widget/pictures/{name}.png"
    image = answer.get("image")
    return str(image) if image else None

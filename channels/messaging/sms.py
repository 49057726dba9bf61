"""How a text fits into SMS: GSM-7 and UCS-2 characters, counted in segments (3GPP TS 23.038 and 23.040)."""

from __future__ import annotations

import unicodedata

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")
"""These take two septets."""

_PLAIN = {
    "‘": "'", "’": "'", "‚": ",", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "−": "-", "…": "...", "•": "-",
    "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\t": " ", "`": "'", "´": "'", "×": "x", "≥": "at least ",
    "≤": "at most ", "→": "->",
}  # fmt: skip

SEPTETS_ALONE, SEPTETS_JOINED = 160, 153
UNITS_ALONE, UNITS_JOINED = 70, 67


def plain(text: str) -> str:
    """Returns a text with typographic characters replaced by those of GSM-7 that say the same.

    One of them would make every character of the message take twice the room.
    """
    text = "".join(_PLAIN.get(character, character) for character in text)
    return "".join(c if c in _BASIC or c in _EXTENDED else _without_accent(c) for c in text)


def _without_accent(character: str) -> str:
    base = unicodedata.normalize("NFKD", character)[0]
    return base if base in _BASIC and base.isalpha() else character


def segments(text: str) -> int:
    """Returns how many SMS a text takes."""
    if all(character in _BASIC or character in _EXTENDED for character in text):
        return _divided([2 if character in _EXTENDED else 1 for character in text], SEPTETS_ALONE, SEPTETS_JOINED)
    sizes = [len(character.encode("utf-16-be")) // 2 for character in text]
    return _divided(sizes, UNITS_ALONE, UNITS_JOINED)


def _divided(sizes: list[int], alone: int, joined: int) -> int:
    """Returns in how many segments characters of these sizes lie; none is cut in two."""
    if sum(sizes) <= alone:
        return 1
    count, room = 1, joined
    for size in sizes:
        if size > room:
            count, room = count + 1, joined
        room -= size
    return count

"""Text as a platform wants it: its markup, its length, its words for labels."""

from __future__ import annotations

import re
from collections.abc import Callable

_LABEL = re.compile(r"^([A-Z][A-Za-z' ]{2,30}:)(?=\s|$)", re.MULTILINE)
_MARKDOWN = re.compile(r"([\\`*_~\[\]<>|])")
_BREAKS = (re.compile(r"\n\n+"), re.compile(r"\n"), re.compile(r"(?<=[.!?…])\s+"), re.compile(r"(?<=[;,])\s+|\s+"))


def to_markup(text: str, escape: Callable[[str], str], bold: Callable[[str], str]) -> str:
    """Returns a text in a platform's markup: escaped, with the labels of paragraphs ("What to do:") made bold.

    Args:
        text: plain text.
        escape: makes plain text safe.
        bold: makes safe text bold.
    """
    pieces, end = [], 0
    for label in _LABEL.finditer(text):
        pieces += [escape(text[end : label.start()]), bold(escape(label.group()))]
        end = label.end()
    return "".join([*pieces, escape(text[end:])])


def to_markdown(text: str) -> str:
    """Returns a text as Markdown, with the labels of paragraphs bold."""
    return to_markup(text, lambda part: _MARKDOWN.sub(r"\\\1", part), lambda label: f"**{label}**")


def bold_asterisks(text: str, escape: Callable[[str], str] = str) -> str:
    """Returns a text with the labels of paragraphs between stars, as several messengers mark bold."""
    return to_markup(text, escape, lambda label: f"*{label}*")


def chunk(text: str, fits: Callable[[str], bool]) -> list[str]:
    """Cuts a text into pieces that fit: between paragraphs, else lines, else sentences, else words, else anywhere.

    Args:
        text: plain text.
        fits: tells whether a piece is short enough; a single character must be.

    Returns:
        The pieces, in order, none of them blank.
    """
    return [piece for piece in _chunk(text.strip(), fits, 0) if piece]


def _chunk(text: str, fits: Callable[[str], bool], level: int) -> list[str]:
    if fits(text):
        return [text]
    if level == len(_BREAKS):
        half = len(text) // 2
        return [*_chunk(text[:half], fits, level), *_chunk(text[half:], fits, level)]
    pieces: list[str] = []
    for part, gap in _parts(text, _BREAKS[level]):
        joined = f"{pieces[-1]}{gap}{part}" if pieces else part
        if pieces and fits(joined):
            pieces[-1] = joined
        else:
            pieces += _chunk(part, fits, level + 1)
    return pieces


def _parts(text: str, gap: re.Pattern[str]) -> list[tuple[str, str]]:
    """Returns the parts of a text, each with what stood before it."""
    parts, before, start = [], "", 0
    for found in gap.finditer(text):
        parts.append((text[start : found.start()], before))
        before, start = found.group(), found.end()
    return [(part.strip(), gap_) for part, gap_ in [*parts, (text[start:], before)] if part.strip()]


def truncate(title: str, most: int) -> str:
    """Returns a title cut to a length, at a word where that keeps half of it."""
    if len(title) <= most:
        return title
    cut = title[: most - 1]
    at_word = cut.rpartition(" ")[0]
    return (at_word if len(at_word) > most // 2 else cut).rstrip() + "…"

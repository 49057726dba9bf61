"""Where a message mentions a finding."""

from __future__ import annotations

from dataclasses import dataclass

TokenSpan = tuple[int, int]
"""Position of the first token and position after the last, in the list of a message's tokens."""


@dataclass(frozen=True)
class Mention:
    """The tokens of a message by which it mentions a finding, whatever it asserts of it.

    Attributes:
        finding: its id.
        start: position of the first token of the mention.
        end: position after the last.
        targets: spans of the tokens that name the trouble; the modifiers around them say what is asserted.
        own_tokens: positions of the tokens that make up the mention (negation cues among them belong to it).
        source: the phrase or frame that matched, or the name of what else found it.
    """

    finding: str
    start: int
    end: int
    targets: tuple[TokenSpan, ...]
    own_tokens: frozenset[int]
    source: str

"""Answers in parts: the short answer, what to do, when to worry, the sources; put together into one text.

``domain.yml`` holds the parts of an answer apart: its ``text`` is the short answer, its ``metadata`` the others. They
are put together once, when the model is trained, so that every channel gets the whole text; the parts travel with it
in ``metadata.parts``, so that no channel has to find them again in the text.
"""

import re
from collections.abc import Mapping
from typing import Any

PARTS = {"what_to_do": "What to do", "when_to_worry": "When to worry", "sources_named": "Sources"}
"""The keys of an answer's metadata that are said, in their order, with their labels."""

_BEGINS_A_LIST = re.compile(r"(?:[-•]|\d{1,2}[.)])\s")


def with_whole_texts(domain: Mapping[str, Any]) -> dict[str, Any]:
    """Returns a domain whose answers hold their whole texts.

    Args:
        domain: as ``domain.yml`` reads; it is left as it is.
    """
    responses = domain.get("responses") or {}
    return {**domain, "responses": {name: list(map(with_whole_text, entries)) for name, entries in responses.items()}}


def with_whole_text(response: Mapping[str, Any]) -> dict[str, Any]:
    """Returns a response with its whole text and, in ``metadata.parts``, pairs of label and text.

    The label of the short answer is empty. A response without parts is returned as it is.
    """
    metadata = response.get("metadata") or {}
    said = [(label, str(metadata[key]).strip()) for key, label in PARTS.items() if metadata.get(key)]
    if not said:
        return dict(response)
    parts = [("", str(response["text"])), *said]
    kept = {key: value for key, value in metadata.items() if key not in PARTS}
    text = "\n\n".join(labelled(label, part) for label, part in parts)
    return {**response, "text": text, "metadata": {**kept, "parts": [list(part) for part in parts]}}


def labelled(label: str, text: str) -> str:
    """Returns a part of an answer with its label before it; steps begin on a line of their own."""
    if not label:
        return text
    gap = "\n" if _BEGINS_A_LIST.match(text) else " "
    return f"{label}:{gap}{text}"


def parts_of_text(text: str) -> list[tuple[str, str]]:
    """Returns the parts of a text that came in one piece, as pairs of label and text: what actions say is such a text.

    A paragraph that begins with one of the labels of `PARTS` begins a part; the label of what stands before is empty.
    """
    parts: list[tuple[str, str]] = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        label, colon, rest = paragraph.partition(":")
        if colon and label in PARTS.values() and (not rest or rest[0].isspace()):
            parts.append((label, rest.strip()))
        elif parts:
            parts[-1] = (parts[-1][0], f"{parts[-1][1]}\n\n{paragraph}")
        else:
            parts.append(("", paragraph))
    return parts

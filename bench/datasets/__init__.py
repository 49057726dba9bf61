"""The labelled messages that measurements are made on; README.md says where they come from and how they may be used."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


class Part(StrEnum):
    """A part of a dataset; the value is how its files' names begin."""

    DEVELOPMENT = "development"
    """Two thirds, looked at while thresholds were chosen and words were added."""

    TEST = "sealed_test"
    """One third, only ever counted: nothing is chosen by it, and its messages are not read."""


def read_cases(dataset: str, kind: str, part: Part) -> list[dict[str, Any]]:
    """Reads the labelled cases of one part.

    Args:
        dataset: ``safety`` or ``understanding``.
        kind: ``messages``, or of ``safety`` also ``dialogues``.
        part: which part.

    Returns:
        One object a case, in the order of the file; the README names the fields.

    Raises:
        OSError: there is no such file.
    """
    path = _FOLDER / dataset / f"{part}_{kind}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

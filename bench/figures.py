"""Puts measured figures where people read them: into the marked sections of ``bench/README.md``.

A section begins with ``<!-- NAME:begin -->`` and ends with ``<!-- NAME:end -->``; what stands between is written by the
measurement alone, never by hand.
"""

import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tools.settings import ROOT

README = ROOT / "bench" / "README.md"


class SectionError(ValueError):
    """A section cannot be replaced; the message says why and what to do."""


def conditions() -> dict[str, Any]:
    """Returns when and on what a measurement is made: ``date`` (UTC), ``cores`` and ``python``."""
    python = f"{platform.python_implementation()} {'.'.join(platform.python_version_tuple()[:2])}"
    return {"date": f"{datetime.now(UTC):%Y-%m-%d}", "cores": os.cpu_count(), "python": python}


def describe(measured: dict[str, Any]) -> str:
    """Returns what `conditions` found as a sentence."""
    return f"Measured on {measured['date']} on {measured['cores']} CPU cores with {measured['python']}."


def replace_section(name: str, body: str, path: Path = README) -> None:
    """Replaces what stands in a section.

    Args:
        name: of the section.
        body: Markdown, without the markers.
        path: the file with the section.

    Raises:
        SectionError: the file cannot be read, or does not hold the two markers once each, in order.
    """
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SectionError(f"{path} cannot be read ({error}); restore it.") from error
    before, found_begin, rest = text.partition(begin)
    _, found_end, after = rest.partition(end)
    if not (found_begin and found_end) or text.count(begin) != 1 or text.count(end) != 1:
        raise SectionError(f"{path} must hold one line {begin} and below it one line {end}; add them.")
    path.write_text(f"{before}{begin}\n{body.strip()}\n{end}{after}", encoding="utf-8")


def publish(name: str, body: str, path: Path = README) -> int:
    """Replaces a section like `replace_section`, for use at the end of a command.

    Returns:
        The exit code: 1, and one sentence on standard error, where the section cannot be replaced.
    """
    try:
        replace_section(name, body, path)
    except SectionError as error:
        print(error, file=sys.stderr)
        return 1
    return 0

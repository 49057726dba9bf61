"""Reads the lexicons: words, phrases and patterns by which messages are understood, as data."""

from pathlib import Path
from typing import Any

import yaml

LEXICON_FOLDER = Path(__file__).parents[1] / "lexicon"


def read_lexicon(path: Path) -> Any:
    """Returns the content of a lexicon file, every word as a string (``no`` and ``on`` are words here)."""
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    with path.open(encoding="utf-8") as file:
        return yaml.load(file, Loader=loader)

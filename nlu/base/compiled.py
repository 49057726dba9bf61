"""What follows from the lexicons is worked out once, when the model is trained, and loaded afterwards.

Reading half a megabyte of YAML and indexing it takes most of a second at every start. What comes of it is kept in
``models/``, with the fingerprint of the files and the code that it was made from: where those have changed it is made
anew, so a lexicon can be edited without training. Nothing depends on the folder being there or writable.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "models"


def fingerprint_of(*files: Path) -> str:
    """Returns a fingerprint of files: their names, in the order given, and what is in them."""
    digest = hashlib.sha256()
    for path in files:
        content = path.read_bytes()
        digest.update(f"{path.name} {len(content)} ".encode() + content)
    return digest.hexdigest()


def compiled(name: str, made_from: Iterable[Path], make: Callable[[], Any], folder: Path = FOLDER) -> Any:
    """Returns what `make` returns, from the last time if it was made from the same files.

    Args:
        name: of what is kept, a file name without ending.
        made_from: every file that the result depends on, modules included.
        make: works it out; its result must be made of what JSON knows, with strings as keys.
        folder: where results are kept.
    """
    fingerprint = fingerprint_of(*made_from)
    path = folder / f"{name}.json"
    with suppress(OSError, ValueError, KeyError, TypeError):
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["made_from"] == fingerprint:
            return kept["result"]
    result = make()
    with suppress(OSError):
        _write(
            path, json.dumps({"made_from": fingerprint, "result": result}, ensure_ascii=False, separators=(",", ":"))
        )
    return result


def _write(path: Path, text: str) -> None:
    """Writes a file in one step: two processes that start at once both leave a whole one."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError:
        os.unlink(temporary)
        raise
    os.chmod(temporary, 0o644)  # mkstemp lets nobody else read it; another account may run the servers
    os.replace(temporary, path)

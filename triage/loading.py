"""Reads data files and holds each against its schema, so that a slip in one is found where it is and said in words.

The schema of ``triage/rules.yml`` is ``triage/schemas/rules.yml``. Files of one kind share a schema, which is named
after their folder: that of ``lexicon/frames/nerve.yml`` is ``lexicon/schemas/frames.yml``.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

DATA_FOLDER = Path(__file__).parent

_ROOT = DATA_FOLDER.parent
_VALID_FILES = _ROOT / "models" / "valid-data-files.json"
_NAMES_OF_ENTRIES = ("id", "code", "case")
_TYPES = {
    "string": "text in quotes",
    "array": "a list",
    "object": "keys with values",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}


class TriageDataError(ValueError):
    """A data file is missing, unreadable or wrong; the message names file and entry, and says what to do."""


def read_data(path: Path, *, only_strings: bool = False) -> Any:
    """Returns the content of a data file that follows its schema.

    Holding a file against its schema takes longer than reading it, so a file that has not changed since it was found
    valid is not looked at again; which these are is kept in ``models/``.

    Args:
        path: the file, YAML or JSON, with a schema where `schema_of` looks for it.
        only_strings: leaves every scalar a string (``no``, ``on`` and ``12`` are words in a lexicon).

    Raises:
        TriageDataError: the file or its schema is missing, is not YAML, names a key twice or breaks the schema.
    """
    content, schema = _bytes_of(path), _bytes_of(schema_of(path))
    try:
        data = yaml.load(content, Loader=_loader(only_strings=only_strings))
    except yaml.YAMLError as error:
        raise TriageDataError(_not_yaml(path.name, error)) from error
    fingerprint = hashlib.sha256(schema + b"\0" + content).hexdigest()
    if not _is_known_as_valid(path, fingerprint):
        _refuse_doubled_keys(path.name, content)
        validate(path.name, data, yaml.load(schema, Loader=_loader()))
        _keep_as_valid(path, fingerprint)
    return data


def schema_of(path: Path) -> Path:
    """Returns where the schema of a data file lies: beside it, or beside its folder for all files of the folder."""
    of_folder = path.parent.parent / "schemas" / f"{path.parent.name}.yml"
    return of_folder if of_folder.exists() else path.parent / "schemas" / f"{path.stem}.yml"


def validate(name: str, data: Any, schema: dict[str, Any]) -> None:
    """Holds data against a schema.

    Args:
        name: of the file, for the message.
        data: what the file holds.
        schema: a JSON Schema, draft 2020-12; the ``description`` beside a ``pattern`` says it in words.

    Raises:
        TriageDataError: the data breaks the schema; the message is about the first place where it does.
    """
    from jsonschema import Draft202012Validator  # takes a third of a second, and is seldom needed

    error = next(iter(Draft202012Validator(schema).iter_errors(data)), None)
    if error is not None:
        raise TriageDataError(f"{', '.join([name, *_steps(data, list(error.absolute_path))])}: {_flaw(error)}.")


def refuse_doubles(name: str, kind: str, ids: Iterable[str]) -> None:
    """Refuses ids that occur twice.

    Args:
        name: of the file, for the message.
        kind: what the ids are of, such as ``rule``.
        ids: the ids.

    Raises:
        TriageDataError: an id occurs twice; the message names the first.
    """
    doubled = next((id_ for id_, count in Counter(ids).items() if count > 1), None)
    if doubled is not None:
        raise TriageDataError(f"{name}, {kind} {doubled}: occurs twice; give one of them another id or take it out.")


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        place = f"{path.parent.name}/{path.name}"
        raise TriageDataError(f"{place} cannot be read ({error.strerror}); put the file there.") from error


def _loader(*, only_strings: bool = False) -> Any:
    name = "BaseLoader" if only_strings else "SafeLoader"
    return getattr(yaml, f"C{name}", getattr(yaml, name))


def _not_yaml(name: str, error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    line = f", line {mark.line + 1}" if mark else ""
    return f"{name}{line}: is not YAML ({getattr(error, 'problem', None) or error}); mend the line, or quote its text."


def _refuse_doubled_keys(name: str, content: bytes) -> None:
    """Refuses a mapping that names a key twice, of which YAML would silently keep the last."""
    nodes = [yaml.compose(content, Loader=_loader(only_strings=True))]
    while nodes:
        node = nodes.pop()
        if isinstance(node, yaml.SequenceNode):
            nodes += node.value
        elif isinstance(node, yaml.MappingNode):
            nodes += [value for _, value in node.value]
            count = Counter(str(key.value) for key, _ in node.value)
            for key, _ in node.value:
                if count[str(key.value)] > 1:
                    line = key.start_mark.line + 1
                    raise TriageDataError(
                        f"{name}, line {line}: {key.value!r} stands twice in one entry; join the two or take one out."
                    )


def _valid_files() -> dict[str, str]:
    with suppress(OSError, ValueError):
        kept = json.loads(_VALID_FILES.read_text(encoding="utf-8"))
        return kept if isinstance(kept, dict) else {}
    return {}


def _key_of(path: Path) -> str | None:
    """Returns the name under which a file of ours is kept as valid; None for a file from elsewhere."""
    return path.resolve().relative_to(_ROOT).as_posix() if path.resolve().is_relative_to(_ROOT) else None


def _is_known_as_valid(path: Path, fingerprint: str) -> bool:
    key = _key_of(path)
    return key is not None and _valid_files().get(key) == fingerprint


def _keep_as_valid(path: Path, fingerprint: str) -> None:
    """Writes a fingerprint down, in one step: two processes that start at once both leave a whole file."""
    key = _key_of(path)
    if key is None:
        return
    temporary = _VALID_FILES.with_suffix(f".{os.getpid()}.tmp")
    with suppress(OSError):
        temporary.write_text(json.dumps({**_valid_files(), key: fingerprint}, indent=0), encoding="utf-8")
        os.replace(temporary, _VALID_FILES)


def _steps(data: Any, path: list[str | int]) -> Iterator[str]:
    """Yields the way to an entry in words: ``rule R01_stroke_fast``, ``sources``, ``entry 2``."""
    key = ""
    for step in path:
        data = data[step]
        if isinstance(step, str):
            if key:
                yield key
            key = step
            continue
        name = next((data[name] for name in _NAMES_OF_ENTRIES if isinstance(data, dict) and data.get(name)), None)
        if name is None:
            yield from filter(None, [key, f"entry {step + 1}"])
        else:
            yield f"{key.removesuffix('s').replace('_', ' ')} {name}".strip()
        key = ""
    if key:
        yield key


def _flaw(error: ValidationError) -> str:
    """Says in words what breaks the schema, and what to do."""
    found: Any = error.instance
    wanted: Any = error.validator_value
    schema: Any = error.schema
    if error.validator == "required":
        missing = next(key for key in wanted if key not in found)
        return f"has no {missing!r}; add it"
    if error.validator == "additionalProperties":
        known = list(schema.get("properties", ()))
        patterns = schema.get("patternProperties", ())
        key = next(key for key in found if key not in known and not any(re.search(p, str(key)) for p in patterns))
        near = difflib.get_close_matches(str(key), known, n=1)
        return f"{key!r} is no key that is read here; {f'write {near[0]!r}' if near else 'take it out'}"
    if error.validator == "type":
        types = [wanted] if isinstance(wanted, str) else wanted
        return f"{_short(found)} does not belong here; write {' or '.join(_TYPES[type_] for type_ in types)}"
    if error.validator == "enum":
        return f"{_short(found)} is none of {', '.join(map(str, wanted))}; write one of these"
    if error.validator == "pattern":
        return f"{_short(found)} does not fit; write {schema.get('description', f'what fits {wanted}')}"
    if error.validator in {"minLength", "minItems", "minProperties"}:
        return "is empty; fill it or take it out"
    if error.validator == "uniqueItems":
        double = next(entry for place, entry in enumerate(found) if entry in found[:place])
        return f"{_short(double)} stands in it twice; take one out"
    return f"{error.message}; see its schema"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"

"""Checks of what is sent: JSON schemas told in sentences, and what holds on every platform."""

import ipaddress
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError

Schema = dict[str, Any]

NOT_EMPTY: Schema = {"type": "string", "minLength": 1}
"""Of a text that must not be empty."""

_PAYLOAD = re.compile(r"(?:^|\s)(/[a-z_]{3,})")


@dataclass(frozen=True)
class SchemaViolation:
    """Where something breaks its schema.

    Attributes:
        where: keys and indices from the root.
        rule: the schema's keyword that is broken, such as ``maxLength``.
        sentence: what is wrong, such as "text is longer than 4096 characters".
    """

    where: tuple[str | int, ...]
    rule: str
    sentence: str

    @property
    def pointer(self) -> str:
        """The JSON pointer to it."""
        return "".join(f"/{step}" for step in self.where)


def object_schema(required: str, **properties: Any) -> Schema:
    """Returns the schema of an object that has no other fields than those named.

    Args:
        required: names of the fields that it must have, with blanks between them.
        properties: the schema of each field, or the one value that it may have.
    """
    known = {name: value if isinstance(value, dict) else {"const": value} for name, value in properties.items()}
    return {"type": "object", "required": required.split(), "properties": known, "additionalProperties": False}


def first_violation(schema: Schema, value: object, root: str = "the request") -> SchemaViolation | None:
    """Checks a value.

    Args:
        schema: JSON schema, draft 7.
        value: what is checked.
        root: what the value itself is called in the sentence.

    Returns:
        The first violation by place; None for none.
    """
    errors = sorted(Draft7Validator(schema).iter_errors(value), key=lambda error: [str(step) for step in error.path])
    if not errors:
        return None
    error = errors[0]
    where = tuple(error.absolute_path)
    return SchemaViolation(where, str(error.validator), _sentence(error, _spelled(where, root)))


def _spelled(where: Iterable[str | int], root: str) -> str:
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in where).lstrip(".")
    return path or root


def _sentence(error: ValidationError, name: str) -> str:
    limit: Any = error.validator_value
    schema: Any = error.schema
    value: Any = error.instance
    if error.validator == "required":
        return f"{name} lacks {', '.join(key for key in limit if key not in value)}"
    if error.validator == "additionalProperties":
        known = schema.get("properties", {})
        return f"{name} has unknown {', '.join(key for key in value if key not in known)}"
    sentences = {
        "maxLength": f"is longer than {limit} characters",
        "minLength": "is empty" if limit == 1 else f"is shorter than {limit} characters",
        "maxItems": f"has more than {limit} items",
        "minItems": f"has fewer than {limit} items",
        "enum": f"is none of {limit}",
        "const": f"is not {limit!r}",
        "type": f"is not of type {limit}",
        "pattern": f"does not have the documented form {limit}",
        "minimum": f"is less than {limit}",
        "maximum": f"is more than {limit}",
    }
    return f"{name} {sentences.get(str(error.validator), error.message[:200])}"


def payloads_in(texts: Iterable[str]) -> list[str]:
    """Returns what looks like one of Rasa's ``/intent`` payloads in texts that a person gets to see."""
    return [found for text in texts for found in _PAYLOAD.findall(text)]


def is_public(address: object) -> bool:
    """Whether a platform's servers could fetch an address: http(s), and not a host of this machine or its network."""
    parts = urlsplit(address) if isinstance(address, str) else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        return False
    try:
        return ipaddress.ip_address(parts.hostname).is_global
    except ValueError:
        return "." in parts.hostname and not parts.hostname.endswith((".local", ".internal", ".localhost"))


def utf16_length(text: str) -> int:
    """Returns the length as Telegram and UCS-2 text messages count it."""
    return len(text.encode("utf-16-le")) // 2


def decoded(value: Any) -> Any:
    """Returns what a form's field holds as JSON, or the field as it is where that is not an object or a list."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value

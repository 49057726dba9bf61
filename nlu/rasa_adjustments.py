"""Three things that Rasa has no setting for, set here when the assistant's components are loaded.

* Rasa checks the JSON schema of an action server's answer against the meta-schema again at every call, and then the
  answer against a long list of alternatives: together two thirds of a turn's time. The answer's shape is still checked.
* Rasa looks an event's class up by walking all of its subclasses, for every event of the conversation at every turn.
* Rasa waits five minutes for a hanging action server and holds the conversation's lock all the while.
"""

from functools import lru_cache
from typing import Any

from jsonschema import ValidationError
from rasa.core.actions import action as rasa_action
from rasa.shared.core.events import Event

LONGEST_WAIT = 2.5
"""Seconds that an action may take; the plain first line of a reply must be out within three."""

_resolve_by_type = Event.resolve_by_type


@lru_cache(maxsize=256)
def _event_class(type_name: str) -> type[Event] | None:
    return _resolve_by_type(type_name)


def _resolve_once(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
    try:
        return _event_class(type_name)
    except ValueError:
        if default is None:
            raise
        return default


def _is_event(entry: Any) -> bool:
    try:
        return isinstance(entry, dict) and _event_class(str(entry.get("event"))) is not None
    except ValueError:
        return False


def _check_action_result(self: rasa_action.RemoteAction, result: Any) -> bool:
    """Checks the shape of an action server's answer.

    Raises:
        ValidationError: it is not an object with lists of events (each of a known type) and responses.
    """
    if not isinstance(result, dict):
        raise ValidationError("The action server's answer is not an object.")
    events, responses = result.get("events", []), result.get("responses", [])
    if not isinstance(events, list) or not all(map(_is_event, events)):
        raise ValidationError("The action server's answer holds something else than a list of events.")
    if not isinstance(responses, list) or not all(isinstance(response, dict) for response in responses):
        raise ValidationError("The action server's answer holds something else than a list of responses.")
    return True


def adjust_rasa() -> None:
    """Puts the adjustments in place; doing it twice changes nothing."""
    rasa_action.RemoteAction._validate_action_result = _check_action_result  # type: ignore[method-assign]
    rasa_action.DEFAULT_REQUEST_TIMEOUT = LONGEST_WAIT  # type: ignore[assignment]
    Event.resolve_by_type = staticmethod(_resolve_once)  # type: ignore[method-assign,assignment]

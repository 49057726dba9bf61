"""Four things that Rasa has no setting for, set here when the assistant's components are loaded.

* Rasa checks the JSON schema of an action server's answer against the meta-schema again at every call, and then the
  answer against a long list of alternatives: together two thirds of a turn's time. The answer's shape is still checked.
* Rasa looks an event's class up by walking all of its subclasses, for every event of the conversation at every turn.
* Rasa validates the domain in a trained archive again at every start, in seconds. It was validated when it was trained.
* Rasa waits five minutes for a hanging action server and holds the conversation's lock all the while.
"""

from functools import lru_cache
from typing import Any

from jsonschema import ValidationError
from rasa.core.actions import action as rasa_action
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.utils.io import read_yaml

LONGEST_WAIT = 2.0
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


def _load_domain(
    cls: type[DomainProvider],
    config: dict[str, Any],
    model_storage: ModelStorage,
    resource: Resource,
    execution_context: ExecutionContext,
    **kwargs: Any,
) -> DomainProvider:
    with model_storage.read_from(resource) as folder:
        domain = Domain.from_dict(read_yaml((folder / "domain.yml").read_text(encoding="utf-8")))
    return cls(model_storage, resource, domain)


def adjust_rasa() -> None:
    """Puts the adjustments in place; doing it twice changes nothing."""
    rasa_action.RemoteAction._validate_action_result = _check_action_result  # type: ignore[method-assign]
    rasa_action.DEFAULT_REQUEST_TIMEOUT = LONGEST_WAIT  # type: ignore[assignment]
    DomainProvider.load = classmethod(_load_domain)  # type: ignore[method-assign,assignment]
    Event.resolve_by_type = staticmethod(_resolve_once)  # type: ignore[method-assign,assignment]

"""Seven things that Rasa has no setting for, set here when the assistant's components are loaded.

* Rasa checks the JSON schema of an action server's answer against the meta-schema again at every call, and then the
  answer against a long list of alternatives: together two thirds of a turn's time. The answer's shape is still checked.
* Rasa looks an event's class up by walking all of its subclasses, for every event of the conversation at every turn.
* Rasa validates the domain in a trained archive again at every start, in seconds, and reads it as YAML. It was
  validated when it was trained, and lies in the archive as JSON, too.
* Answers lie in ``domain.yml`` in parts; their texts are put together in training (`dialogue.answers`).
* Rasa plans the graph of components anew for every message and writes its inputs out for a log line that nobody sees.
* Rasa builds an empty domain for every message, to see that ours is not empty.
* Rasa waits five minutes for a hanging action server and holds the conversation's lock all the while.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from jsonschema import ValidationError
from rasa.core.actions import action as rasa_action
from rasa.engine.graph import ExecutionContext, GraphModelConfiguration
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelMetadata, ModelStorage
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.utils.io import read_yaml

from dialogue.answers import with_whole_texts

LONGEST_WAIT = 2.0
"""Seconds that an action may take; the plain first line of a reply must be out within three."""

_DOMAIN_AS_JSON = "domain.json"


@dataclass(frozen=True)
class Patch:
    """An attribute of Rasa's that is replaced.

    Attributes:
        owner: the class or module that it belongs to.
        attribute: its name there.
        replacement: what takes its place.
    """

    owner: Any
    attribute: str
    replacement: Any


class PatchError(RuntimeError):
    """Rasa has nothing to patch under a name; the message says which, and the cure."""


_applied: set[Patch] = set()


def apply(patches: Iterable[Patch]) -> None:
    """Puts patches in place; one that was put there before is left as it is.

    Args:
        patches: each for an attribute that exists.

    Raises:
        PatchError: an attribute does not exist, so that its patch would never be called.
    """
    for patch in patches:
        if not hasattr(patch.owner, patch.attribute):
            owner = getattr(patch.owner, "__qualname__", patch.owner.__name__)
            raise PatchError(
                f"Rasa has no {owner}.{patch.attribute} to patch; install the version that requirements.txt pins."
            )
        if patch not in _applied:
            setattr(patch.owner, patch.attribute, patch.replacement)
            _applied.add(patch)


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
        as_json = folder / _DOMAIN_AS_JSON
        if as_json.exists():
            content = json.loads(as_json.read_text(encoding="utf-8"))
        else:
            content = read_yaml((folder / "domain.yml").read_text(encoding="utf-8"))
    return cls(model_storage, resource, Domain.from_dict(content))


def _persist_domain(self: DomainProvider, domain: Domain) -> None:
    with self._model_storage.write_to(self._resource) as folder:
        domain.persist(folder / "domain.yml")
        content = read_yaml((folder / "domain.yml").read_text(encoding="utf-8"))
        (folder / _DOMAIN_AS_JSON).write_text(json.dumps(content), encoding="utf-8")


_create_model_package = LocalModelStorage.create_model_package


def _package_whole_texts(
    self: LocalModelStorage,
    model_archive_path: str | Path,
    model_configuration: GraphModelConfiguration,
    domain: Domain,
) -> ModelMetadata:
    whole = Domain.from_dict(with_whole_texts(domain.as_dict()))
    return _create_model_package(self, model_archive_path, model_configuration, whole)


@lru_cache(maxsize=1)
def _nothing() -> dict[str, Any]:
    return Domain.empty().as_dict()


def _is_empty(self: Domain) -> bool:
    return self.as_dict() == _nothing()


_run_any_graph = DaskGraphRunner.run


def _plan(runner: DaskGraphRunner, targets: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
    """Returns the nodes that `targets` need, each after those that it needs itself."""
    schema = runner._graph_schema.minimal_graph_schema(list(targets))
    needs = {name: set(node.needs.values()) & schema.nodes.keys() for name, node in schema.nodes.items()}
    order = TopologicalSorter(needs).static_order()
    return [(name, tuple(schema.nodes[name].needs.values())) for name in order]


def _run_graph(
    self: DaskGraphRunner, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
) -> dict[str, Any]:
    """Runs the graph on a message or tracker, by a plan made once; a training graph as Rasa does."""
    if not inputs or not targets:
        return _run_any_graph(self, inputs, targets)
    plans = self.__dict__.setdefault("_plans", {})
    wanted = tuple(targets)
    if wanted not in plans:
        plans[wanted] = _plan(self, wanted)
    results: dict[str, Any] = {name: (name, value) for name, value in inputs.items()}
    for name, needs in plans[wanted]:
        results[name] = self._instantiated_nodes[name](*(results.get(need, need) for need in needs))
    return dict(results[name] for name in wanted)


PATCHES = (
    Patch(rasa_action.RemoteAction, "_validate_action_result", _check_action_result),
    Patch(rasa_action, "DEFAULT_REQUEST_TIMEOUT", LONGEST_WAIT),
    Patch(DaskGraphRunner, "run", _run_graph),
    Patch(Domain, "is_empty", _is_empty),
    Patch(DomainProvider, "load", classmethod(_load_domain)),
    Patch(DomainProvider, "_persist", _persist_domain),
    Patch(LocalModelStorage, "create_model_package", _package_whole_texts),
    Patch(Event, "resolve_by_type", staticmethod(_resolve_once)),
)


def install() -> None:
    """Puts the patches of this module in place; doing it twice changes nothing."""
    apply(PATCHES)

"""What pipeline components that learn nothing share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES
from rasa.shared.nlu.training_data.message import Message

from nlu.base.faults import carries_on


def add_entities(message: Message, entities: Sequence[dict[str, Any]]) -> None:
    """Adds entities to those that a message has already."""
    message.set(ENTITIES, [*message.get(ENTITIES, []), *entities], add_to_output=True)


class UntrainedComponent(GraphComponent):
    """A component that is made from nothing: what it knows lies in files of its own.

    Where its `process` fails, the message passes on as it is and the fault is noted, so that the components after
    it, and above all the red-flag screen, still have their say.
    """

    settings: ClassVar[tuple[str, ...]] = ()
    """Names of the entries of the configuration that the constructor takes, in its order."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Puts the net around the subclass's `process`."""
        super().__init_subclass__(**kwargs)
        if "process" in cls.__dict__:
            cls.process = carries_on(cls.__dict__["process"])  # type: ignore[attr-defined]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> UntrainedComponent:
        """Creates the component from its settings."""
        return cls(*(config[name] for name in cls.settings))

"""What pipeline components share: how they are made, and the one way to read and write what a message carries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.base.faults import fail_soft
from nlu.text.limits import LONGEST_TEXT
from nlu.text.tokens import Token, tokenize
from triage.contract import Entity

PRESSED = "pressed_button"
"""Marks a message that is the payload of a button: it carries no words of the person."""

INTENT_SET_BY = "intent_set_by"
"""Where a message carries the name of the component that its intent comes from."""

_IS_FINAL = "intent_is_final"
_TOKENS = "tokens"


def tokens_of(message: Message) -> list[Token]:
    """Returns the tokens of a message's first `LONGEST_TEXT` characters.

    They are made when they are first asked for and kept with the message, for all components after that.
    """
    text = (message.get(TEXT) or "")[:LONGEST_TEXT]
    tokenized_text, tokens = message.get(_TOKENS) or (None, [])
    if tokenized_text != text:  # the first request, or the text was cleaned since
        tokens = tokenize(text)
        message.set(_TOKENS, (text, tokens))
    return tokens


def add_entities(message: Message, entities: Sequence[dict[str, Any]]) -> None:
    """Adds entities to those that a message has already."""
    message.set(ENTITIES, [*message.get(ENTITIES, []), *entities], add_to_output=True)


def variant_entity(variant: str, component: str) -> dict[str, Any]:
    """Returns the entity by which `component` chooses one of the answers to a topic."""
    return {"entity": Entity.ANSWER_VARIANT, "value": variant, "start": 0, "end": 0, "extractor": component}


def set_intent(
    message: Message,
    name: str,
    confidence: float,
    *,
    by: str,
    ranking: Sequence[dict[str, Any]] | None = None,
    is_final: bool = False,
    **details: Any,
) -> bool:
    """Sets the intent of a message, at the head of its ranking.

    The components that decide about the intent, in the order of ``config.yml``: MessageGuard, IntentClassifier,
    CountryExtractor, RedFlagScreen, AnswerSelector, LowConfidenceFallback.

    Args:
        message: the message.
        name: the intent.
        confidence: the probability that it is right, 0..1.
        by: the component that sets it; the message carries the last one as `INTENT_SET_BY`.
        ranking: intents with their confidences, best first; None for those that the message carries already.
        is_final: no later component may set another intent. For red flags, which nothing overrides.
        **details: further entries of the intent, such as ``also_asked``.

    Returns:
        Whether the intent was set: False where an earlier one is final.
    """
    if message.get(_IS_FINAL):
        return False
    intent = {"name": name, "confidence": confidence, **details}
    behind = message.get(INTENT_RANKING_KEY) or [] if ranking is None else ranking
    message.set(INTENT, intent, add_to_output=True)
    message.set(INTENT_RANKING_KEY, [intent, *(e for e in behind if e["name"] != name)], add_to_output=True)
    message.set(INTENT_SET_BY, by)
    message.set(_IS_FINAL, is_final)
    return True


class UntrainedComponent(GraphComponent):
    """A component that is made from nothing: what it knows lies in files of its own.

    Where its `process` fails, the message passes on as it is and the fault is reported, so that the components after
    it, and above all the red-flag screen, still have their say.
    """

    settings: ClassVar[tuple[str, ...]] = ()
    """Names of the entries of the configuration that the constructor takes, in its order."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Makes the subclass's `process` fail soft."""
        super().__init_subclass__(**kwargs)
        if "process" in cls.__dict__:
            cls.process = fail_soft(cls.__dict__["process"])  # type: ignore[attr-defined]

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

"""The Rasa component that adds what a message reports to its entities."""

from __future__ import annotations

from functools import partial

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.base.component import PRESSED, UntrainedComponent, add_entities, tokens_of
from nlu.encoder.component import ENCODER_OUTPUT
from nlu.findings.fallback_chain import read_with_fallbacks
from nlu.findings.reader import UNCLEAR, ReportedFinding, shared_reader
from triage.contract import Entity


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class FindingExtractor(UntrainedComponent):
    """Adds entities ``finding`` with `value` (the id), `start`, `end` and `assertion`; unclear ones apart."""

    def __init__(self) -> None:
        """Loads the shared reader, so that the first message does not wait for it."""
        shared_reader()

    @classmethod
    def required_packages(cls) -> list[str]:
        """Names the packages that must be importable."""
        return ["spacy", "medspacy", "rapidfuzz"]

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the findings of each message to its entities."""
        for message in messages:
            text = message.get(TEXT) or ""
            if message.get(PRESSED):  # the words of a button are ours and report nothing
                continue
            found = read_with_fallbacks(text, message.get(ENCODER_OUTPUT), partial(tokens_of, message))
            add_entities(message, [_entity(finding) for finding in found])
        return messages


def _entity(finding: ReportedFinding) -> dict[str, object]:
    """Returns the entity of a finding; ``chance``, its probability, is named so in stored conversations."""
    is_unclear = finding.assertion == UNCLEAR
    return {
        "entity": Entity.POSSIBLE_FINDING if is_unclear else Entity.FINDING,
        "value": finding.id,
        "start": finding.start,
        "end": finding.end,
        **({"chance": round(finding.probability, 3)} if is_unclear else {"assertion": finding.assertion}),
        "extractor": FindingExtractor.__name__,
    }

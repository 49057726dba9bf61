"""The detail that a question is about: a factor, medicine, nutrient, illness or test named in it.

Each factor of ``lexicon/factors.yml`` names the topics that have an answer of their own for it. The slot
``answer_variant`` chooses that answer in ``domain.yml``; it is set anew by every message, so that the detail of
one question never colours the answer to the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.base.component import UntrainedComponent
from nlu.findings.quantities import stated_ages
from nlu.intents.classifier import ASKED, MOST_TOPICS
from nlu.text.lexicon import LEXICON_FOLDER, read_lexicon
from nlu.text.phrases import PhraseIndex
from nlu.text.spelling import SpellingIndex
from nlu.text.tokens import lexicon_forms, split_words
from triage.contract import GENERAL, TOPIC_PREFIX, Entity, Intent

_OPEN_CAUSES = ("ask_causes", "ask_cause_other", Intent.REPORT_SYMPTOMS)
_OLDER = 60
GOES_FIRST = ("pregnancy", "child", "surgery")
"""Who somebody is changes an answer more than when or where it happens."""

OF_A_PERSON = (*GOES_FIRST, "age")
_UNSURE_BELOW = 0.5
_FOREIGN_BELOW = 0.5
_OURS = frozenset(
    {
        "clot",
        "ms",
        "als",
        "bfs",
        "restless_legs",
        "sciatica",
        "diuretics",
        "statins",
        "quinine",
        "imaging",
        "emg",
        "steroids",
    }
)
"""Details whose words hardly occur outside of our subject: they outweigh a doubtful "out of scope"."""
_WITHIN_RANKING = 5
FACTOR_OF_FINDING = {
    "child_patient": "child",
    "pregnant_or_postnatal": "pregnancy",
    "recent_knee_surgery": "surgery",
    "age_55_plus": "age",
}


@dataclass(frozen=True)
class Factor:
    """A detail that answers know.

    Attributes:
        id: its name in ``factors.yml`` and in the conditions of ``domain.yml``.
        name: plain words for it.
        topics: the intents that have an answer of their own for it, most natural first.
        words: how people name it, in the written-out form of ``spelling.yml``.
        medicine: what it is, where it is a kind of medicine ("a water tablet"), else an empty string.
        medicine_names: names of such medicines, to be said back.
        is_background: whether it says something of the person, to be listed in a summary.
    """

    id: str
    name: str
    topics: tuple[str, ...]
    words: tuple[str, ...]
    medicine: str = ""
    medicine_names: frozenset[str] = frozenset()
    is_background: bool = False


@lru_cache(maxsize=1)
def factor_table() -> dict[str, Factor]:
    """Returns all factors by id."""
    data = read_lexicon(LEXICON_FOLDER / "factors.yml")
    return {
        id_: Factor(
            id_,
            entry["name"],
            tuple(entry["topics"]),
            tuple(map(str, entry["words"])),
            entry.get("medicine", ""),
            frozenset(entry.get("medicine_names", ())),
            id_ in data["background"],
        )
        for id_, entry in data["factors"].items()
    }


@dataclass(frozen=True)
class NamedFactor:
    """A factor that a message names, with the place of its words in the message.

    Attributes:
        factor: the factor.
        start: where its words begin in the message.
        end: where they end.
        words: how many they are.
        medicine: name and kind where it is a medicine called by its name ("furosemide, a water tablet"), or "".
    """

    factor: Factor
    start: int
    end: int
    words: int
    medicine: str = ""


class FactorReader:
    """Finds the factors that a message names."""

    def __init__(self) -> None:
        """Indexes the factors' words."""
        phrases = [(factor.id, lexicon_forms(text)) for factor in factor_table().values() for text in factor.words]
        self._phrases = PhraseIndex(phrases)
        self._spelling = SpellingIndex(form for _, forms in phrases for form in forms)

    def read(self, text: str) -> list[NamedFactor]:
        """Returns the factors named in a message; a longer phrase hides shorter ones within it."""
        words = split_words(text, self._spelling)
        if not words:
            return []
        forms = [word.form for word in words]
        found = [(start, end, factor_table()[factor]) for factor, start, end in self._phrases.find(forms)]
        found += [(start, end, factor_table()["age"]) for start, end, age in stated_ages(words) if age >= _OLDER]
        named = [
            NamedFactor(
                factor, words[start].start, words[end - 1].end, end - start, _medicine(factor, words[start].form)
            )
            for start, end, factor in found
            if not any(s <= start and end <= e and (e - s) > (end - start) for s, e, _ in found)
        ]
        return sorted(named, key=lambda n: (n.start, -n.words))


def _medicine(factor: Factor, word: str) -> str:
    return f"{word}, {factor.medicine}" if word in factor.medicine_names else ""


@lru_cache(maxsize=1)
def shared_factor_reader() -> FactorReader:
    """Returns the reader of this process, made at the first call."""
    return FactorReader()


def variant_entity(variant: str, component: str) -> dict[str, Any]:
    """Returns the entity by which `component` chooses one of the answers to a topic."""
    return {"entity": Entity.ANSWER_VARIANT, "value": variant, "start": 0, "end": 0, "extractor": component}


def choose_answer(intent: str, named: list[NamedFactor]) -> tuple[str, str]:
    """Chooses topic and variant for a message.

    "What causes it", or a mere report, with a factor named becomes the more specific topic that knows
    the factor; words of ours that hardly mean anything else decide the topic by themselves.

    Args:
        intent: what the classifier says.
        named: the factors in the message.

    Returns:
        The intent, changed or not, and the answer variant or ``general``.
    """
    fitting = [n for n in named if intent in n.factor.topics]
    if not fitting and intent.startswith((TOPIC_PREFIX, Intent.REPORT_SYMPTOMS)):
        ours = [n for n in named if n.factor.id in _OURS]
        if ours:
            return ours[0].factor.topics[0], ours[0].factor.id
    if not fitting and intent in _OPEN_CAUSES:
        specific = "ask_cause_" if intent == Intent.REPORT_SYMPTOMS else "ask_cause"
        for candidate in sorted(named, key=lambda n: -n.words):
            causes = [topic for topic in candidate.factor.topics if topic.startswith(specific)]
            if causes:
                return causes[0], candidate.factor.id
    if not fitting:
        return intent, GENERAL
    return intent, max(fitting, key=lambda n: (n.factor.id in GOES_FIRST, n.words)).factor.id


def rescue(intent: dict[str, Any], ranking: list[dict[str, Any]], named: list[NamedFactor]) -> dict[str, Any]:
    """Lets a named factor decide where the classifier was unsure.

    Args:
        intent: ``name`` and ``confidence`` of the best intent.
        ranking: the best intents with their confidences.
        named: the factors in the message.

    Returns:
        The first of the five best intents that has an answer of its own for a named factor, just
        sure enough to be acted on; else the topic to which a cause naturally belongs; `intent` itself
        where it is sure or lies outside of what we know.
    """
    confidence = float(intent.get("confidence") or 0.0)
    if intent.get("name") == Intent.OUT_OF_SCOPE:
        named = [n for n in named if n.factor.id in _OURS and confidence < _FOREIGN_BELOW]
    elif confidence >= _UNSURE_BELOW:
        return intent
    topics = {topic for n in named for topic in n.factor.topics if topic.startswith(TOPIC_PREFIX)}
    for candidate in ranking[:_WITHIN_RANKING]:
        if candidate["name"] in topics:
            return {"name": candidate["name"], "confidence": max(_UNSURE_BELOW, confidence)}
    causes = [n.factor.topics[0] for n in named if n.factor.topics[0].startswith("ask_cause")]
    return {"name": causes[0], "confidence": max(_UNSURE_BELOW, confidence)} if causes else intent


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class TopicDetails(UntrainedComponent):
    """Adds entities ``factor`` and the ``answer_variant`` that fits topic and factor."""

    def __init__(self) -> None:
        """Makes the shared reader, so that the first message does not wait for it."""
        self._reader = shared_factor_reader()

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the entities; a pressed button has brought its variant along."""
        for message in messages:
            entities = message.get(ENTITIES, [])
            if any(entity["entity"] == Entity.ANSWER_VARIANT for entity in entities):
                continue
            named = self._reader.read((message.get(TEXT) or "")[:2_000])
            named += [
                NamedFactor(factor_table()[FACTOR_OF_FINDING[e["value"]]], e["start"], e["end"], 1)
                for e in entities
                if e["entity"] == Entity.FINDING and e.get("assertion") == "present" and e["value"] in FACTOR_OF_FINDING
            ]
            intent = rescue(message.get(INTENT) or {}, message.get(INTENT_RANKING_KEY) or [], named)
            topic, variant = choose_answer(intent.get("name") or "", named)
            _decide(message, {**intent, "name": topic})
            found = [
                {
                    "entity": Entity.FACTOR,
                    "value": n.factor.id,
                    "start": n.start,
                    "end": n.end,
                    "extractor": "TopicDetails",
                }
                | ({"medicine": n.medicine} if n.medicine else {})
                | ({"background": n.medicine or n.factor.name} if n.factor.is_background else {})
                for n in named
            ]
            found += _answers_to_all(message, named)
            message.set(ENTITIES, [*entities, *found, variant_entity(variant, "TopicDetails")], add_to_output=True)
        return messages


def _answers_to_all(message: Message, named: list[NamedFactor]) -> list[dict[str, Any]]:
    """Returns an entity for each topic of a message that asks about several, with the detail named in its part."""
    answers: dict[str, dict[str, Any]] = {}
    of_person = [n for n in named if n.factor.id in GOES_FIRST]
    for asked, part in message.get(ASKED) or ():
        within = [n for n in named if part.start <= n.start and n.end <= part.end]
        topic, variant = choose_answer(asked, within)
        if variant == GENERAL:
            variant = next((n.factor.id for n in of_person if topic in n.factor.topics), GENERAL)
        place = {"start": part.start, "end": part.end, "extractor": "TopicDetails"}
        answers.setdefault(topic, {"entity": Entity.ALSO_ASKED, "value": topic, "variant": variant, **place})
    entities = list(answers.values())
    for entity in entities[MOST_TOPICS:]:
        entity["entity"] = Entity.LEFT_OUT
    return entities if len(entities) > 1 else []


def _decide(message: Message, intent: dict[str, Any]) -> None:
    message.set(INTENT, intent, add_to_output=True)
    others = [entry for entry in message.get(INTENT_RANKING_KEY) or [] if entry["name"] != intent["name"]]
    message.set(INTENT_RANKING_KEY, [intent, *others], add_to_output=True)

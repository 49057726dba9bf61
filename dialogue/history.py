"""Reads from the tracker's events what was told beside the signs, and which questions were asked."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from triage.case import FACTS
from triage.contract import NEW_START, Entity, Slot
from triage.rules import rule_table


def facts_told(events: Iterable[Mapping[str, Any]]) -> tuple[dict[str, str], list[str]]:
    """Returns what was told beside the signs since the last start: the latest of each kind of fact, and background.

    Args:
        events: tracker events in Rasa's dictionary form.
    """
    facts: dict[str, str] = {}
    background: dict[str, None] = {}
    for event in events:
        if event.get("event") in NEW_START:
            facts, background = {}, {}
        elif event.get("name") == Slot.SNAPSHOT and event.get("value"):
            facts, background = dict(event["value"]["facts"]), dict.fromkeys(event["value"]["background"])
        for entity in (event.get("parse_data") or {}).get("entities") or ():
            if entity.get("entity") in FACTS:
                facts[entity["entity"]] = str(entity["value"])
            elif entity.get("entity") == Entity.FACTOR and entity.get("background"):
                background[str(entity["background"])] = None
    return facts, list(background)


def questions_asked(events: Iterable[Mapping[str, Any]]) -> list[str]:
    """Returns the follow-up questions of rules that were asked since the last start, alone or within a message.

    Args:
        events: tracker events in Rasa's dictionary form.
    """
    asked: set[str] = set()
    for event in events:
        kind = event.get("event")
        if kind in NEW_START:
            asked = set()
        elif kind == "bot":
            text = event.get("text") or ""
            asked |= {question for question in _questions() if question in text}
        elif event.get("name") == Slot.SNAPSHOT and event.get("value"):
            asked |= set(event["value"]["questions_asked"])
    return sorted(asked)


@lru_cache(maxsize=1)
def _questions() -> frozenset[str]:
    return frozenset(rule.ask_first for rule in rule_table() if rule.ask_first)

"""What stands for the messages of a long conversation that are no longer kept: a turn must not cost more and more."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from triage.conversation import EARLIER, NEW_START, remember, turns_from_events
from triage.facts import BACKGROUND, FACTS
from triage.rules import rule_table


def condensed(events: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Returns what must be known of some events when they are gone.

    Args:
        events: tracker events in Rasa's dictionary form, from the beginning.

    Returns:
        The value of the slot `EARLIER`: ``memory`` (``triage.conversation.Memory``), ``facts`` and ``background`` (see
        `told`), and ``said`` (the questions of rules that were asked, each of which is asked once).
    """
    facts, background = told(events)
    questions = {rule.ask_first for rule in rule_table() if rule.ask_first}
    return {
        "memory": remember(turns_from_events(events)).as_data(),
        "facts": facts,
        "background": background,
        "said": sorted(question for question in questions if was_said(question, events)),
    }


def told(events: Iterable[Mapping[str, Any]]) -> tuple[dict[str, str], list[str]]:
    """Returns what was told beside the signs since the last start: the latest of each kind of fact, and background."""
    facts: dict[str, str] = {}
    background: dict[str, None] = {}
    for event in events:
        if event.get("event") in NEW_START:
            facts, background = {}, {}
        elif event.get("name") == EARLIER and event.get("value"):
            facts, background = dict(event["value"]["facts"]), dict.fromkeys(event["value"]["background"])
        for entity in (event.get("parse_data") or {}).get("entities") or ():
            if entity.get("entity") in FACTS:
                facts[entity["entity"]] = str(entity["value"])
            elif entity.get("entity") == BACKGROUND and entity.get("background"):
                background[str(entity["background"])] = None
    return facts, list(background)


def was_said(text: str, events: Iterable[Mapping[str, Any]]) -> bool:
    """Tells whether the assistant has said `text` since the last start, alone or within a message."""
    said = False
    for event in events:
        kind = event.get("event")
        if kind in NEW_START:
            said = False
        elif kind == "bot":
            said = said or text in (event.get("text") or "")
        elif event.get("name") == EARLIER and event.get("value"):
            said = said or text in event["value"]["said"]
    return said

"""Buttons that lead to topics."""

from typing import Any

from triage.topics import TOPICS

WAYS_ON = {
    "start_check": "Check my symptoms",
    "ask_human": "Talk to a person",
    "ask_capabilities": "What can you do?",
}


def topic_buttons(*intents: str) -> list[dict[str, Any]]:
    """Returns a button for each intent, as Rasa sends them; each intent once, those without a title not at all."""
    titles = {**TOPICS, **WAYS_ON}
    return [{"title": titles[intent], "payload": f"/{intent}"} for intent in dict.fromkeys(intents) if intent in titles]

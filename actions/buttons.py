"""Buttons: those that lead to topics, and those that answer a question of ours."""

from typing import Any

from triage.contract import REPLIES, Intent
from triage.payload import Payload, decode
from triage.topics import TOPICS

NAVIGATION_TITLES = {
    Intent.START_CHECK: "Check my symptoms",
    Intent.ASK_HUMAN: "Talk to a person",
    Intent.ASK_CAPABILITIES: "What can you do?",
}
"""Titles of the buttons that lead elsewhere than to a topic, by intent."""


def topic_buttons(*intents: str) -> list[dict[str, Any]]:
    """Returns a button for each intent, as Rasa sends them; each intent once, those without a title not at all."""
    titles = {**TOPICS, **NAVIGATION_TITLES}
    return [
        {"title": titles[intent], "payload": Payload(intent).encode()}
        for intent in dict.fromkeys(intents)
        if intent in titles
    ]


def is_answer(button: dict[str, Any]) -> bool:
    """Tells whether a button answers a yes/no question of ours."""
    payload = decode(str(button.get("payload") or ""))
    return payload is not None and payload.intent in REPLIES

"""Reads a tracker: what was reported, what is in force, what was asked and said."""

from collections.abc import Iterator
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from triage.conversation import (
    ASK_HAS,
    NEW_START,
    REPLIES,
    Topic,
    Turn,
    before_and_now,
    turns_from_events,
    waiting_topic,
)
from triage.earlier import told, was_said
from triage.facts import BACKGROUND_LABEL, FACTS
from triage.findings import vocabulary
from triage.topics import SUGGESTION

Events = list[dict[str, Any]]

_LATELY = 8
_NOWHERE = frozenset({"out_of_scope", "nlu_fallback"})
"""Intents of messages that lead nowhere."""


class Conversation:
    """What the actions need to know of a conversation.

    Attributes:
        before: the memory before the latest message.
        now: the memory after it.
        turn: the latest message.
    """

    def __init__(self, tracker: Tracker) -> None:
        """Reckons up the tracker's events since the last session start or restart."""
        self._tracker = tracker
        turns = turns_from_events(tracker.events)
        self.turn: Turn = turns[-1] if turns else Turn()
        self.before, self.now = before_and_now(turns)

    @property
    def intent(self) -> str:
        """The intent of the latest message."""
        return str((self._tracker.latest_message.get("intent") or {}).get("name") or "")

    @property
    def text(self) -> str:
        """The latest message, or the payload of the button pressed."""
        return str(self._tracker.latest_message.get("text") or "").strip()

    @property
    def country(self) -> str | None:
        """Code of the person's country: by their words, else by what the channel knows; None while unknown."""
        return self._tracker.get_slot("country") or self._tracker.get_slot("country_hint")

    def waiting_topic(self) -> Topic | None:
        """Returns the question of the person that this "no" to ours sets free, or None."""
        if self.turn.reply != "no" or self.turn.asked_kind != ASK_HAS:
            return None
        return waiting_topic(self._tracker.events)

    def suggestions(self) -> list[str]:
        """Returns the topics that the latest message may have meant, likeliest first."""
        entities = self._tracker.latest_message.get("entities") or ()
        return [entity["value"] for entity in entities if entity.get("entity") == SUGGESTION]

    def facts(self) -> dict[str, str]:
        """Returns what was told beside the signs since the last start, by label: the latest of each, and background."""
        told_facts, background = told(self._tracker.events)
        found = {label: told_facts[kind] for kind, label in FACTS.items() if kind in told_facts}
        return {**found, BACKGROUND_LABEL: ", ".join(background)} if background else found

    def not_understood_in_a_row(self) -> int:
        """Returns how many messages, up to the latest, were foreign or not understood, with no other in between."""
        count = 0
        for event in reversed(self._tracker.events):
            if event.get("event") in NEW_START:
                break
            if event.get("event") == "user":
                intent = ((event.get("parse_data") or {}).get("intent") or {}).get("name")
                if intent not in _NOWHERE:
                    break
                count += 1
        return count

    def slot(self, name: str) -> Any:
        """Returns the value of a slot."""
        return self._tracker.get_slot(name)

    def was_said(self, text: str) -> bool:
        """Tells whether the assistant has asked the question of a rule before in this session."""
        return was_said(text, self._tracker.events)

    def last_answer(self) -> dict[str, Any]:
        """Returns the metadata of the assistant's last answer to a topic (``utter_action``, ``metadata``), or {}."""
        answers = [event.get("metadata") or {} for event in self._bot_messages()]
        answers = [answer for answer in answers if (answer.get("metadata") or {}).get("sources")]
        return answers[-1] if answers else {}

    def asked_lately(self) -> bool:
        """Tells whether a question that "yes" answers was among what the assistant said last."""
        lately = list(self._bot_messages())[-_LATELY:]
        buttons = [button for event in lately for button in (event.get("data") or {}).get("buttons") or ()]
        return any(is_answer(button) for button in buttons)

    def last_said(self) -> str:
        """Returns the name of the response that came last before the latest message, or an empty string."""
        responses = [""]
        for event in self._tracker.events:
            if event.get("event") == "user":
                responses.append("")
            elif event.get("event") == "bot":
                responses[-1] = (event.get("metadata") or {}).get("utter_action") or responses[-1]
        return responses[-2] if len(responses) > 1 else ""

    def _bot_messages(self) -> Iterator[dict[str, Any]]:
        since = 0
        for number, event in enumerate(self._tracker.events):
            if event.get("event") in NEW_START:
                since = number
        return (event for event in self._tracker.events[since:] if event.get("event") == "bot")

    def record(self, asked_finding: str | None = None, asked_kind: str | None = None) -> Events:
        """Returns the events that bring the slots up to date, none for what they hold already.

        Args:
            asked_finding: the finding that a yes/no question has just been asked about.
            asked_kind: what was asked of it (``triage.conversation``).
        """
        values = {
            "findings": list(self.now.present) or None,
            "triage_tier": self.now.assessment.tier,
            "confirming_finding": asked_finding,
            "confirming_question": asked_kind,
        }
        return [SlotSet(name, value) for name, value in values.items() if self.slot(name) != value]


def is_answer(button: dict[str, Any]) -> bool:
    """Tells whether a button answers a yes/no question of ours."""
    return str(button.get("payload") or "").removeprefix("/") in REPLIES


def named(findings: tuple[str, ...] | list[str]) -> str:
    """Returns the plain names of findings, as part of a sentence."""
    return "; ".join(vocabulary()[finding].short for finding in findings)


def lower_first(text: str) -> str:
    """Returns `text` with its first letter in lower case, unless it begins with an abbreviation."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]

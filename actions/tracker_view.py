"""What the actions read of a tracker: the case from its slot, and what was said recently."""

from collections.abc import Iterator
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from actions.wording import is_answer
from triage.case import BACKGROUND_LABEL, FACTS, Case
from triage.contract import NEW_START, Entity, Intent, Slot

Events = list[dict[str, Any]]

_RECENT_MESSAGES = 8
"""Messages of the assistant among which a question of ours counts as asked recently."""

_UNANSWERED_INTENTS = frozenset({Intent.OUT_OF_SCOPE, Intent.FALLBACK})


class TrackerView:
    """What the actions need to know of a conversation.

    Attributes:
        case: what the conversation amounts to after the latest message.
    """

    def __init__(self, tracker: Tracker) -> None:
        """Reads the case that the Rasa process has folded."""
        self._tracker = tracker
        self.case = Case.from_json(tracker.get_slot(Slot.CASE))

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
        return self.slot(Slot.COUNTRY) or self.slot(Slot.COUNTRY_HINT)

    def slot(self, name: str) -> Any:
        """Returns the value of a slot."""
        return self._tracker.get_slot(name)

    def suggestions(self) -> list[str]:
        """Returns the topics that the latest message may have meant, likeliest first."""
        entities = self._tracker.latest_message.get("entities") or ()
        return [entity["value"] for entity in entities if entity.get("entity") == Entity.SUGGESTION]

    def facts(self) -> dict[str, str]:
        """Returns what was told beside the signs since the last start, by label: the latest of each, and background."""
        found = {label: self.case.facts[kind] for kind, label in FACTS.items() if kind in self.case.facts}
        background = self.case.background
        return {**found, BACKGROUND_LABEL: ", ".join(background)} if background else found

    def not_understood_in_a_row(self) -> int:
        """Returns how many messages, up to the latest, were foreign or not understood, with no other in between."""
        count = 0
        for event in reversed(self._tracker.events):
            if event.get("event") in NEW_START:
                break
            if event.get("event") == "user":
                intent = ((event.get("parse_data") or {}).get("intent") or {}).get("name")
                if intent not in _UNANSWERED_INTENTS:
                    break
                count += 1
        return count

    def last_answer(self) -> dict[str, Any]:
        """Returns the metadata of the assistant's last answer to a topic (``utter_action``, ``metadata``), or {}."""
        answers = [event.get("metadata") or {} for event in self._bot_messages()]
        answers = [answer for answer in answers if (answer.get("metadata") or {}).get("sources")]
        return answers[-1] if answers else {}

    def asked_recently(self) -> bool:
        """Tells whether a question that "yes" answers was among what the assistant said last."""
        recent = list(self._bot_messages())[-_RECENT_MESSAGES:]
        buttons = [button for event in recent for button in (event.get("data") or {}).get("buttons") or ()]
        return any(is_answer(button) for button in buttons)

    def last_response(self) -> str:
        """Returns the name of the response that came last before the latest message, or an empty string."""
        responses = [""]
        for event in self._tracker.events:
            if event.get("event") == "user":
                responses.append("")  # one entry for all that is said between two messages of the person
            elif event.get("event") == "bot":
                responses[-1] = (event.get("metadata") or {}).get("utter_action") or responses[-1]
        return responses[-2] if len(responses) > 1 else ""

    def _bot_messages(self) -> Iterator[dict[str, Any]]:
        since = 0
        for number, event in enumerate(self._tracker.events):
            if event.get("event") in NEW_START:
                since = number
        return (event for event in self._tracker.events[since:] if event.get("event") == "bot")

    def open_question(self, finding: str | None = None, kind: str | None = None) -> Events:
        """Returns the events that say which yes/no question is open now, none for what the slots hold already.

        Args:
            finding: the finding that a yes/no question has just been asked about, None where none is open.
            kind: what was asked of it (`triage.contract.QuestionKind`).
        """
        values = {Slot.CONFIRMING_FINDING: finding, Slot.CONFIRMING_QUESTION: kind}
        return [SlotSet(name, value) for name, value in values.items() if self.slot(name) != value]

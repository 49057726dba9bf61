"""Names and button payloads that several processes share: the Rasa process, the action server and the channels.

Every name of ``domain.yml`` that code depends on stands here once; ``tests/data/test_contract.py`` holds them against
the domain. Names of single medical topics and responses that one module alone uses stay with it.
"""

import json
import re
from dataclasses import dataclass
from typing import Final


class Intent:
    """Intents that code decides about; the medical topics are in `triage.topics`."""

    AFFIRM: Final = "affirm"
    DENY: Final = "deny"
    UNSURE: Final = "unsure"
    TAKE_BACK: Final = "take_back"
    GREET: Final = "greet"
    GOODBYE: Final = "goodbye"
    THANK: Final = "thank"
    REPORT_SYMPTOMS: Final = "report_symptoms"
    REPORT_EMERGENCY: Final = "report_emergency"
    REPORT_URGENT: Final = "report_urgent"
    GOT_HELP: Final = "got_help"
    TELL_COUNTRY: Final = "tell_country"
    START_CHECK: Final = "start_check"
    ASK_MORE: Final = "ask_more"
    ASK_SOURCES: Final = "ask_sources"
    ASK_SUMMARY: Final = "ask_summary"
    ASK_HUMAN: Final = "ask_human"
    ASK_CAPABILITIES: Final = "ask_capabilities"
    FORGET_ME: Final = "forget_me"
    RESTART: Final = "restart"
    OUT_OF_SCOPE: Final = "out_of_scope"
    FALLBACK: Final = "nlu_fallback"
    SLASH_COMMAND: Final = "slash_command"
    MESSAGE_TOO_LONG: Final = "message_too_long"
    MESSAGE_WITHOUT_WORDS: Final = "message_without_words"
    MESSAGE_IN_OTHER_FORM: Final = "message_in_other_form"


class Entity:
    """Kinds of entities that the pipeline adds to a message."""

    FINDING: Final = "finding"
    """A finding with its ``assertion``."""

    POSSIBLE_FINDING: Final = "possible_finding"
    """A finding that a message may report, its words being unclear, with its ``chance``."""

    REPLY: Final = "reply"
    """Words that answer a question: yes, no or unsure at the start; gone, still or correction anywhere."""

    FACTOR: Final = "factor"
    """A detail that answers know; where it says something of the person it carries ``background``."""

    ANSWER_VARIANT: Final = "answer_variant"
    """Which of the answers to a topic fits."""

    ALSO_ASKED: Final = "also_asked"
    """A topic, where a message asks about several; each carries its ``variant``."""

    LEFT_OUT: Final = "left_out"
    """A topic that a message asks about beyond those that are answered at once."""

    SUGGESTION: Final = "suggestion"
    """A topic that the person may have meant."""

    FOLLOW_UP: Final = "follow_up"
    """A message that hangs on the last answer; its value is the kind."""

    COUNTRY: Final = "country"
    COUNTRY_HINT: Final = "country_hint"


class Slot:
    """Slots, each with the one that writes it."""

    CASE: Final = "case"
    """What the conversation amounts to after the latest message (`triage.case`); written by the RedFlagPolicy alone."""

    SNAPSHOT: Final = "earlier"
    """What stands for messages that the tracker no longer holds; written by the tracker store."""

    CONFIRMING_FINDING: Final = "confirming_finding"
    """The finding that the open yes/no question is about; written by the actions that ask."""

    CONFIRMING_QUESTION: Final = "confirming_question"
    """What was asked of it, one of `QuestionKind`; written with the former."""

    HELP_REACHED: Final = "help_reached"
    COUNTRY: Final = "country"
    COUNTRY_HINT: Final = "country_hint"
    COUNTRY_ASKED: Final = "country_asked"
    ANSWER_VARIANT: Final = "answer_variant"
    MEDICINE: Final = "medicine"
    LEFT_OUT: Final = "left_out"


class ActionName:
    """Custom actions that policies plan."""

    APPLY_RED_FLAG_RULES: Final = "action_apply_red_flag_rules"
    ASK_ABOUT_FINDING: Final = "action_ask_about_finding"
    TAKE_REPLY: Final = "action_take_reply"
    TELL_MORE: Final = "action_tell_more"


class QuestionKind:
    """What a yes/no question asks of a finding. The values lie in stored conversations."""

    PRESENT: Final = "has"
    """Do you have it?"""

    RESOLVED: Final = "gone"
    """Is it gone now?"""


GENERAL: Final = "general"
"""The answer variant where no detail was named."""

TOPIC_PREFIX: Final = "ask_"
"""What the intents of questions begin with."""

RESPONSE_PREFIX: Final = "utter_"

REPLIES: Final = {Intent.AFFIRM: "yes", Intent.DENY: "no", Intent.UNSURE: "unsure"}
"""The intents that answer a yes/no question of ours; the payloads of its buttons are these with a slash."""

ESCALATION_INTENTS: Final = {
    "emergency_now": Intent.REPORT_EMERGENCY,
    "urgent_same_day": Intent.REPORT_URGENT,
}
"""The intent that a danger turns a message into, by tier."""

FIRST_LINES: Final = {tier: f"{RESPONSE_PREFIX}{intent}" for tier, intent in ESCALATION_INTENTS.items()}
"""The plain response that begins the answer to a danger, by tier."""

TIER_OF_FIRST_LINE: Final = {response: tier for tier, response in FIRST_LINES.items()}

OWN_FIRST_LINES: Final = {"suicidal": "suicidal", "overdose_taken": "overdose"}
"""Findings whose first line is a variant of its own."""

NEW_START: Final = frozenset({"session_started", "restart"})
"""Kinds of events before which nothing counts any more."""

_PAYLOAD = re.compile(r"/([a-z_]+)\s*(\{.*\})?\s*", re.DOTALL)


@dataclass(frozen=True)
class Payload:
    """Where a button leads.

    Attributes:
        intent: its intent.
        variant: the answer variant, or ``general``.
    """

    intent: str
    variant: str = GENERAL

    def encode(self) -> str:
        """Returns the text that Rasa sends when the button is pressed."""
        if self.variant == GENERAL:
            return f"/{self.intent}"
        return f"/{self.intent}{json.dumps({Slot.ANSWER_VARIANT: self.variant})}"


def decode(text: str) -> Payload | None:
    """Returns where a payload leads; None for anything but an intent with an answer variant at most.

    No other slot can be set by typing a payload, so one that names another is none of ours.
    """
    found = _PAYLOAD.fullmatch(text)
    if found is None:
        return None
    intent, parameters = found.groups()
    if parameters is None:
        return Payload(intent)
    try:
        values = json.loads(parameters)
    except (ValueError, RecursionError):  # the latter by brackets nested too deep
        return None
    variant = values.get(Slot.ANSWER_VARIANT) if isinstance(values, dict) and len(values) == 1 else None
    return Payload(intent, variant) if isinstance(variant, str) else None

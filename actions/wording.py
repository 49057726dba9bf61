"""What actions say: rules, numbers and findings in sentences, topics as buttons."""

import re
from collections.abc import Iterable
from typing import Any

from triage.contract import REPLIES, Intent, Payload, decode
from triage.findings import vocabulary
from triage.help_lines import emergency_number
from triage.rules import Rule
from triage.topics import TOPICS

NAVIGATION_TITLES = {
    Intent.START_CHECK: "Check my symptoms",
    Intent.ASK_HUMAN: "Talk to a person",
    Intent.ASK_CAPABILITIES: "What can you do?",
}
"""Titles of the buttons that lead elsewhere than to a topic, by intent."""

_MOST_NAMED = 3
_SAME_ADVICE = 3
"""Two sentences that share so many first words give the same advice."""
_SAID_BY_FIRST_LINE = "Call your local emergency number now."
_GENERAL_CALL = re.compile(r"\b([Cc])all your local emergency number\b")


def dangers(rules: Iterable[Rule]) -> str:
    """Returns the names of the rules in force, at most three, as part of a sentence."""
    names = [lower_first(rule.name) for rule in rules]
    return "; ".join(list(dict.fromkeys(names))[:_MOST_NAMED])


def advice(rules: Iterable[Rule], country: str | None, *, after_first_line: bool = True) -> str:
    """Returns what to do by the rules in force: no sentence twice, the number of the country where it is known.

    Args:
        rules: most urgent first; of more than two only the first two are said.
        country: code of the person's country, or None.
        after_first_line: whether the first line of a danger stands before it, which says to call already.
    """
    sentences: dict[str, None] = {}
    for rule in list(rules)[:2]:
        for sentence in re.split(r"(?<=[.!?]) +", rule.what_to_do):
            if not any(_begin_alike(sentence, said) for said in sentences):
                sentences[sentence] = None
    if after_first_line and len(sentences) > 1:
        sentences.pop(_SAID_BY_FIRST_LINE, None)
    return with_emergency_number(" ".join(sentences), country)


def _begin_alike(one: str, other: str) -> bool:
    return one.lower().split()[:_SAME_ADVICE] == other.lower().split()[:_SAME_ADVICE]


def with_emergency_number(text: str, country: str | None) -> str:
    """Replaces "your local emergency number" by the number itself, where the country is known."""
    number = emergency_number(country).number
    if number is None:
        return text
    return _GENERAL_CALL.sub(rf"\g<1>all {number}", text)


def finding_names(findings: Iterable[str]) -> str:
    """Returns the plain names of findings, as part of a sentence."""
    return "; ".join(vocabulary()[finding].short for finding in findings)


def lower_first(text: str) -> str:
    """Returns `text` with its first letter in lower case, unless it begins with an abbreviation."""
    is_abbreviation = text[:2].isupper() and text[1:2].isalpha()  # "DVT", but not "A cramp"
    return text if is_abbreviation else text[:1].lower() + text[1:]


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

"""What stands for the messages of a long conversation that are no longer kept: a turn must not cost more and more."""

from collections.abc import Mapping, Sequence
from typing import Any

from dialogue.history import facts_told, questions_asked
from dialogue.state import replay, turns_from_events


def compact(events: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Returns what must be known of some events when they are gone.

    Args:
        events: tracker events in Rasa's dictionary form, from the beginning.

    Returns:
        The value of the slot `triage.contract.Slot.SNAPSHOT`: ``state`` (`triage.case.ConversationState`), ``facts``
        and ``background`` (see `dialogue.history.facts_told`), and ``questions_asked``.
    """
    facts, background = facts_told(events)
    return {
        "state": replay(turns_from_events(events)).to_json(),
        "facts": facts,
        "background": background,
        "questions_asked": questions_asked(events),
    }

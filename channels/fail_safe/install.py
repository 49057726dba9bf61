"""Puts the fail-safe handler around Rasa: whoever brings messages in calls `install`; no import does.

Each replacement is a function with the signature of the method whose place it takes, ``self`` included.
"""

from __future__ import annotations

from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import FailSafeTrackerStore

from channels.fail_safe import handler, tracker_store
from dialogue.rasa_patches import Patch, apply

PATCHES = (
    Patch(Agent, "handle_message", handler.handle_safely),
    Patch(MessageProcessor, "log_message", handler.log_and_record),
    Patch(RemoteAction, "run", handler.run_remote_safely),
    Patch(OutputChannel, "send_response", handler.send_and_record),
    Patch(FailSafeTrackerStore, "retrieve", tracker_store.retrieve),
    Patch(FailSafeTrackerStore, "retrieve_full_tracker", tracker_store.retrieve_full_tracker),
    Patch(FailSafeTrackerStore, "save", tracker_store.save),
)


def install() -> None:
    """Puts the handler in place; doing it twice changes nothing.

    Raises:
        PatchError: this version of Rasa lacks what is patched.
    """
    apply(PATCHES)

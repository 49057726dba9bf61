"""Never silence: whatever fails, an emergency gets its line, and anything else an honest word.

Stands around Rasa's handling of a message (`channels.fail_safe.install`), so that it holds for every channel. A fault
is noted where it happens (`nlu.base.faults`); here the answer is completed by what must be said.
"""

from __future__ import annotations

import asyncio
from typing import Any

from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker

from channels.fail_safe.lock_store import FailSafeLockStore
from nlu.base import faults
from nlu.findings import keyword_fallback
from nlu.intents.red_flag_screen import own_first_line
from triage.contract import FIRST_LINES
from triage.engine import assess
from triage.rules import ESCALATING_TIERS

LONGEST_ANSWER = 2.7
"""Seconds after which a message is answered by what is certain; an emergency must have its line within three."""

MY_SIDE = "utter_my_side"
_ACTION_SERVER = "action server"
_IF_ALL_ELSE_FAILS = {
    "utter_report_emergency": "This could be an emergency. Call your local emergency number now (999, 112 or 911), "
    "or ask someone near you to call.",
    "utter_report_urgent": "What you describe needs medical help today. Please call your doctor or an advice line "
    "now. If you start to feel very ill, call the emergency number.",
    MY_SIDE: "Something is wrong on my side. I may have missed part of what you said. If you feel very ill, or it is "
    "getting worse fast, call your local emergency number now (999, 112 or 911). If not, please try again in a minute.",
}

# taken before any patch is in place, so that a replacement never calls itself
_handle_message = Agent.handle_message
_run_remote = RemoteAction.run
_log_message = MessageProcessor.log_message
_send_response = OutputChannel.send_response


async def handle_safely(self: Agent, message: UserMessage) -> list[dict[str, Any]] | None:
    """Answers a message as Rasa does; where that fails or takes too long, completes the answer.

    Args:
        self: Rasa's agent.
        message: with the channel that its answers go to.

    Returns:
        What Rasa returns; where it failed or is not done yet, what was sent so far, for a channel that keeps it.
    """
    record = faults.start()
    if not isinstance(self.lock_store, FailSafeLockStore):
        self.lock_store = FailSafeLockStore(self.lock_store)
    task = asyncio.ensure_future(_handle_message(self, message))
    done, _ = await asyncio.wait({task}, timeout=LONGEST_ANSWER)
    if not done:
        faults.report("answer", f"not complete after {LONGEST_ANSWER} seconds")
        task.add_done_callback(_read_outcome)  # it goes on, so that nothing that was said is lost
    elif task.exception() is not None:
        faults.report("answer", task.exception() or "")
        await _keep_message(self, record)
    if record.faults or not self.is_ready():
        await _complete(self, message, record)
    if not done or task.exception() is not None:
        return getattr(message.output_channel, "messages", None)
    return task.result()


async def _keep_message(agent: Agent, record: faults.TurnRecord) -> None:
    """Saves what the person said although the answer failed: Rasa itself would save it only at the end."""
    try:
        if record.conversation is not None:
            await agent.tracker_store.save(record.conversation)
    except Exception as error:
        faults.report("tracker store", error)


async def log_and_record(self: MessageProcessor, *args: Any, **kwargs: Any) -> DialogueStateTracker:
    """Logs a message as Rasa does, and keeps the conversation at hand in case that the answer fails."""
    tracker = await _log_message(self, *args, **kwargs)
    record = faults.current()
    if record is not None:
        record.conversation = tracker
    return tracker


def _read_outcome(task: asyncio.Future[Any]) -> None:
    if not task.cancelled() and task.exception() is not None:
        faults.report("answer", task.exception() or "")


async def _complete(agent: Agent, message: UserMessage, record: faults.TurnRecord) -> None:
    """Sends what is still missing: the emergency line where one is due, and the honest word."""
    channel = message.output_channel
    if channel is None:
        return
    try:
        found = _findings(message.text or "")
        tier = assess(found).tier
    except Exception as error:
        faults.report("rule table", error)
        found, tier = set(), None
    first_lines = [text for name in FIRST_LINES.values() for text in _texts(agent, name)]
    due = []
    if tier in ESCALATING_TIERS and not any(line in said for line in first_lines for said in record.said):
        name = FIRST_LINES[str(tier)]
        due.append({"text": _text(agent, name, own_first_line(found)), "utter_action": name})
    due.append({"text": _text(agent, MY_SIDE), "utter_action": MY_SIDE})
    for answer in due:
        await _send(channel, message.sender_id, answer)


async def _send(channel: OutputChannel, recipient: str, answer: dict[str, Any]) -> None:
    try:
        await channel.send_response(recipient, answer)
    except Exception as error:
        faults.report("channel", error)


def _findings(text: str) -> set[str]:
    """Returns the findings that a message reports or may report, by the best means that still works."""
    try:
        from nlu.findings.fallback_chain import read_with_fallbacks  # it may be what is broken
        from nlu.findings.fusion import shared_fusion
        from nlu.findings.reader import UNCLEAR

        found, least = read_with_fallbacks(text), shared_fusion().clarification.usual
        return {f.id for f in found if f.assertion == "present" or (f.assertion == UNCLEAR and f.probability >= least)}
    except Exception as error:
        faults.report("finding reader", error)
        return keyword_fallback.findings_named(text)


def _responses(agent: Agent, name: str) -> list[dict[str, Any]]:
    domain = getattr(agent, "domain", None)
    return list((domain.responses if domain else {}).get(name, []))


def _texts(agent: Agent, name: str) -> list[str]:
    return [*(str(r["text"]) for r in _responses(agent, name)), _IF_ALL_ELSE_FAILS[name]]


def _text(agent: Agent, name: str, variant: str | None = None) -> str:
    for response in _responses(agent, name):
        conditions = response.get("condition") or []
        if [entry.get("value") for entry in conditions] == ([variant] if variant else []):
            return str(response["text"])
    return _texts(agent, name)[0]


async def run_remote_safely(self: RemoteAction, *args: Any, **kwargs: Any) -> list[Event]:
    """Runs an action in the action server; where that fails, the conversation goes on without it.

    Args:
        self: the action.
        args: of `RemoteAction.run`.
        kwargs: of `RemoteAction.run`.

    Returns:
        The action's events; none where it failed.
    """
    record = faults.current()
    if record is not None and _ACTION_SERVER in record.faults:
        return []  # it did not answer a moment ago; the person has waited long enough
    try:
        return await _run_remote(self, *args, **kwargs)
    except Exception as error:
        faults.report(_ACTION_SERVER, error)
        return []


async def send_and_record(self: OutputChannel, recipient_id: str, message: dict[str, Any]) -> None:
    """Sends a response as Rasa does, and records its text as said."""
    record, text = faults.current(), str(message.get("text") or "")
    await _send_response(self, recipient_id, message)
    if record is not None:
        record.said.append(text)

"""Buttons where there are none: a numbered list, and what a person chooses from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from channels.messaging.client import OutboundRequest
from channels.messaging.incoming import IncomingMessage
from channels.messaging.output import Output, ReplyContext
from channels.messaging.platform import Platform
from nlu.base import faults
from nlu.text.choices import chosen_positions
from nlu.text.plain import plain_text

_MORE = "more"


def menu_text(buttons: Sequence[dict[str, str]], first: int = 1, held_back: Sequence[str] = ()) -> str:
    """Returns buttons as a numbered list with a line on what can be replied; an empty text where there is nothing.

    Args:
        buttons: with ``title``.
        first: number of the first.
        held_back: what "MORE" brings ("what to do"), if anything.
    """
    lines = [f"{number}. {button['title']}" for number, button in enumerate(buttons, first)]
    last = first + len(buttons) - 1
    offers = [f"{first} to {last}" if len(buttons) > 1 else f"{first}"] if buttons else []
    if held_back:
        offers.append(f"MORE for {' and '.join(held_back)}")
    if offers:
        lines.append(f"Reply {', '.join(offers)}, or write in your own words.")
    return "\n".join(lines)


def match_option(text: str, buttons: Sequence[dict[str, str]]) -> str | None:
    """Returns the payload of the option that a message chooses: "2", "two", "the second one", or its words.

    Args:
        text: what the person wrote.
        buttons: the options sent last, with ``title`` and ``payload``.

    Returns:
        None where the message is something else.
    """
    plain = plain_text(text)
    if not plain or not buttons:
        return None
    for button in buttons:
        if plain_text(button["title"]) == plain:
            return button["payload"]
    positions = chosen_positions(text, len(buttons))
    return buttons[positions[0]]["payload"] if len(positions) == 1 else None


class NumberedPlatform(Platform):
    """A platform without buttons: the options sent last are kept for each person."""

    binds_answers = False

    def text_request(self, incoming: IncomingMessage, text: str) -> OutboundRequest:
        """Returns the request that sends a text."""
        raise NotImplementedError

    def add_options(self, answer: dict[str, Any], context: ReplyContext) -> str:
        """Makes the buttons of a message options of this answer, and returns them as a numbered list."""
        buttons = answer.get("buttons") or []
        context.options += buttons
        return menu_text(buttons, len(context.options) - len(buttons) + 1)

    async def handle(self, incoming: IncomingMessage, output: Output) -> None:
        """Has a message understood; a number, its word or the words of an option choose from the list sent last."""
        inbox, key = self.dispatcher.inbox, f"menu:{incoming.conversation_id}"
        menu = await inbox.get_state(key) or {}
        options, held_back = menu.get("options") or [], menu.get("rest") or []
        if held_back and plain_text(incoming.text) == _MORE:
            for piece in held_back:
                output.queue(self.text_request(incoming, piece))
            await inbox.set_state(key, {"options": options, "rest": []})
            return
        payload = match_option(incoming.text, options)
        await super().handle(replace(incoming, text=payload) if payload else incoming, output)
        context, record = output.context, faults.current()
        if record is not None and record.faults:
            return  # an option can be chosen again when all works again
        if context.options or context.held_back:
            await inbox.set_state(key, {"options": context.options, "rest": context.held_back})
        elif menu:
            await inbox.set_state(key, None)

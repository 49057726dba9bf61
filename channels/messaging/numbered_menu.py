"""Buttons where there are none: a numbered list, and what a person chooses from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from channels.messaging.client import Call
from channels.messaging.delivery import Delivery
from channels.messaging.dispatcher import reception
from channels.messaging.platform import Output, Platform, Turn
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


def chosen(text: str, buttons: Sequence[dict[str, str]]) -> str | None:
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
    """A platform without buttons: what was offered last is remembered for each person."""

    binds_answers = False

    def text_call(self, delivery: Delivery, text: str) -> Call:
        """Returns the request that sends a text."""
        raise NotImplementedError

    def offer(self, answer: dict[str, Any], turn: Turn) -> str:
        """Takes the buttons of a message among those that can be chosen, and returns them as a numbered list."""
        offered = answer.get("buttons") or []
        turn.options += offered
        return menu_text(offered, len(turn.options) - len(offered) + 1)

    async def hear(self, delivery: Delivery, output: Output) -> None:
        """Has a message understood; a number, its word or the words of an option choose from the list sent last."""
        inbox, memo_name = reception().inbox, f"menu:{delivery.person}"
        memo = await inbox.recall(memo_name) or {}
        options, rest = memo.get("options") or [], memo.get("rest") or []
        if rest and plain_text(delivery.text) == _MORE:
            for piece in rest:
                output.send(self.text_call(delivery, piece))
            await inbox.remember(memo_name, {"options": options, "rest": []})
            return
        payload = chosen(delivery.text, options)
        await super().hear(replace(delivery, text=payload) if payload else delivery, output)
        turn, record = output.turn, faults.current()
        if record is not None and record.faults:
            return  # what was offered can be chosen again when all works again
        if memo or turn.options or turn.rest:
            content = {"options": turn.options, "rest": turn.rest}
            await inbox.remember(memo_name, content if turn.options or turn.rest else None)

"""Stand-ins for the messaging platforms, on loopback: nothing outside the machine is reached, no account is needed.

Each is both sides of a platform: its API, which checks every request against the platform's documented schema and
limits and can be told to fail, and its webhook deliveries, in the shape that the platform sends and signed for real.
They are written from the platforms' documentation alone, not from the connectors that they test.

    with TelegramStandIn() as telegram:
        assistant = RunningAssistant(**telegram.environment())
        telegram.message("5550101", "My knee cramps at night").send(assistant.address)
        answer = telegram.wait_for(1, "5550101")[-1]
        telegram.press("5550101", answer, answer.buttons[0].title).send(assistant.address)
        telegram.wait_for(2, "5550101")
        assert not telegram.problems

Faults: ``fail``, ``hang``, ``block``, and ``heal`` to end them. Deliveries: ``message``, ``press``, ``voice`` and so
on, each a ``Post`` with ``unsigned``, ``wrongly_signed`` and ``send``; send one twice, or give the same ``id``, to
repeat it.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from tools.fake_platforms.base import Button, Reply, Request, Sent, StandIn
from tools.fake_platforms.messenger import MessengerStandIn
from tools.fake_platforms.slack import SlackStandIn
from tools.fake_platforms.telegram import TelegramStandIn
from tools.fake_platforms.twilio import TwilioStandIn
from tools.fake_platforms.webhook_request import Post

__all__ = [
    "Button",
    "MessengerStandIn",
    "Post",
    "Reply",
    "Request",
    "Sent",
    "SlackStandIn",
    "StandIn",
    "StandIns",
    "TelegramStandIn",
    "TwilioStandIn",
    "all_stand_ins",
]


@dataclass(frozen=True)
class StandIns:
    """All four, started."""

    telegram: TelegramStandIn
    slack: SlackStandIn
    twilio: TwilioStandIn
    messenger: MessengerStandIn

    def each(self) -> tuple[StandIn, ...]:
        """Returns them one by one."""
        return self.telegram, self.slack, self.twilio, self.messenger

    def environment(self) -> dict[str, str]:
        """Returns the settings that switch all four channels on in the assistant and point them here."""
        return {name: value for one in self.each() for name, value in one.environment().items()}

    def problems(self) -> list[str]:
        """Returns the problems of all four, each with the platform before it."""
        return [
            f"{type(one).__name__.removesuffix('StandIn')} {problem}" for one in self.each() for problem in one.problems
        ]


@contextmanager
def all_stand_ins(public_url: str = "https://assistant.example") -> Iterator[StandIns]:
    """Starts all four, and stops them at the end.

    Args:
        public_url: where the assistant is to believe that the platforms reach it.

    Yields:
        The four, with their joined environment.
    """
    four = StandIns(TelegramStandIn(public_url), SlackStandIn(), TwilioStandIn(public_url), MessengerStandIn())
    with ExitStack() as started:
        for one in four.each():
            started.enter_context(one)
        yield four

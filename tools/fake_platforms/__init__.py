"""Fake messaging platforms, on loopback: nothing outside the machine is reached, no account is needed.

Each is both sides of a platform: its API, which checks every request against the platform's documented schema and
limits and can be told to fail, and its webhook deliveries, in the shape that the platform sends and signed for real.
They are written from the platforms' documentation alone, not from the connectors that they test.

    with FakeTelegram() as telegram:
        assistant = RunningAssistant(**telegram.environment())
        telegram.message("5550101", "My knee cramps at night").send(assistant.address)
        answer = telegram.wait_for(1, "5550101")[-1]
        telegram.press("5550101", answer, answer.buttons[0].title).send(assistant.address)
        telegram.wait_for(2, "5550101")
        assert not telegram.violations

Faults: ``fail``, ``hang``, ``block``, and ``reset_faults`` to end them. Deliveries: ``message``, ``press``, ``voice``
and so on, each a ``WebhookRequest`` with ``unsigned``, ``wrongly_signed`` and ``send``; send one twice, or give the
same ``id``, to repeat it.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from tools.fake_platforms.messenger import FakeMessenger
from tools.fake_platforms.server.base import Button, FakePlatform, Reply, Request, Sent
from tools.fake_platforms.server.webhook_request import WebhookRequest
from tools.fake_platforms.slack import FakeSlack
from tools.fake_platforms.telegram import FakeTelegram
from tools.fake_platforms.twilio import FakeTwilio

__all__ = [
    "Button",
    "FakeMessenger",
    "FakePlatform",
    "FakePlatforms",
    "FakeSlack",
    "FakeTelegram",
    "FakeTwilio",
    "Reply",
    "Request",
    "Sent",
    "WebhookRequest",
    "main_fake_platforms",
]


@dataclass(frozen=True)
class FakePlatforms:
    """Telegram, Slack, Twilio and Messenger, started."""

    telegram: FakeTelegram
    slack: FakeSlack
    twilio: FakeTwilio
    messenger: FakeMessenger

    def each(self) -> tuple[FakePlatform, ...]:
        """Returns them one by one."""
        return self.telegram, self.slack, self.twilio, self.messenger

    def environment(self) -> dict[str, str]:
        """Returns the settings that switch all four channels on in the assistant and point them here."""
        return {name: value for one in self.each() for name, value in one.environment().items()}

    def violations(self) -> list[str]:
        """Returns the violations of all four, each with the platform before it."""
        return [
            f"{type(one).__name__.removeprefix('Fake')} {violation}"
            for one in self.each()
            for violation in one.violations
        ]


@contextmanager
def main_fake_platforms(public_url: str = "https://assistant.example") -> Iterator[FakePlatforms]:
    """Starts all four, and stops them at the end.

    Args:
        public_url: where the assistant is to believe that the platforms reach it.

    Yields:
        The four, with their joined environment.
    """
    fakes = FakePlatforms(FakeTelegram(public_url), FakeSlack(), FakeTwilio(public_url), FakeMessenger())
    with ExitStack() as started:
        for one in fakes.each():
            started.enter_context(one)
        yield fakes

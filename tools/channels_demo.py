"""Plays one conversation through every messaging platform, side by side, against fake platforms on this machine.

Nothing outside is reached and no account is needed: the assistant is started with all platforms switched on and their
APIs pointed at `tools.fake_platforms`, which check what it sends against the platforms' rules.
"""

import shutil
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from tools.assistant_process import RunningAssistant, StartError
from tools.fake_platforms import FakePlatform, FakePlatforms, Sent, WebhookRequest, main_fake_platforms

_NARROWEST = 26
_GAP = " | "
_SETTLED = 0.6
"""Seconds without a further message after which an answer is taken to be complete."""


@dataclass(frozen=True)
class Person:
    """Somebody on one platform.

    Attributes:
        platform: as people call it.
        fake: the fake of it.
        recipient: whom its messages go to.
        says: makes the delivery of a text.
        sends: makes the delivery of something that is no text, and says what.
        presses: makes the delivery of the first button of an answer; None where a number is typed.
    """

    platform: str
    fake: FakePlatform
    recipient: str
    says: Callable[[str], WebhookRequest]
    sends: tuple[str, Callable[[], WebhookRequest]] | None
    presses: Callable[[Sent], WebhookRequest] | None


def people(platforms: FakePlatforms) -> list[Person]:
    """Returns one person on each platform."""
    telegram, slack, twilio, messenger = (
        platforms.telegram,
        platforms.slack,
        platforms.twilio,
        platforms.messenger,
    )
    phone, mobile = "+447700900101", "+447700900102"
    return [
        Person(
            "Telegram", telegram, "5550101",
            lambda text: telegram.message("5550101", text),
            ("a voice message", lambda: telegram.voice("5550101")),
            lambda sent: telegram.press("5550101", sent, sent.buttons[0].title),
        ),
        Person(
            "Slack", slack, "U0555010",
            lambda text: slack.message("U0555010", text),
            ("a picture", lambda: slack.photo("U0555010")),
            lambda sent: slack.press("U0555010", sent, sent.buttons[0].title),
        ),
        Person(
            "WhatsApp", twilio, f"whatsapp:{mobile}",
            lambda text: twilio.message(mobile, text, whatsapp=True),
            ("a place on the map", lambda: twilio.location(mobile)),
            None,
        ),
        Person("SMS", twilio, phone, lambda text: twilio.message(phone, text), None, None),
        Person(
            "Messenger", messenger, "5550103",
            lambda text: messenger.message("5550103", text),
            ("a file", lambda: messenger.document("5550103")),
            lambda sent: messenger.press("5550103", sent, sent.buttons[0].title),
        ),
    ]  # fmt: skip


class Conversation:
    """The conversation of one person."""

    def __init__(self, person: Person, address: str) -> None:
        """Takes the person and the assistant's address."""
        self._person = person
        self._address = address
        self._answers: list[Sent] = []

    def play(self) -> list[list[str]]:
        """Says everything in turn.

        Returns:
            For each turn what was said and what came back, as lines.

        Raises:
            AssertionError: an answer did not come.
        """
        person = self._person
        turns = [self._turn("why does my nee cramp at nite", person.says("why does my nee cramp at nite"))]
        if person.presses is not None:
            turns.append(self._turn("(first button)", person.presses(self._answers[-1])))
        else:
            turns.append(self._turn("one", person.says("one")))
        if person.sends is not None:
            turns.append(self._turn(f"({person.sends[0]})", person.sends[1]()))
        else:
            turns.append(self._turn("MORE", person.says("MORE")))
        danger = "my calf is swolen and hot and now i cant breathe"
        turns.append(self._turn(danger, person.says(danger)))
        return turns

    def _turn(self, said: str, delivery: WebhookRequest) -> list[str]:
        before = len(self._person.fake.sent_to(self._person.recipient))
        delivery.send(self._address).raise_for_status()
        self._person.fake.wait_for(before + 1, self._person.recipient)
        count = -1
        while count != len(self._person.fake.sent_to(self._person.recipient)):
            count = len(self._person.fake.sent_to(self._person.recipient))
            time.sleep(_SETTLED)
        self._answers = self._person.fake.sent_to(self._person.recipient)[before:]
        lines = [f"YOU: {said}", ""]
        for answer in self._answers:
            lines += answer.text.splitlines() if answer.text else []
            lines += [f"[picture {answer.picture.rpartition('/')[2]}]"] if answer.picture else []
            lines += [f"[{button.title}]" for button in answer.buttons]
            lines += [f"({answer.segments} SMS)"] if answer.segments else []
            lines.append("--")
        return lines


def side_by_side(columns: Sequence[Sequence[str]], width: int) -> str:
    """Returns columns of lines beside each other, below each other where there is no room.

    Args:
        columns: lines of each column.
        width: characters of the whole.
    """
    each = (width - len(_GAP) * (len(columns) - 1)) // len(columns)
    if each < _NARROWEST:
        return "\n\n".join("\n".join(_wrapped(column, width)) for column in columns)
    wrapped = [_wrapped(column, each) for column in columns]
    return "\n".join(
        _GAP.join(cell.ljust(each) for cell in row).rstrip() for row in zip_longest(*wrapped, fillvalue="")
    )


def _wrapped(lines: Sequence[str], width: int) -> list[str]:
    return [part for line in lines for part in (textwrap.wrap(line, width) or [""])]


def main() -> int:
    """Plays the conversations; returns 1 where a platform would have refused something."""
    print("Starting the assistant against fake platforms (about fifteen seconds) ...", flush=True)
    with tempfile.TemporaryDirectory() as folder, main_fake_platforms() as platforms:
        database = f"sqlite:///{Path(folder) / 'channels.sqlite'}"
        try:
            assistant = RunningAssistant(None, **platforms.environment(), CHANNELS_DATABASE=database)
        except StartError as error:
            print(error, file=sys.stderr)
            return 1
        print("".join(line for line in assistant.output if "Channels on" in line))
        try:
            everyone = people(platforms)
            with ThreadPoolExecutor(len(everyone)) as pool:
                played = list(pool.map(lambda one: Conversation(one, assistant.address).play(), everyone))
        finally:
            assistant.stop()
        width = shutil.get_terminal_size((160, 24)).columns
        for turn in zip(*played, strict=True):
            heads = [[one.platform.upper(), *lines] for one, lines in zip(everyone, turn, strict=True)]
            print(side_by_side(heads, width))
            print("=" * width)
        for violation in platforms.violations():
            print(f"The platform would have refused: {violation}")
        print(f"{sum(len(one.sent) for one in platforms.each())} messages sent, {len(platforms.violations())} refused.")
        return 1 if platforms.violations() else 0


if __name__ == "__main__":
    sys.exit(main())

"""Numbered lists: what they say, what is chosen from them, and when they end."""

import asyncio

import pytest

from channels.messaging.client import OutboundRequest
from channels.messaging.incoming import IncomingMessage
from channels.messaging.numbered_menu import NumberedPlatform, match_option, menu_text
from channels.messaging.output import Output, ReplyContext
from nlu.base import faults
from tests.unit.channels.helpers import FakeDispatcher

OPTIONS = [{"title": "My medicines", "payload": "/a"}, {"title": "Is it a nerve?", "payload": "/b"}]


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        ("1", "/a"),
        (" 2. ", "/b"),
        ("#2", "/b"),
        ("two", "/b"),
        ("Two!", "/b"),
        ("option 2", "/b"),
        ("number one", "/a"),
        ("the second one", "/b"),
        ("2nd", "/b"),
        ("2️⃣", "/b"),
        ("my medicines", "/a"),
        ("is it a nerve", "/b"),
        ("3", None),
        ("0", None),
        ("no one", None),
        ("2 days", None),
        ("my knee", None),
        ("", None),
        ("99999999999", None),
    ],
)
def test_an_option_is_chosen_by_number_word_or_its_words(text, payload):
    assert match_option(text, OPTIONS) == payload


def test_without_a_list_a_number_is_a_number():
    assert match_option("2", []) is None


def test_a_menu_says_what_can_be_replied():
    assert menu_text(OPTIONS) == ("1. My medicines\n2. Is it a nerve?\nReply 1 to 2, or write in your own words.")
    assert menu_text(OPTIONS[:1], first=3) == "3. My medicines\nReply 3, or write in your own words."
    assert menu_text([], held_back=["what to do"]) == "Reply MORE for what to do, or write in your own words."
    assert menu_text([]) == ""


class Numbered(NumberedPlatform):
    """Answers every message with the same options, or with what the test says."""

    route = "numbered"

    def __init__(self):
        super().__init__()
        self.buttons, self.held_back, self.fault, self.heard = list(OPTIONS), [], None, []
        self.attach(FakeDispatcher())
        self._on_new_message = self._answer

    async def _answer(self, message):
        self.heard.append(message.text)
        faults.start()
        if self.fault:
            faults.report(self.fault, "broken")
        message.output_channel.context.held_back += self.held_back
        await message.output_channel.send_text_with_buttons("", "Hi.", self.buttons)

    def text_request(self, incoming, text):
        return OutboundRequest("/send", json={"text": text})

    async def to_requests(self, answer, context):
        return [self.text_request(context.incoming, f"{answer['text']}\n{self.add_options(answer, context)}")]

    def hear(self, text):
        """Returns the texts that go out for a message."""

        async def scene():
            output = Output(self, ReplyContext(IncomingMessage("numbered", text, "c", {}, text)))
            await self.handle(output.context.incoming, output)
            output.close()
            sent = []
            while (request := await output.next_request()) is not None:
                sent.append(request.json["text"])
            return sent

        return asyncio.run(scene())


def test_a_number_chooses_from_the_list_sent_last():
    platform = Numbered()
    assert "2. Is it a nerve?" in platform.hear("what causes it")[0]
    platform.hear("2")
    assert platform.heard == ["what causes it", "/b"]


def test_without_options_the_list_ends():
    platform = Numbered()
    platform.hear("what causes it")
    platform.buttons = []
    platform.hear("thanks")
    platform.hear("2")
    assert platform.heard[-1] == "2"


def test_what_was_held_back_comes_for_the_asking_and_the_list_stays_good():
    platform = Numbered()
    platform.held_back = ["What to do: rest.", "Sources: x."]
    platform.hear("what causes it")
    assert platform.hear("More!") == ["What to do: rest.", "Sources: x."]
    platform.hear("more")
    platform.hear("1")
    assert platform.heard == ["what causes it", "more", "/a"]


def test_after_a_fault_an_option_can_be_chosen_again():
    platform = Numbered()
    platform.hear("what causes it")
    platform.fault, platform.buttons = "action server", []
    platform.hear("1")
    platform.hear("1")
    assert platform.heard == ["what causes it", "/a", "/a"]

"""The fail-safe handler: whatever fails, an emergency gets its line, and anything else is told of."""

import asyncio
import time
from types import SimpleNamespace

import pytest
from rasa.core.channels.channel import CollectingOutputChannel, OutputChannel, UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.shared.core.domain import Domain

from channels.fail_safe import handler
from channels.fail_safe.lock_store import FailSafeLockStore
from nlu.base import faults
from nlu.findings import keyword_fallback

EMERGENCY = "This could be an emergency."
HONEST = "Something is wrong on my side."
DANGER = "i have chest pain"


class Store:
    """Keeps what is saved."""

    def __init__(self):
        self.saved = []

    async def save(self, tracker):
        self.saved.append(tracker)


class Agent:
    """As much of Rasa's agent as the handler asks for."""

    def __init__(self, domain=None):
        self.domain = domain
        self.lock_store = InMemoryLockStore()
        self.tracker_store = Store()

    def is_ready(self):
        return True


@pytest.fixture(autouse=True)
def findings_without_a_model(monkeypatch):
    monkeypatch.setattr(handler, "_findings", keyword_fallback.findings_named)


@pytest.fixture
def handle(monkeypatch):
    """Returns a function from a text and what Rasa does with it to the texts that are sent."""

    def handle(text, rasa, using=None):
        monkeypatch.setattr(handler, "_handle_message", rasa)
        channel = CollectingOutputChannel()
        result = asyncio.run(handler.handle_safely(using or Agent(), UserMessage(text, channel, "c")))
        return result, [str(message.get("text")) for message in channel.messages]

    return handle


async def sound(self, message):
    await handler.send_and_record(message.output_channel, message.sender_id, {"text": "Rest."})
    return ["result"]


async def broken(self, message):
    raise RuntimeError("broken")


def test_with_everything_sound_nothing_is_added(handle):
    assert handle("my knee", sound) == (["result"], ["Rest."])
    assert handle(DANGER, sound)[1] == ["Rest."]


def test_where_rasa_fails_an_emergency_gets_its_line_first(handle):
    result, said = handle(DANGER, broken)
    assert [text.partition(".")[0] + "." for text in said] == [EMERGENCY, HONEST]
    assert len(result) == 2


def test_where_rasa_fails_anything_else_is_told_of(handle):
    _, said = handle("what causes knee cramps", broken)
    assert len(said) == 1
    assert said[0].startswith(HONEST)


def test_a_fault_that_rasa_got_over_is_told_of_after_the_answer(handle):
    async def with_a_fault(self, message):
        faults.report("action server", "broken")
        return await sound(self, message)

    assert [text.partition(".")[0] for text in handle("my knee", with_a_fault)[1]] == ["Rest", HONEST[:-1]]


def test_a_line_that_was_said_already_is_not_said_again(handle):
    async def said_then_broken(self, message):
        line = {"text": f"{handler._IF_ALL_ELSE_FAILS['utter_report_emergency']} Now."}
        await handler.send_and_record(message.output_channel, message.sender_id, line)
        raise RuntimeError("broken")

    said = handle(DANGER, said_then_broken)[1]
    assert [text.startswith(EMERGENCY) for text in said] == [True, False]


def test_an_answer_that_takes_too_long_is_completed_in_time(handle, monkeypatch):
    monkeypatch.setattr(handler, "LONGEST_ANSWER", 0.05)

    async def slow(self, message):
        await asyncio.sleep(60)

    begun = time.monotonic()
    _, said = handle(DANGER, slow)
    assert time.monotonic() - begun < 5
    assert said[0].startswith(EMERGENCY)


def test_the_lines_are_those_of_the_domain(handle):
    domain = Domain.from_dict(
        {"responses": {"utter_my_side": [{"text": "Our fault."}], "utter_report_emergency": [{"text": "Call 999."}]}}
    )
    assert handle(DANGER, broken, Agent(domain))[1] == ["Call 999.", "Our fault."]


def test_what_the_person_said_is_kept_although_the_answer_failed(handle, monkeypatch):
    async def log_message(self, message):
        return f"the conversation with {message}"

    async def logged_then_broken(self, message):
        await handler.log_and_record(self, message.text)
        raise RuntimeError("broken")

    monkeypatch.setattr(handler, "_log_message", log_message)
    used = Agent()
    handle("my knee", logged_then_broken, used)
    assert used.tracker_store.saved == ["the conversation with my knee"]


def test_the_lock_store_is_wrapped_once(handle):
    used = Agent()
    handle("my knee", sound, used)
    wrapped = used.lock_store
    handle("my knee", sound, used)
    assert isinstance(wrapped, FailSafeLockStore)
    assert used.lock_store is wrapped


def test_where_even_the_rules_fail_it_is_told_of(handle, monkeypatch):
    monkeypatch.setattr(handler, "_findings", lambda text: 1 / 0)
    assert [text[: len(HONEST)] for text in handle(DANGER, broken)[1]] == [HONEST]


def test_a_channel_that_fails_takes_nothing_down(monkeypatch):
    class Broken(OutputChannel):
        async def send_response(self, recipient_id, message):
            raise RuntimeError("broken")

    async def scene():
        await handler.handle_safely(Agent(), UserMessage(DANGER, Broken(), "c"))
        return faults.current().faults

    monkeypatch.setattr(handler, "_handle_message", broken)
    assert asyncio.run(scene()) == ["answer", "channel", "channel"]


def test_an_action_that_cannot_be_run_is_noted_and_left_out(monkeypatch):
    calls = []

    async def run(self, *args):
        calls.append(args)
        raise RuntimeError("dead")

    async def scene():
        record = faults.start()
        action = SimpleNamespace()
        assert await handler.run_remote_safely(action, 1) == []
        assert await handler.run_remote_safely(action, 2) == []
        return record

    monkeypatch.setattr(handler, "_run_remote", run)
    assert asyncio.run(scene()).faults == ["action server"]
    assert calls == [(1,)]  # not asked again for the same message


def test_an_action_that_can_be_run_gives_its_events(monkeypatch):
    async def run(self, *args):
        return ["event"]

    monkeypatch.setattr(handler, "_run_remote", run)
    assert asyncio.run(handler.run_remote_safely(SimpleNamespace())) == ["event"]

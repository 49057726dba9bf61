"""The inbox: each message once, also while its database is away."""

import asyncio
import time

import pytest

from channels.messaging import inbox as inboxes
from channels.messaging.inbox import Inbox, database_url
from channels.messaging.inbox_database import Busy
from channels.messaging.incoming import IncomingMessage
from channels.settings import SettingError


def message(id_="1", person="p", text="my knee", channel="telegram"):
    return IncomingMessage(channel, id_, person, {"chat": 1}, text)


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'channels.sqlite'}"


def test_without_its_database_everything_is_still_answered_once(tmp_path, monkeypatch):
    monkeypatch.setattr(inboxes, "_RETRY_AFTER_FAILURE", 0.0)

    async def scene():
        inbox = Inbox("sqlite:////nowhere/at/all.sqlite")
        assert await inbox.enqueue(message("1", text="first"))
        assert await inbox.enqueue(message("2", text="second"))
        assert not await inbox.enqueue(message("1"))
        first = await inbox.claim("p")
        assert first.text == "first"
        await inbox.mark_done(first)
        second = await inbox.claim("p")
        assert second.text == "second"
        await inbox.mark_done(second)
        assert await inbox.claim("p") is None
        await inbox.set_state("menu", 1)
        assert await inbox.get_state("menu") == 1

    asyncio.run(scene())


def test_what_was_answered_while_the_database_was_away_is_not_answered_again(url, monkeypatch):
    monkeypatch.setattr(inboxes, "_RETRY_AFTER_FAILURE", 0.0)

    async def scene():
        inbox = Inbox(url)
        await inbox.enqueue(message())
        working = inbox._database
        monkeypatch.setattr(inbox, "_open", lambda: 1 / 0)
        found = await inbox.claim("p")
        assert found.text == "my knee"
        await inbox.mark_done(found)
        monkeypatch.setattr(inbox, "_open", lambda: working)
        assert await inbox.claim("p") is None

    asyncio.run(scene())


def test_a_database_that_hangs_costs_a_second_once(url, monkeypatch):
    async def scene():
        inbox = Inbox(url)
        monkeypatch.setattr(inbox, "_open", lambda: time.sleep(3))
        begun = time.monotonic()
        for number in range(20):
            assert await inbox.enqueue(message(str(number)))
        assert time.monotonic() - begun < 2

    asyncio.run(scene())


def test_another_process_on_the_same_database_answers_nothing_twice(url):
    async def scene():
        one, other = Inbox(url), Inbox(url)
        assert await one.enqueue(message())
        assert not await other.enqueue(message())
        claimed = await one.claim("p")
        await one.mark_begun(claimed)
        await one.mark_done(claimed)
        assert await other.claim("p") is Busy.BUSY
        assert await one.claim("p") is None  # gives the lease up
        assert await other.claim("p") is None
        assert await other.pending(["telegram"], 0) == []

    asyncio.run(scene())


def test_what_the_last_process_left_is_pending_for_the_next(url):
    async def scene():
        last, following = Inbox(url), Inbox(url)
        await last.enqueue(message())
        await last.claim("p")
        await last.renew_leases(["p"])
        await last.close()
        assert await following.pending(["telegram"], 0) == ["p"]
        assert (await following.claim("p")).text == "my knee"

    asyncio.run(scene())


def test_without_a_setting_the_inbox_is_a_file_of_our_own(monkeypatch):
    monkeypatch.delenv("CHANNELS_DATABASE")
    assert database_url().startswith("sqlite:///")


def test_an_address_that_is_none_is_one_sentence(monkeypatch):
    monkeypatch.setenv("CHANNELS_DATABASE", "nonsense")
    with pytest.raises(SettingError, match="CHANNELS_DATABASE is no database's address; write it like"):
        database_url()

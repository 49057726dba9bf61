"""The inbox: each delivery once, across processes and restarts, also while its database is away."""

import asyncio
import time

import pytest

from channels.messaging import inbox as inboxes
from channels.messaging.inbox import Inbox
from channels.messaging.inbox_database import MOST_TRIES, Busy, InboxDatabase
from channels.messaging.incoming import IncomingMessage


def delivery(id_="1", person="p", text="my knee", channel="telegram"):
    return IncomingMessage(channel, id_, person, {"chat": 1}, text)


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'channels.sqlite'}"


def rows(database, sql):
    with database._engine.begin() as connection:
        return connection.exec_driver_sql(sql).fetchall()


def test_a_delivery_survives_being_written():
    original = IncomingMessage("slack", "1", "p", {"channel": "C", "thread": None}, "é\n", "voice", "GB")
    assert IncomingMessage.from_json(original.to_json()) == original
    assert original.deduplication_key.partition(":")[2] != "1"


def test_each_is_taken_once_and_in_order(url):
    one, other = InboxDatabase(url), InboxDatabase(url)
    assert one.enqueue(delivery("1", text="first"))
    assert other.enqueue(delivery("2", text="second"))
    assert not other.enqueue(delivery("1"))
    assert other.claim("p").text == "first"  # whoever begins gets the oldest
    assert one.claim("p") is Busy.BUSY
    other.mark(delivery("1").deduplication_key, is_done=True)
    assert other.claim("p").text == "second"
    other.mark(delivery("2").deduplication_key, is_done=True)
    assert other.claim("p") is None
    assert one.claim("p") is None
    assert not InboxDatabase(url).enqueue(delivery("2"))


def test_words_are_gone_as_soon_as_they_are_answered(url):
    database = InboxDatabase(url)
    database.enqueue(delivery(text="a private thing"))
    database.claim("p")
    database.mark(delivery().deduplication_key, is_done=True)
    assert "private" not in str(rows(database, "select * from deliveries"))


def test_what_a_dead_process_left_is_taken_up(url, monkeypatch):
    dead, alive = InboxDatabase(url), InboxDatabase(url)
    dead.enqueue(delivery())
    dead.claim("p")
    assert alive.pending(["telegram"], 0) == ["p"]
    assert alive.pending(["slack"], 0) == []
    assert alive.pending(["telegram"], 60) == []
    assert alive.claim("p") is Busy.BUSY
    later = time.time() + 60
    monkeypatch.setattr(time, "time", lambda: later)
    assert alive.claim("p").text == "my knee"


def test_an_answer_that_was_begun_is_not_given_again(url, monkeypatch):
    dead, alive = InboxDatabase(url), InboxDatabase(url)
    dead.enqueue(delivery())
    dead.claim("p")
    dead.mark(delivery().deduplication_key, is_done=False)
    assert "my knee" not in str(rows(alive, "select * from deliveries"))
    later = time.time() + 60
    monkeypatch.setattr(time, "time", lambda: later)
    assert alive.pending(["telegram"], 0) == []
    assert alive.claim("p") is None


def test_a_message_that_ends_the_process_is_given_up(url):
    for _ in range(MOST_TRIES):
        process = InboxDatabase(url)
        process.enqueue(delivery())
        assert process.claim("p").text == "my knee"
        with process._engine.begin() as connection:  # killed, and its turn ran out
            connection.exec_driver_sql("delete from turns")
    assert InboxDatabase(url).claim("p") is None


def test_one_that_was_answering_when_the_server_was_stopped_is_not_given_up(url):
    for _ in range(2 * MOST_TRIES):
        process = InboxDatabase(url)
        process.enqueue(delivery())
        assert process.claim("p").text == "my knee"
        process.release()


def test_too_late_is_not_answered_and_a_repetition_is_known_for_weeks(url, monkeypatch):
    database, start = InboxDatabase(url), time.time()
    database.enqueue(delivery(text="old"))
    monkeypatch.setattr(time, "time", lambda: start + 25 * 3600)
    assert database.pending(["telegram"], 0) == []
    assert "old" not in str(rows(database, "select content from deliveries"))
    assert not database.enqueue(delivery())
    monkeypatch.setattr(time, "time", lambda: start + 31 * 86_400)
    database.pending(["telegram"], 0)
    assert rows(database, "select * from deliveries") == []


def test_memos_end_after_a_day_unless_for_good(url, monkeypatch):
    database, start = InboxDatabase(url), time.time()
    database.set_state("menu", {"options": []})
    database.set_state("payload", "/a", permanent=True)
    database.set_state("menu", {"options": [1]})
    assert database.get_state("menu") == {"options": [1]}
    monkeypatch.setattr(time, "time", lambda: start + 25 * 3600)
    assert database.get_state("menu") is None
    assert database.get_state("payload") == "/a"
    database.set_state("payload", None)
    assert database.get_state("payload") is None


def test_without_its_database_everything_is_still_answered_once(tmp_path, monkeypatch):
    monkeypatch.setattr(inboxes, "_RETRY_AFTER_FAILURE", 0.0)

    async def scene():
        inbox = Inbox("sqlite:////nowhere/at/all.sqlite")
        assert await inbox.enqueue(delivery("1", text="first"))
        assert await inbox.enqueue(delivery("2", text="second"))
        assert not await inbox.enqueue(delivery("1"))
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
        await inbox.enqueue(delivery())
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
            assert await inbox.enqueue(delivery(str(number)))
        assert time.monotonic() - begun < 2

    asyncio.run(scene())

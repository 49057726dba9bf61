"""The inbox's database: each message once, across processes and restarts."""

import json
import time

import pytest

from channels.messaging.inbox_database import MOST_TRIES, Busy, InboxDatabase
from channels.messaging.incoming import IncomingMessage


def message(id_="1", person="p", text="my knee", channel="telegram"):
    return IncomingMessage(channel, id_, person, {"chat": 1}, text)


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'channels.sqlite'}"


def rows(database, sql):
    with database._engine.begin() as connection:
        return connection.exec_driver_sql(sql).fetchall()


def test_each_is_taken_once_and_in_order(url):
    one, other = InboxDatabase(url), InboxDatabase(url)
    assert one.enqueue(message("1", text="first"))
    assert other.enqueue(message("2", text="second"))
    assert not other.enqueue(message("1"))
    assert other.claim("p").text == "first"  # whoever begins gets the oldest
    assert one.claim("p") is Busy.BUSY
    other.mark(message("1").deduplication_key, is_done=True)
    assert other.claim("p").text == "second"
    other.mark(message("2").deduplication_key, is_done=True)
    assert other.claim("p") is None
    assert one.claim("p") is None
    assert not InboxDatabase(url).enqueue(message("2"))


def test_words_are_gone_as_soon_as_they_are_answered(url):
    database = InboxDatabase(url)
    database.enqueue(message(text="a private thing"))
    database.claim("p")
    database.mark(message().deduplication_key, is_done=True)
    assert "private" not in str(rows(database, "select * from deliveries"))


def test_what_a_dead_process_left_is_taken_up(url, monkeypatch):
    dead, alive = InboxDatabase(url), InboxDatabase(url)
    dead.enqueue(message())
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
    dead.enqueue(message())
    dead.claim("p")
    dead.mark(message().deduplication_key, is_done=False)
    assert "my knee" not in str(rows(alive, "select * from deliveries"))
    later = time.time() + 60
    monkeypatch.setattr(time, "time", lambda: later)
    assert alive.pending(["telegram"], 0) == []
    assert alive.claim("p") is None


def test_a_message_that_ends_the_process_is_given_up(url):
    for _ in range(MOST_TRIES):
        process = InboxDatabase(url)
        process.enqueue(message())
        assert process.claim("p").text == "my knee"
        with process._engine.begin() as connection:  # killed, and its turn ran out
            connection.exec_driver_sql("delete from turns")
    assert InboxDatabase(url).claim("p") is None


def test_one_that_was_answering_when_the_server_was_stopped_is_not_given_up(url):
    for _ in range(2 * MOST_TRIES):
        process = InboxDatabase(url)
        process.enqueue(message())
        assert process.claim("p").text == "my knee"
        process.release()


def test_too_late_is_not_answered_and_a_repetition_is_known_for_weeks(url, monkeypatch):
    database, start = InboxDatabase(url), time.time()
    database.enqueue(message(text="old"))
    monkeypatch.setattr(time, "time", lambda: start + 25 * 3600)
    assert database.pending(["telegram"], 0) == []
    assert "old" not in str(rows(database, "select content from deliveries"))
    assert not database.enqueue(message())
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


def test_a_row_that_an_earlier_version_wrote_is_still_answered(url):
    database = InboxDatabase(url)
    content = (
        '{"channel": "telegram", "id": "1", "person": "p", "address": {"chat": 1}, "text": "my knee", '
        '"medium": "voice", "country": null}'
    )
    with database._engine.begin() as connection:
        connection.exec_driver_sql(
            "insert into deliveries (mark, channel, person, content, state, tries, taken_at) "
            "values (?, 'telegram', 'p', ?, 'waiting', 0, ?)",
            (message().deduplication_key, content, time.time()),
        )
    assert database.claim("p") == IncomingMessage("telegram", "1", "p", {"chat": 1}, "my knee", "voice")
    assert not database.enqueue(message())


def test_what_is_stored_can_be_read_by_an_earlier_version(url):
    database = InboxDatabase(url)
    database.enqueue(message())
    ((content,),) = rows(database, "select content from deliveries")
    names = ["channel", "id", "person", "address", "text", "medium", "country"]
    assert list(json.loads(content)) == names

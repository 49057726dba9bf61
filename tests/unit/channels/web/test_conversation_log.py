"""The log of a web chat: numbered, caught up on, forgotten, filled anew from a store."""

import time

from rasa.shared.core.events import BotUttered, Restarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from channels.web import conversation_log
from channels.web.conversation_log import Log, Logs


def filled():
    log = Log()
    log.add({"id": "m1", "from": "person", "text": "x"})
    log.add({"id": "m1.1", "from": "assistant", "re": "m1", "text": "y"})
    log.add({"id": "m2", "from": "person", "text": "forget me"})
    return log


def test_entries_are_numbered():
    assert [entry["seq"] for entry in filled().entries] == [1, 2, 3]


def test_a_browser_gets_what_it_has_not_seen():
    log = filled()
    assert [entry["seq"] for entry in log.after(log.epoch, 1)] == [2, 3]
    assert len(log.after("another", 2)) == 3
    assert len(log.after(log.epoch, "nonsense")) == 3
    assert log.after(log.epoch, 3) == []


def test_what_is_forgotten_is_not_shown_but_still_known_as_taken():
    log = filled()
    log.keep_only("m2")
    assert [entry["id"] for entry in log.entries] == ["m2"]
    assert log.accepted == {"m1", "m2"}


def test_what_nobody_uses_is_dropped_but_nothing_that_waits():
    logs = Logs()
    logs.open("a")
    logs.open("b").waiting = 1
    time.sleep(0.01)
    logs.drop_unused(0)
    assert logs.get("a") is None
    assert logs.get("b") is not None


def test_the_oldest_are_dropped_when_there_are_too_many(monkeypatch):
    monkeypatch.setattr(conversation_log, "MOST_CONVERSATIONS", 2)
    logs = Logs()
    logs.open("a").waiting = 1
    for name in "bcd":
        logs.open(name)
    assert [name for name in "abcd" if logs.get(name)] == ["a", "d"]


def test_a_log_is_filled_from_what_a_lasting_store_kept():
    told = {"message_id": "m1", "shown": "My medicines"}
    answer = {"utter_action": "utter_report_emergency", "metadata": {"sources": ["nhs_leg_cramps"]}}
    tracker = DialogueStateTracker.from_events(
        "widget-1",
        [
            UserUttered("long ago"),
            Restarted(),
            UserUttered("/ask_cause_medication", metadata=told),
            BotUttered("One.", {"buttons": [{"title": "A", "payload": "/a"}]}, answer),
            BotUttered("Two."),
        ],
    )
    person, one, two = Logs().open("widget-1", tracker).entries
    assert (person["id"], person["from"], person["text"]) == ("m1", "person", "My medicines")
    assert (one["id"], one["re"], one["tier"], one["seq"]) == ("m1.1", "m1", "emergency_now", 2)
    assert one["buttons"] == [{"title": "A", "payload": "/a"}]
    assert one["sources"][0]["url"].startswith("https")
    assert (two["id"], two["text"]) == ("m1.2", "Two.")

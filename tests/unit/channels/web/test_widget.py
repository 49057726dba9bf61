"""The widget's channel without a socket: origins, messages taken on, answers to every tab, its tasks."""

import asyncio

import pytest
from rasa.shared.core.events import BotUttered, Restarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from channels.settings import SettingError
from channels.web import widget as module
from channels.web.widget import MOST_WAITING, WidgetChannel, WidgetOutput, _SocketServer, _was_cleared, allowed_origins
from nlu.base import faults

EVENT = {"id": "message-1", "message": "my knee", "shown": "My knee", "locale": "en-GB"}


class Socket:
    """Keeps what is sent, for one browser with one conversation."""

    def __init__(self):
        self.sent = []

    async def emit(self, name, data, **to):
        self.sent.append((name, data, to))

    async def get_session(self, sid):
        return {"conversation": "c"} if sid == "known" else {}


@pytest.fixture
def channel(monkeypatch):
    monkeypatch.setenv("WIDGET_SECRET", "k" * 40)
    monkeypatch.delenv("WIDGET_ORIGINS", raising=False)
    made = WidgetChannel()
    made._sio, made.heard = Socket(), []

    async def on_new_message(message):
        made.heard.append(message)
        await message.output_channel.send_text_message("c", "Rest.")

    made._on_new_message = on_new_message
    return made


def events(channel, *sent, sid="known"):
    """Sends events one after the other, waits for the answers, and returns the acknowledgements."""

    async def scene():
        taken = [await channel._on_user_uttered(sid, data) for data in sent]
        await asyncio.gather(*channel._tasks)
        return taken

    return asyncio.run(scene())


def names(channel):
    return [name for name, _, _ in channel._sio.sent]


@pytest.mark.parametrize(
    ("value", "origins"),
    [
        ("", set()),
        ("https://a.example, http://b.example:8080/", {"https://a.example", "http://b.example:8080"}),
        ("*", {"*"}),
    ],
)
def test_origins_are_read(monkeypatch, value, origins):
    monkeypatch.setenv("WIDGET_ORIGINS", value)
    assert allowed_origins() == origins


@pytest.mark.parametrize("value", ["a.example", "ftp://a.example", "https://a.example/path"])
def test_what_is_no_origin_is_one_sentence(monkeypatch, value):
    monkeypatch.setenv("WIDGET_ORIGINS", value)
    with pytest.raises(SettingError, match="WIDGET_ORIGINS"):
        allowed_origins()


@pytest.mark.parametrize(
    ("origins", "origin", "is_allowed"),
    [
        ("", None, True),
        ("", "https://us.example", True),
        ("", "https://proxy.example", True),
        ("", "https://other.example", False),
        ("https://other.example", "https://other.example", True),
        ("https://other.example", "https://other.example.evil.example", False),
        ("*", "https://anything.example", True),
    ],
)
def test_only_our_own_pages_and_those_of_the_setting_may_talk_to_us(monkeypatch, origins, origin, is_allowed):
    monkeypatch.setenv("WIDGET_ORIGINS", origins)
    environ = {"HTTP_HOST": "us.example", "HTTP_X_FORWARDED_HOST": "proxy.example, inner"}
    assert WidgetChannel()._is_allowed(origin, environ) is is_allowed


def test_a_message_is_taken_shown_to_other_tabs_and_answered(channel):
    assert events(channel, EVENT) == [{"taken": "message-1", "seq": 1}]
    assert names(channel) == ["user_echoed", "typing", "bot_uttered", "turn_ended"]
    echoed, _, answer, ended = (data for _, data, _ in channel._sio.sent)
    assert (echoed["text"], echoed["from"]) == ("My knee", "person")
    assert (answer["text"], answer["re"], answer["id"], answer["seq"]) == ("Rest.", "message-1", "message-1.1", 2)
    assert ended == {"re": "message-1", "tier": None, "cleared": False, "waiting": 0}
    assert {to["room"] for _, _, to in channel._sio.sent} == {"c"}
    assert channel._sio.sent[0][2]["skip_sid"] == "known"
    (message,) = channel.heard
    assert (message.text, message.sender_id, message.input_channel) == ("my knee", "c", "widget")
    assert message.metadata == {"message_id": "message-1", "shown": "My knee", "locale": "en-GB"}


def test_one_that_comes_again_is_acknowledged_and_not_answered_again(channel):
    assert events(channel, EVENT, EVENT)[1] == {"taken": "message-1"}
    assert len(channel.heard) == 1


@pytest.mark.parametrize(("sid", "data"), [("known", {"id": "x"}), ("known", None), ("unknown", EVENT)])
def test_what_is_no_message_is_sent_back_for_good(channel, sid, data):
    (taken,) = events(channel, data, sid=sid)
    assert taken["again"] is False
    assert taken["error"].endswith(".")
    assert channel.heard == []


def test_too_many_at_once_are_to_be_sent_again_later(channel):
    sent = [{**EVENT, "id": f"message-{number}"} for number in range(MOST_WAITING + 1)]
    taken = events(channel, *sent)
    assert all("taken" in answer for answer in taken[:-1])
    assert taken[-1]["again"] is True
    assert len(channel.heard) == MOST_WAITING


def test_a_strange_locale_is_not_handed_on(channel):
    events(channel, {**EVENT, "locale": "<script>"})
    assert "locale" not in channel.heard[0].metadata


def test_an_answer_that_fails_comes_to_its_end(channel):
    async def broken(message):
        raise RuntimeError("broken")

    channel._on_new_message = broken
    events(channel, EVENT)
    assert names(channel)[-1] == "turn_ended"


def test_forget_me_leaves_the_message_and_its_answer_alone(channel):
    cleared = DialogueStateTracker.from_events("c", [UserUttered("forget me"), Restarted(), BotUttered("Done.")])
    understood = channel._on_new_message

    async def forgets(message):
        await understood(message)
        if message.text == "forget me":
            faults.start().conversation = cleared

    channel._on_new_message = forgets
    events(channel, EVENT)
    events(channel, {"id": "message-2", "message": "forget me"})
    assert channel._sio.sent[-1][1]["cleared"] is True
    assert {entry["id"] for entry in channel._logs.get("c").entries} == {"message-2", "message-2.1"}


@pytest.mark.parametrize(
    ("events_", "cleared"),
    [
        ([], False),
        ([UserUttered("hi")], False),
        ([Restarted(), UserUttered("hi"), BotUttered("Hi.")], False),
        ([UserUttered("forget me"), Restarted(), BotUttered("Done.")], True),
    ],
)
def test_a_conversation_was_cleared_where_the_latest_message_restarted_it(events_, cleared):
    tracker = DialogueStateTracker("c", [])
    tracker.events.extend(events_)
    assert _was_cleared(tracker) is cleared


def test_a_browser_that_comes_back_gets_what_it_missed(channel):
    events(channel, EVENT)
    channel._sio.sent.clear()
    asyncio.run(channel._on_catch_up("known", {"epoch": channel._logs.get("c").epoch, "after": 1}))
    ((name, confirmed, to),) = channel._sio.sent
    assert (name, to) == ("session_confirm", {"to": "known"})
    assert [entry["id"] for entry in confirmed["missed"]] == ["message-1.1"]
    assert channel._sessions.conversation_of(confirmed["token"]) == "c"


def test_answers_are_numbered_within_their_message():
    sent = []

    async def send(entry):
        sent.append(entry)

    async def scene():
        output = WidgetOutput(send, "m1")
        await output.send_text_message("c", "One.", utter_action="utter_report_emergency")
        await output.send_text_with_buttons("c", "Two.", [{"title": "A", "payload": "/a"}])
        await output.send_image_url("c", "https://a.example/x.png")

    asyncio.run(scene())
    assert [entry["id"] for entry in sent] == ["m1.1", "m1.2", "m1.3"]
    assert sent[0]["tier"] == "emergency_now"
    assert sent[1]["buttons"] == [{"title": "A", "payload": "/a"}]
    assert sent[2]["image"] == "https://a.example/x.png"


def test_the_sockets_tasks_are_ended_with_the_server():
    async def scene():
        server = _SocketServer(async_mode="sanic")
        task = server.start_background_task(asyncio.sleep, 60)
        done = server.start_background_task(asyncio.sleep, 0)
        await done
        await asyncio.sleep(0)
        assert server.eio.tasks == {task}
        server.cancel_tasks()
        await asyncio.wait({task}, timeout=1)
        return task.cancelled()

    assert asyncio.run(scene())


def test_the_blueprint_ends_them_and_knows_its_app(channel):
    endpoints = channel.blueprint(channel._on_new_message)
    assert {entry.event for entry in endpoints._future_listeners} == {"before_server_start", "before_server_stop"}
    assert isinstance(channel._sio, module._SocketServer)

"""The widget's channel, spoken to as a browser does, and as a browser does not."""

import asyncio
import time
import uuid

import jwt
import pytest
import socketio
from rasa.shared.core.events import BotUttered, Restarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from channels.rendering import pictures, shaped
from channels.settings import SettingError
from channels.web.conversation_log import Log, Logs
from channels.web.sessions import Sessions
from channels.web.widget import allowed_origins, unlawful
from tests.channels.conftest import WIDGET_KEY as KEY

FIRST_LINE = "This could be an emergency"


@pytest.fixture
def address(assistant):
    return assistant.address


class Tab:
    """A browser tab, without the browser."""

    def __init__(self, address, **auth):
        self.address, self.auth = address, auth
        self.heard = []
        self.client = socketio.AsyncClient(reconnection=False)
        for name in ("session_confirm", "bot_uttered", "user_echoed", "typing", "turn_ended"):
            self.client.on(name, self._hearer(name))

    def _hearer(self, name):
        async def hear(data):
            self.heard.append((name, data))

        return hear

    async def __aenter__(self):
        await self.client.connect(self.address, auth=self.auth, transports=["websocket"])
        self.session = await self.wait_for("session_confirm")
        return self

    async def __aexit__(self, *_):
        await self.client.disconnect()

    async def wait_for(self, name, count=1):
        until = time.monotonic() + 15
        while time.monotonic() < until:
            found = [data for heard, data in self.heard if heard == name]
            if len(found) >= count:
                return found[count - 1]
            await asyncio.sleep(0.02)
        raise AssertionError(f"no {name} in {self.heard}")

    def all(self, name):
        return [data for heard, data in self.heard if heard == name]

    async def say(self, message, id_=None, **more):
        data = {"id": id_ or uuid.uuid4().hex, "message": message, **more}
        ended = len(self.all("turn_ended"))
        taken = await self.client.call("user_uttered", data, timeout=10)
        if "taken" in taken and "seq" in taken:
            await self.wait_for("turn_ended", ended + 1)
        return taken


def run(scene):
    return asyncio.run(scene())


def test_a_message_is_taken_answered_and_ended(address):
    async def scene():
        async with Tab(address) as tab:
            await tab.say("what causes it")
            answer = tab.all("bot_uttered")[0]
            assert "tired or overworked" in answer["text"]
            assert answer["from"] == "assistant"
            assert all(source["url"].startswith("http") for source in answer["sources"])
            assert {"title", "payload"} == set(answer["buttons"][0])
            assert [name for name, _ in tab.heard][1:] == ["typing", "bot_uttered", "turn_ended"]

    run(scene)


def test_one_that_comes_again_is_not_answered_again(address):
    async def scene():
        async with Tab(address) as tab:
            await tab.say("what causes it", "same-id-1")
            again = await tab.say("what causes it", "same-id-1")
            assert again == {"taken": "same-id-1"}
            await tab.say("thanks")
            assert sum("tired or overworked" in a["text"] for a in tab.all("bot_uttered")) == 1

    run(scene)


def test_what_was_missed_comes_once(address):
    async def scene():
        async with Tab(address) as tab:
            await tab.say("what causes it")
            seen = max(entry["seq"] for entry in tab.all("bot_uttered"))
            token, epoch = tab.session["token"], tab.session["epoch"]
        async with Tab(address, token=token, epoch=epoch, after=seen) as back:
            assert back.session["missed"] == []
        async with Tab(address, token=token) as reloaded:
            assert [entry["from"] for entry in reloaded.session["missed"]] == ["person", "assistant"]
            await reloaded.say("does magnesium help")
            assert "dummy pill" in reloaded.all("bot_uttered")[0]["text"]
        async with Tab(address, token=token, epoch=epoch, after=seen) as later:
            assert next(entry["text"] for entry in later.session["missed"]) == "does magnesium help"

    run(scene)


def test_what_was_missed_can_be_asked_for(address):
    async def scene():
        async with Tab(address) as tab:
            await tab.say("what causes it")
            await tab.client.emit("catch_up", {"epoch": tab.session["epoch"], "after": 1})
            again = await tab.wait_for("session_confirm", 2)
            assert [entry["id"] for entry in again["missed"]] == [tab.all("bot_uttered")[0]["id"]]
            await tab.client.emit("catch_up", "nonsense")
            assert len((await tab.wait_for("session_confirm", 3))["missed"]) == 2

    run(scene)


def test_an_answer_goes_to_every_tab(address):
    async def scene():
        async with Tab(address) as one, Tab(address, token=one.session["token"]) as other:
            await one.say("left calf swollen and hot and im short of breath")
            echoed = await other.wait_for("user_echoed")
            assert echoed["text"].startswith("left calf")
            assert one.all("user_echoed") == []
            line = await other.wait_for("bot_uttered")
            assert (line["tier"], FIRST_LINE in line["text"]) == ("emergency_now", True)
            assert (await other.wait_for("turn_ended"))["tier"] == "emergency_now"

    run(scene)


def forged(conversation, key="x" * 40, algorithm="HS256", **more):
    return jwt.encode({"sub": conversation, "exp": time.time() + 600, **more}, key, algorithm=algorithm)


def test_nobody_joins_anothers_conversation(address):
    async def scene():
        async with Tab(address) as victim:
            await victim.say("my secret word is rhubarb, my calf cramps")
            own = jwt.decode(victim.session["token"], options={"verify_signature": False})["sub"]
            for token in (
                own,
                forged(own),
                forged(own, key="", algorithm="none"),
                victim.session["token"][:-4] + "AAAA",
                jwt.encode({"sub": own, "exp": time.time() - 1}, KEY),
                jwt.encode({"sub": own}, KEY),
                {"sub": own},
                7,
            ):
                async with Tab(address, token=token, conversation=own, session_id=own) as thief:
                    assert not thief.session["known"]
                    assert thief.session["missed"] == []
                    await thief.say("hello", session_id=own, sender=own, conversation=own)
                    assert "rhubarb" not in str(thief.heard)
            await asyncio.sleep(0.2)
            assert len(victim.all("bot_uttered")) <= 2
            assert victim.all("user_echoed") == []

    run(scene)


@pytest.mark.parametrize(
    "data",
    [
        None,
        7,
        "text",
        [],
        {},
        {"id": "long-enough"},
        {"id": "short", "message": "x"},
        {"id": "a b c d e", "message": "x"},
        {"id": "x" * 65, "message": "x"},
        {"id": "long-enough", "message": 7},
        {"id": 123456789, "message": "x"},
        {"id": "long-enough", "message": "x", "shown": {"a": 1}},
    ],
)
def test_what_is_no_message_is_refused_in_one_sentence(data):
    assert unlawful(data).endswith(".")


def test_odd_messages_do_no_harm(address):
    async def scene():
        async with Tab(address) as tab:
            refused = await tab.client.call("user_uttered", {"id": "x"}, timeout=10)
            assert refused["again"] is False
            for text in ("", " ", "\x00", "/restart", '/ask_causes{"a": 1}', "😀" * 500, "a" * 30_000):
                await tab.say(text, locale="<script>")
                assert tab.all("bot_uttered")
            await tab.say("what causes it", locale="en-GB")
            assert "tired or overworked" in tab.all("bot_uttered")[-1]["text"]

    run(scene)


def test_too_many_at_once_are_asked_to_wait(address):
    async def scene():
        async with Tab(address) as tab:
            messages = [{"id": uuid.uuid4().hex, "message": "what causes it"} for _ in range(60)]
            answers = await asyncio.gather(*(tab.client.call("user_uttered", m, timeout=20) for m in messages))
            taken = [answer for answer in answers if "taken" in answer]
            assert 20 <= len(taken) < 60
            assert all(answer["again"] for answer in answers if "error" in answer)
            await tab.wait_for("turn_ended", len(taken))
            assert tab.all("turn_ended")[-1]["waiting"] == 0

    run(scene)


def test_fifty_people_at_once_are_all_answered_apart(address):
    async def scene():
        async def talk(number):
            async with Tab(address) as tab:
                await tab.say("chest pain and short of breath" if number % 2 else "what causes it")
                return any(FIRST_LINE in answer["text"] for answer in tab.all("bot_uttered"))

        found = await asyncio.gather(*(talk(number) for number in range(50)))
        assert found == [bool(number % 2) for number in range(50)]

    run(scene)


def test_settings_are_checked(monkeypatch):
    monkeypatch.setenv("WIDGET_ORIGINS", "https://a.example, http://b.example:8080/")
    assert allowed_origins() == {"https://a.example", "http://b.example:8080"}
    for wrong in ("a.example", "ftp://a.example", "https://a.example/path"):
        monkeypatch.setenv("WIDGET_ORIGINS", wrong)
        with pytest.raises(SettingError, match="WIDGET_ORIGINS"):
            allowed_origins()
    monkeypatch.setenv("WIDGET_SECRET", "short")
    with pytest.raises(SettingError, match="WIDGET_SECRET"):
        Sessions.from_environment()
    monkeypatch.setenv("WIDGET_SECRET", KEY)
    for wrong in ("-1", "soon", "nan"):
        monkeypatch.setenv("WIDGET_KEEP_HOURS", wrong)
        with pytest.raises(SettingError, match="WIDGET_KEEP_HOURS"):
            Sessions.from_environment()


def test_a_token_is_good_for_its_conversation_and_its_time(monkeypatch):
    sessions = Sessions(KEY, 1)
    token = sessions.sign("widget-1")
    assert sessions.conversation_of(token) == "widget-1"
    assert Sessions("y" * 40, 1).conversation_of(token) is None
    assert sessions.conversation_of(jwt.encode({"sub": "widget-1", "exp": time.time() - 1}, KEY)) is None


def test_logs_number_forget_and_drop():
    logs = Logs()
    log = logs.open("a")
    log.add({"id": "m1", "from": "person", "text": "x"})
    log.add({"id": "m1.1", "from": "assistant", "re": "m1", "text": "y"})
    log.add({"id": "m2", "from": "person", "text": "forget me"})
    assert [entry["seq"] for entry in log.after(log.epoch, 1)] == [2, 3]
    assert len(log.after("another", 2)) == 3
    log.keep_only("m2")
    assert [entry["id"] for entry in log.entries] == ["m2"]
    assert "m1" in log.accepted
    logs.drop_unused(0)
    assert logs.get("a") is None
    assert isinstance(logs.open("a"), Log)


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


def test_answers_are_shaped_for_the_widget():
    message = {
        "text": "Hi",
        "buttons": [{"title": "A", "payload": "/a"}],
        "metadata": {"sources": ["nhs_leg_cramps", "unknown"], "picture": "calf-stretch"},
        "utter_action": "utter_report_urgent",
    }
    found = shaped(message)
    assert found["tier"] == "urgent_same_day"
    assert found["picture"]["text"] == pictures()["calf-stretch"]
    assert [source["url"][:5] for source in found["sources"]] == ["https"]
    assert shaped({"text": "Hi"}) == {"text": "Hi"}

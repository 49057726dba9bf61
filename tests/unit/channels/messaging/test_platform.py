"""What all platforms share: switched on wholly or not at all, requests let in or not, questions answered once."""

import asyncio
from types import SimpleNamespace

import pytest
from rasa.core.channels.channel import UserMessage

from channels.messaging.client import OutboundRequest, RecipientUnreachableError
from channels.messaging.incoming import IncomingMessage
from channels.messaging.platform import CLOSED, MY_SIDE, ONLY_WORDS, Platform
from channels.platforms.botframework import BotFramework
from channels.platforms.callback import Callback
from channels.platforms.google_chat import GoogleChat
from channels.platforms.mattermost import Mattermost
from channels.platforms.messenger import Messenger
from channels.platforms.rocketchat import RocketChat
from channels.platforms.slack import Slack
from channels.platforms.telegram import Telegram
from channels.platforms.twilio import Twilio
from channels.platforms.webex import Webex
from channels.settings import SettingError
from nlu.base import faults
from tests.unit.channels import platform_settings
from tests.unit.channels.helpers import FakeDispatcher

SETTINGS = {
    Telegram: platform_settings.TELEGRAM,
    Slack: platform_settings.SLACK,
    Twilio: {name: value for name, value in platform_settings.TWILIO.items() if name != "TWILIO_WHATSAPP_NUMBER"},
    Messenger: platform_settings.MESSENGER,
    Mattermost: platform_settings.MATTERMOST,
    RocketChat: platform_settings.ROCKETCHAT,
    Webex: platform_settings.WEBEX,
    BotFramework: platform_settings.BOTFRAMEWORK,
    GoogleChat: platform_settings.GOOGLE_CHAT,
    Callback: platform_settings.CALLBACK,
}
ROUTES = {
    "telegram", "slack", "twilio", "facebook", "mattermost", "rocketchat", "webexteams", "botframework", "hangouts",
    "callback",
}  # fmt: skip


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    for name in {name for settings in SETTINGS.values() for name in settings}:
        monkeypatch.delenv(name, raising=False)


def each():
    return pytest.mark.parametrize(("channel", "settings"), SETTINGS.items(), ids=lambda one: getattr(one, "route", ""))


def test_every_platform_keeps_its_address():
    assert {channel.name() for channel in SETTINGS} == ROUTES


@each()
def test_a_channel_without_its_secrets_is_off_and_has_no_address(channel, settings):
    found = channel.from_credentials({})
    assert not found.is_on
    assert not list(found.blueprint(None)._future_routes)


@each()
def test_a_channel_with_its_secrets_is_on_and_has_its_addresses(channel, settings, monkeypatch):
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    found = channel.from_credentials({})
    assert found.is_on
    assert {"/", "/webhook"} == {route.uri for route in found.blueprint(None)._future_routes}


@pytest.mark.parametrize(
    ("channel", "missing"),
    [(channel, name) for channel, settings in SETTINGS.items() for name in settings if len(settings) > 1],
)
def test_half_set_up_is_one_sentence_that_names_what_is_missing(channel, missing, monkeypatch):
    for name, value in SETTINGS[channel].items():
        monkeypatch.setenv(name, "  " if name == missing else value)
    with pytest.raises(SettingError, match=missing) as error:
        channel.from_credentials({})
    assert str(error.value).count(". ") == 0
    secrets = {name: value for name, value in SETTINGS[channel].items() if name != "PUBLIC_URL"}
    assert not any(value in str(error.value) for value in secrets.values())


@pytest.mark.parametrize(
    ("channel", "name", "value"),
    [
        (Telegram, "PUBLIC_URL", "assistant.example"),
        (Telegram, "TELEGRAM_API_BASE", "ftp://x"),
        (Mattermost, "MATTERMOST_URL", "chat.example"),
        (RocketChat, "ROCKETCHAT_URL", "chat.example"),
        (Callback, "CALLBACK_URL", "chat.example"),
        (Slack, "CHANNELS_DATABASE", "nonsense"),
    ],
)
def test_an_address_that_is_none_is_one_sentence(channel, name, value, monkeypatch):
    for known, right in {**SETTINGS[channel], name: value}.items():
        monkeypatch.setenv(known, right)
    with pytest.raises(SettingError, match=f"{name} .*is no "):
        channel.from_credentials({})


def test_conversations_cannot_be_guessed_or_traced_back(switch_on, monkeypatch):
    one = switch_on(Twilio, SETTINGS[Twilio])
    found = one.conversation_id("sms", "+447700900123")
    assert "7700900123" not in found
    assert found == switch_on(Twilio, SETTINGS[Twilio]).conversation_id("sms", "+447700900123")
    assert found != one.conversation_id("whatsapp", "+447700900123")
    other = switch_on(Twilio, {**SETTINGS[Twilio], "TWILIO_AUTH_TOKEN": "another"})
    assert found != other.conversation_id("sms", "+447700900123")


class Client:
    """Keeps what is sent."""

    counts = {"sent": 0}

    def __init__(self):
        self.sent, self.is_closed, self.error = [], False, None

    async def send(self, request):
        if self.error:
            raise self.error
        self.sent.append(request.json)
        return True

    async def close(self):
        self.is_closed = True


class Simple(Platform):
    """A platform whose answers the test says."""

    title, route = "Simple", "simple"

    def __init__(self, says=()):
        super().__init__()
        self.client, self.says, self.heard = Client(), list(says), []
        self.attach(FakeDispatcher())
        self._on_new_message = self._understood

    async def _understood(self, message: UserMessage):
        self.heard.append((message.text, message.metadata))
        for answer in self.says:
            await message.output_channel.send(answer)

    async def to_requests(self, answer, context):
        return [OutboundRequest("/send", json=answer)]

    def hear(self, text, id_="1", **more):
        """Returns the texts that go out for a message."""
        before = len(self.client.sent)
        incoming = IncomingMessage("simple", id_, "c", {}, text, **more)
        asyncio.run(self.answer(incoming, asyncio.Semaphore(1)))
        return self.client.sent[before:]


YES, NO = {"title": "Yes", "payload": "/affirm"}, {"title": "No", "payload": "/deny"}
QUESTION = {"text": "Is it swollen?", "buttons": [YES, NO]}


def test_an_answer_goes_out_and_is_noted_as_begun_once():
    platform = Simple([{"text": "One."}, {"text": "Two."}])
    assert platform.hear("my knee") == [{"text": "One."}, {"text": "Two."}]
    assert [incoming.id for incoming in platform.dispatcher.inbox.begun] == ["1"]


def test_what_is_known_of_a_message_is_handed_on_and_other_media_are_told_of():
    platform = Simple([{"text": "One."}])
    said = platform.hear("my knee", attachment_type="picture", country="GB")
    assert platform.heard == [("my knee", {"medium": "picture", "country": "GB"})]
    assert said == [{"text": "One."}, {"text": ONLY_WORDS}]
    assert Simple([{"text": "One."}]).hear("", attachment_type="picture") == [{"text": "One."}]


def test_an_answer_that_fails_is_told_of():
    platform = Simple()
    platform._on_new_message = lambda message: 1 / 0
    assert platform.hear("my knee") == [{"text": MY_SIDE}]


def test_a_message_that_cannot_be_completed_is_told_of(monkeypatch):
    async def hydrate(incoming):
        return None

    platform = Simple([{"text": "One."}])
    monkeypatch.setattr(platform, "hydrate", hydrate)
    assert platform.hear("my knee") == [{"text": MY_SIDE}]
    assert platform.heard == []


def test_a_person_out_of_reach_ends_the_answer_without_an_error():
    platform = Simple([{"text": "One."}])
    platform.client.error = RecipientUnreachableError()
    assert platform.hear("my knee") == []
    assert platform.dispatcher.inbox.begun == []


def test_a_question_is_answered_once_and_old_ones_are_closed():
    platform = Simple([QUESTION])
    first = platform.hear("my knee", "1")[0]["buttons"][0]["payload"]
    second, other = [button["payload"] for button in platform.hear("my calf", "2")[0]["buttons"]]
    platform.says = [{"text": "Thanks."}]
    assert platform.hear(first, "3") == [{"text": CLOSED}]
    assert platform.hear(second, "4") == [{"text": "Thanks."}]
    assert platform.heard[-1][0] == "/affirm"
    assert platform.hear(second, "5") == []  # pressed twice
    assert platform.hear(other, "6") == [{"text": CLOSED}]
    assert len(platform.heard) == 3


def test_after_a_fault_the_answer_may_be_given_again():
    platform = Simple([QUESTION])
    payload = platform.hear("my knee")[0]["buttons"][0]["payload"]
    platform.says = [{"text": "Something is wrong."}]
    understood = platform._on_new_message

    async def with_a_fault(message):
        faults.start()
        faults.report("action server", "broken")
        await understood(message)

    platform._on_new_message = with_a_fault
    assert platform.hear(payload, "2") == [{"text": "Something is wrong."}]
    assert platform.hear(payload, "3") == [{"text": "Something is wrong."}]


def test_the_dispatcher_comes_from_the_server(switch_on):
    platform = switch_on(Slack, SETTINGS[Slack])
    listeners = {entry.event: entry.listener for entry in platform.blueprint(None)._future_listeners}
    app = SimpleNamespace(ctx=SimpleNamespace(dispatcher=FakeDispatcher()))
    asyncio.run(listeners["before_server_start"](app, None))
    assert platform.dispatcher is app.ctx.dispatcher
    assert app.ctx.dispatcher.responder is platform


def test_closing_closes_the_connections():
    platform = Simple()
    asyncio.run(platform.close())
    assert platform.client.is_closed

"""The six smaller connectors by themselves: switched on wholly or not at all; no keys, no belief; late answers."""

import asyncio
import json
from types import SimpleNamespace

import pytest

from channels.messaging.delivery import Delivery
from channels.messaging.platform import MY_SIDE
from channels.platforms import google_chat
from channels.platforms.botframework import BotFramework
from channels.platforms.callback import Callback
from channels.platforms.google_chat import GoogleChat
from channels.platforms.mattermost import Mattermost
from channels.platforms.rocketchat import RocketChat
from channels.platforms.webex import Webex
from channels.settings import SettingError
from tools.fake_platforms.small_server import SmallPlatforms

CLASSES = {
    Mattermost: {
        "MATTERMOST_URL": "https://chat.example",
        "MATTERMOST_BOT_TOKEN": "bot-1",
        "MATTERMOST_WEBHOOK_TOKEN": "hook-1",
        "PUBLIC_URL": "https://a.example",
    },
    RocketChat: {
        "ROCKETCHAT_URL": "https://chat.example",
        "ROCKETCHAT_USER_ID": "user-1",
        "ROCKETCHAT_AUTH_TOKEN": "auth-1",
        "ROCKETCHAT_WEBHOOK_TOKEN": "hook-1",
    },
    Webex: {"WEBEX_BOT_TOKEN": "bot-1", "WEBEX_WEBHOOK_SECRET": "hook-1"},
    BotFramework: {"BOTFRAMEWORK_APP_ID": "app-1", "BOTFRAMEWORK_APP_PASSWORD": "password-1"},
    GoogleChat: {"GOOGLE_CHAT_PROJECT_NUMBER": "12345"},
    Callback: {"CALLBACK_URL": "https://program.example/answers", "CALLBACK_TOKEN": "token-1"},
}


@pytest.fixture
def clean(monkeypatch, tmp_path):
    for name in [name for needed in CLASSES.values() for name in needed]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CHANNELS_DATABASE", f"sqlite:///{tmp_path / 'channels.sqlite'}")
    return monkeypatch


@pytest.mark.parametrize(("channel", "needed"), CLASSES.items(), ids=lambda one: getattr(one, "title", ""))
def test_a_channel_is_off_without_its_secrets_and_on_with_them(channel, needed, clean):
    assert not channel.from_credentials({}).is_on
    for name, value in needed.items():
        clean.setenv(name, value)
    assert channel.from_credentials({}).is_on


@pytest.mark.parametrize(
    ("channel", "missing"),
    [(channel, name) for channel, needed in CLASSES.items() for name in needed if len(needed) > 1],
)
def test_half_set_up_is_one_sentence_that_names_what_is_missing(channel, missing, clean):
    for name, value in CLASSES[channel].items():
        clean.setenv(name, " " if name == missing else value)
    with pytest.raises(SettingError, match=f"{missing} is missing") as error:
        channel.from_credentials({})
    assert str(error.value).count(". ") == 0
    assert not any(value in str(error.value) for name, value in CLASSES[channel].items() if name != "PUBLIC_URL")


@pytest.mark.parametrize(
    ("channel", "name"), [(Mattermost, "MATTERMOST_URL"), (RocketChat, "ROCKETCHAT_URL"), (Callback, "CALLBACK_URL")]
)
def test_an_address_that_is_none_is_one_sentence(channel, name, clean):
    for known, value in CLASSES[channel].items():
        clean.setenv(known, "chat.example" if known == name else value)
    with pytest.raises(SettingError, match=f"{name} .* is no address"):
        channel.from_credentials({})


@pytest.mark.parametrize(
    ("channel", "variable"),
    [(BotFramework, "BOTFRAMEWORK_KEYS_URL"), (GoogleChat, "GOOGLE_CHAT_CERTIFICATES_URL")],
)
def test_without_the_keys_nothing_is_believed(channel, variable, clean):
    for name, value in CLASSES[channel].items():
        clean.setenv(name, value)
    clean.setenv(variable, "http://127.0.0.1:9/keys")
    found = channel.from_credentials({})
    delivery = SmallPlatforms().platforms[found.name()].message("anybody", "hi")
    request = SimpleNamespace(headers={"authorization": delivery.headers["Authorization"]}, body=delivery.body)
    assert found.verify(request)


def test_google_is_told_when_an_answer_takes_too_long(clean):
    async def take(deliveries):
        return len(deliveries)

    clean.setenv("GOOGLE_CHAT_PROJECT_NUMBER", "12345")
    clean.setattr(google_chat, "LONGEST_ANSWER", 0.01)
    clean.setattr(google_chat, "reception", lambda: SimpleNamespace(open=lambda _: None, take=take))
    found = GoogleChat.from_credentials({})
    reply = asyncio.run(found.take([Delivery("hangouts", "1", "p", {"request": "r"}, "i cant breathe")]))
    assert json.loads(reply.body) == {"text": MY_SIDE}

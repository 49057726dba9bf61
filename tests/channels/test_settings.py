"""Channels are switched on by the environment, wholly or not at all, and no secret reaches a log."""

import logging

import pytest

from channels import settings
from channels.messaging.inbox import database_url
from channels.platforms.messenger import Messenger
from channels.platforms.slack import Slack
from channels.platforms.telegram import Telegram
from channels.platforms.twilio import Twilio
from channels.settings import SettingError

TELEGRAM = {
    "TELEGRAM_BOT_TOKEN": "123:abcdef",
    "TELEGRAM_WEBHOOK_SECRET": "secret-1",
    "PUBLIC_URL": "https://a.example",
}
SLACK = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "signing"}
TWILIO = {
    "TWILIO_ACCOUNT_SID": "AC1",
    "TWILIO_AUTH_TOKEN": "token-1",
    "TWILIO_NUMBER": "+15005550006",
    "PUBLIC_URL": "https://a.example",
}
MESSENGER = {"MESSENGER_PAGE_TOKEN": "page", "MESSENGER_APP_SECRET": "app-1", "MESSENGER_VERIFY_TOKEN": "verify"}
ALL = [(Telegram, TELEGRAM), (Slack, SLACK), (Twilio, TWILIO), (Messenger, MESSENGER)]


@pytest.fixture(autouse=True)
def clean(monkeypatch, tmp_path):
    for _, names in ALL:
        for name in names:
            monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("TWILIO_WHATSAPP_NUMBER", raising=False)
    monkeypatch.setenv("CHANNELS_DATABASE", f"sqlite:///{tmp_path / 'channels.sqlite'}")


@pytest.mark.parametrize(("channel", "needed"), ALL)
def test_a_channel_without_its_secrets_is_off_and_has_no_address(channel, needed):
    found = channel.from_credentials({})
    assert not found.is_on
    assert found.blueprint(None).routes == []
    assert not list(found.blueprint(None)._future_routes)


@pytest.mark.parametrize(("channel", "needed"), ALL)
def test_a_channel_with_its_secrets_is_on(channel, needed, monkeypatch):
    for name, value in needed.items():
        monkeypatch.setenv(name, value)
    assert channel.from_credentials({}).is_on


@pytest.mark.parametrize(
    ("channel", "needed", "missing"), [(channel, needed, name) for channel, needed in ALL for name in needed]
)
def test_half_set_up_is_one_sentence_that_names_what_is_missing(channel, needed, missing, monkeypatch):
    for name, value in needed.items():
        monkeypatch.setenv(name, "  " if name == missing else value)
    with pytest.raises(SettingError) as error:
        channel.from_credentials({})
    assert missing in str(error.value)
    assert not any(value in str(error.value) for name, value in needed.items() if name != "PUBLIC_URL")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PUBLIC_URL", "assistant.example", "PUBLIC_URL"),
        ("TELEGRAM_API_BASE", "ftp://x", "TELEGRAM_API_BASE"),
        ("TELEGRAM_WEBHOOK_SECRET", "no blanks please", "TELEGRAM_WEBHOOK_SECRET"),
        ("CHANNELS_DATABASE", "nonsense", "CHANNELS_DATABASE"),
    ],
)
def test_what_cannot_be_used_is_one_sentence(name, value, said, monkeypatch):
    for known, right in TELEGRAM.items():
        monkeypatch.setenv(known, right)
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingError, match=said):
        Telegram.from_credentials({})


def test_a_number_that_is_none_is_one_sentence(monkeypatch):
    for name, value in TWILIO.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TWILIO_NUMBER", "the clinic")
    with pytest.raises(SettingError, match=r"\+15005550006"):
        Twilio.from_credentials({})


def test_without_a_setting_the_inbox_is_a_file_of_our_own(monkeypatch):
    monkeypatch.delenv("CHANNELS_DATABASE")
    assert database_url().startswith("sqlite:///")


def test_no_secret_reaches_a_log(caplog, monkeypatch):
    before = logging.getLogRecordFactory()
    try:
        settings.redact_in_logs("hush-hush-1")
        logger = logging.getLogger("test")
        logger.warning("token %s", "hush-hush-1")
        try:
            raise ValueError("https://api/bothush-hush-1/x")
        except ValueError as error:
            logger.error("failed", exc_info=error)
        assert "hush-hush-1" not in caplog.text
        assert "***" in caplog.text
        assert "ValueError" in caplog.text
    finally:
        logging.setLogRecordFactory(before)


def test_conversations_cannot_be_guessed_or_traced_back(monkeypatch):
    for name, value in TWILIO.items():
        monkeypatch.setenv(name, value)
    one = Twilio.from_credentials({})
    person = one.conversation_id("sms", "+447700900123")
    assert "7700900123" not in person
    assert person == Twilio.from_credentials({}).conversation_id("sms", "+447700900123")
    assert person != one.conversation_id("whatsapp", "+447700900123")
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "another")
    assert person != Twilio.from_credentials({}).conversation_id("sms", "+447700900123")

"""Settings: read whole or told of in one sentence, and no secret reaches a log."""

import logging
from types import SimpleNamespace

import pytest

from channels import settings
from channels.settings import SettingError

SECRETS = ("TEST_TOKEN", "TEST_SECRET")


@pytest.fixture
def environment(monkeypatch):
    """Sets variables; none of the tests' own is set before, and the log is as it was afterwards."""
    for name in (*SECRETS, "TEST_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(settings, "_secrets", set())
    before = logging.getLogRecordFactory()
    yield lambda **values: [monkeypatch.setenv(name, value) for name, value in values.items()]
    logging.setLogRecordFactory(before)


def test_blanks_around_a_setting_are_not_part_of_it(environment):
    environment(TEST_TOKEN="  a b ")
    assert settings.read("TEST_TOKEN") == "a b"
    assert settings.read("TEST_SECRET") == ""


def test_a_channel_without_its_secrets_is_off(environment):
    environment(TEST_URL="https://a.example")
    assert settings.load_settings("Test", SECRETS, ("TEST_URL",)) is None


def test_a_channel_with_all_of_them_is_on_and_they_are_redacted(environment):
    environment(TEST_TOKEN="token-1", TEST_SECRET="secret-1", TEST_URL="https://a.example")
    found = settings.load_settings("Test", SECRETS, ("TEST_URL",))
    assert found == {"TEST_TOKEN": "token-1", "TEST_SECRET": "secret-1", "TEST_URL": "https://a.example"}
    assert settings.redact("token-1 and secret-1 at https://a.example") == "*** and *** at https://a.example"


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"TEST_TOKEN": "t"}, "TEST_SECRET and TEST_URL are missing; set them, or unset TEST_TOKEN."),
        ({"TEST_TOKEN": "t", "TEST_URL": "u"}, "TEST_SECRET is missing; set it, or unset TEST_TOKEN."),
        (
            {"TEST_TOKEN": "t", "TEST_SECRET": "s", "TEST_URL": " "},
            "TEST_URL is missing; set it, or unset TEST_TOKEN and TEST_SECRET.",
        ),
    ],
)
def test_half_set_up_is_one_sentence_with_its_cure(environment, values, says):
    environment(**values)
    with pytest.raises(SettingError) as error:
        settings.load_settings("Test", SECRETS, ("TEST_URL",))
    assert str(error.value) == f"Test is half set up: {says}"


@pytest.mark.parametrize(
    ("value", "found"),
    [("https://a.example/", "https://a.example"), ("http://a.example:8080/x", "http://a.example:8080/x")],
)
def test_an_address_is_read_without_the_slash_at_its_end(environment, value, found):
    environment(TEST_URL=value)
    assert settings.read_url("TEST_URL") == found


def test_without_an_address_the_default_holds(environment):
    assert settings.read_url("TEST_URL", "https://b.example/") == "https://b.example"
    assert settings.read_url("TEST_URL") == ""


@pytest.mark.parametrize(
    "value", ["a.example", "ftp://a.example", "https://", "https://a.example/?x=1", "https://a/#b"]
)
def test_what_is_no_address_is_one_sentence_with_its_cure(environment, value):
    environment(TEST_URL=value)
    with pytest.raises(SettingError, match=r"TEST_URL .* is no address; write it like https://assistant\.example"):
        settings.read_url("TEST_URL")


def test_no_secret_reaches_a_log(environment, caplog):
    settings.redact_in_logs("hush-hush-1")
    logger = logging.getLogger("test")
    logger.warning("token %s", "hush-hush-1")
    try:
        raise ValueError("https://api/bothush-hush-1/x")
    except ValueError as error:
        logger.error("failed", exc_info=error)
    assert "hush-hush-1" not in caplog.text
    assert "token ***" in caplog.text
    assert "ValueError: https://api/bot***/x" in caplog.text


def test_what_is_too_short_for_a_secret_is_no_reason_to_garble_every_line(environment):
    settings.redact_in_logs("a", "", "abc")
    assert settings.redact("abracadabra") == "abracadabra"


def test_a_record_that_cannot_be_formatted_is_left_to_the_logger(environment):
    settings.redact_in_logs("hush-hush-1")
    record = logging.getLogRecordFactory()("test", logging.INFO, "f", 1, "%d", ("no number",), None)
    assert record.msg == "%d"


def test_the_start_says_which_channels_are_on(capsys):
    channels = [
        SimpleNamespace(title="REST"),
        SimpleNamespace(title="Telegram", is_on=False),
        SimpleNamespace(),
        SimpleNamespace(title="Slack", is_on=True),
    ]
    settings.announce(SimpleNamespace(ctx=SimpleNamespace(input_channels=channels)))
    assert capsys.readouterr().out == "Channels on: REST, Slack.\n"

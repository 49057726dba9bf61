"""Tokens of the widget: good for their conversation, for their time, from this server alone."""

import time

import jwt
import pytest

from channels.settings import SettingError
from channels.web import sessions as module
from channels.web.sessions import Sessions

KEY = "k" * 40


@pytest.fixture(autouse=True)
def no_widget_settings(monkeypatch, tmp_path):
    monkeypatch.delenv("WIDGET_SECRET", raising=False)
    monkeypatch.delenv("WIDGET_KEEP_HOURS", raising=False)
    monkeypatch.setattr(module, "_KEY_FILE", tmp_path / "folder" / "widget-key")


def test_a_token_is_good_for_its_conversation():
    sessions = Sessions(KEY, 1)
    assert sessions.conversation_of(sessions.sign("widget-1")) == "widget-1"


@pytest.mark.parametrize(
    "token",
    [
        None,
        7,
        "",
        "widget-1",
        {"sub": "widget-1"},
        jwt.encode({"sub": "widget-1", "exp": time.time() - 1}, KEY),
        jwt.encode({"sub": "widget-1"}, KEY),
        jwt.encode({"exp": time.time() + 600}, KEY),
        jwt.encode({"sub": "widget-1", "exp": time.time() + 600}, "x" * 40),
        jwt.encode({"sub": "widget-1", "exp": time.time() + 600}, "", algorithm="none"),
    ],
    ids=range(10),
)
def test_any_other_token_is_good_for_nothing(token):
    assert Sessions(KEY, 1).conversation_of(token) is None


@pytest.mark.parametrize(("keep_hours", "seconds"), [(2.0, 7_200), (0.0, 86_400)])
def test_a_token_ends(keep_hours, seconds):
    content = jwt.decode(Sessions(KEY, keep_hours).sign("widget-1"), KEY, algorithms=["HS256"])
    assert abs(content["exp"] - time.time() - seconds) < 60


def test_no_two_conversations_have_the_same_id():
    sessions = Sessions(KEY, 1)
    assert sessions.new() != sessions.new()


def test_settings_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("WIDGET_SECRET", KEY)
    monkeypatch.setenv("WIDGET_KEEP_HOURS", "0.5")
    sessions = Sessions.from_environment()
    assert sessions.keep_hours == 0.5
    assert Sessions(KEY, 1).conversation_of(sessions.sign("widget-1")) == "widget-1"


@pytest.mark.parametrize(
    ("name", "value"), [("WIDGET_SECRET", "short"), *(("WIDGET_KEEP_HOURS", v) for v in ("-1", "soon", "nan", "9999"))]
)
def test_what_cannot_be_used_is_one_sentence(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingError, match=name):
        Sessions.from_environment()


def test_without_a_key_one_is_made_and_kept():
    token = Sessions.from_environment().sign("widget-1")
    assert Sessions.from_environment().conversation_of(token) == "widget-1"
    assert module._KEY_FILE.stat().st_mode & 0o777 == 0o600


def test_a_key_that_was_cut_short_is_replaced():
    module._KEY_FILE.parent.mkdir()
    module._KEY_FILE.write_text("short")
    Sessions.from_environment()
    assert len(module._KEY_FILE.read_text()) > 32


def test_where_nothing_can_be_written_the_key_is_good_until_the_end(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(module, "_KEY_FILE", tmp_path / "file" / "widget-key")
    token = Sessions.from_environment().sign("widget-1")
    assert Sessions.from_environment().conversation_of(token) is None

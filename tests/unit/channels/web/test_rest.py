"""The REST channel: Rasa's, with a check of every body before it."""

import asyncio
import json
from types import SimpleNamespace

import pytest

from channels.web.rest import GuardedRest
from tests.unit.channels.helpers import make_request


@pytest.fixture
def endpoints():
    return GuardedRest().blueprint(None)


@pytest.fixture
def check(endpoints):
    """What is run before every request."""
    (entry,) = [one for one in endpoints._future_middleware if one.attach_to == "request"]
    return lambda request: asyncio.run(entry.middleware(request))


def test_it_has_rasas_address(endpoints):
    assert GuardedRest.name() == "rest"
    assert "/webhook" in {route.uri for route in endpoints._future_routes}


def test_a_valid_message_is_let_through(check):
    assert check(make_request({"sender": "s", "message": "my knee"})) is None


@pytest.mark.parametrize(
    ("body", "status"), [(b"", 400), ({"message": "x"}, 400), (b" " * 300_000, 413)], ids=["empty", "nobody", "huge"]
)
def test_an_invalid_one_is_answered_in_one_sentence(check, body, status):
    reply = check(make_request(body))
    assert reply.status == status
    assert json.loads(reply.body)["error"].endswith(".")


def test_what_carries_no_message_is_not_checked(check):
    assert check(make_request(method="GET")) is None


def test_the_start_says_which_channels_are_on(endpoints, capsys):
    (entry,) = [one for one in endpoints._future_listeners if one.event == "after_server_start"]
    app = SimpleNamespace(ctx=SimpleNamespace(input_channels=[GuardedRest()]))
    asyncio.run(entry.listener(app, None))
    assert "REST" in capsys.readouterr().out

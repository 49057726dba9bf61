"""Whatever the platform: messages are kept, violations noted, and it fails when told to."""

import threading
import time

import pytest
import requests

from tests.tools.fake_platforms.sending import (
    PERSON,
    PICTURE,
    PLATFORMS,
    say,
    to_messenger,
    to_slack,
    to_telegram,
    to_twilio,
)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_text_is_accepted_and_kept(fakes, platform):
    one = getattr(fakes, platform)
    assert say(fakes, platform, "Rest & stretch, then see?").ok
    (sent,) = one.wait_for(1, PERSON[platform], timeout=2)
    assert sent.text == "Rest & stretch, then see?"
    assert sent.recipient == one.address_of(PERSON[platform])
    assert sent.id
    assert time.time() - sent.at < 5
    assert one.violations == ([] if platform != "slack" else ["chat.postMessage: text: & not escaped"])


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("text", ["/affirm", 'Pick one: /inform{"tier":"a"}'])
def test_a_payload_in_a_visible_text_is_a_problem(fakes, platform, text):
    say(fakes, platform, text)
    assert "payload /" in getattr(fakes, platform).violations[-1]


@pytest.mark.parametrize("text", ["and/or", "see https://assistant.example/help", "120/80", "a /b"])
def test_other_slashes_are_no_payload(telegram, text):
    to_telegram(telegram, text=text)
    assert telegram.violations == []


@pytest.mark.parametrize("platform", PLATFORMS)
def test_it_fails_so_many_times_and_then_answers(fakes, platform):
    one = getattr(fakes, platform)
    one.fail(503, times=2)
    assert [say(fakes, platform, "Hello").status_code for _ in range(2)] == [503, 503]
    assert say(fakes, platform, "Hello").ok
    assert (len(one.requests), len(one.sent), one.violations) == (3, 1, [])


@pytest.mark.parametrize("platform", PLATFORMS)
def test_it_fails_until_it_is_healed_and_for_one_person_only(fakes, platform):
    one = getattr(fakes, platform)
    one.fail(500, recipient=PERSON[platform])
    assert not say(fakes, platform, "Hello").ok
    one.reset_faults()
    assert say(fakes, platform, "Hello").ok
    one.fail(500, recipient="C0ANOTHER1")
    assert say(fakes, platform, "Hello").ok


def test_each_platform_says_too_many_in_its_own_way(fakes):
    for one in fakes.each():
        one.fail(429, retry_after=7)
    told = {platform: say(fakes, platform, "Hello") for platform in PLATFORMS}
    assert {platform: reply.status_code for platform, reply in told.items()} == {
        "telegram": 429,
        "slack": 429,
        "twilio": 429,
        "messenger": 400,
    }
    assert told["telegram"].json()["parameters"] == {"retry_after": 7}
    assert told["slack"].json() == {"ok": False, "error": "ratelimited"}
    assert told["twilio"].json()["code"] == 20429
    assert told["messenger"].json()["error"]["code"] == 613
    assert told["slack"].headers["Retry-After"] == told["twilio"].headers["Retry-After"] == "7"
    assert "estimated_time_to_regain_access" in told["messenger"].headers["X-Business-Use-Case-Usage"]


def test_each_platform_says_blocked_in_its_own_way(fakes):
    for platform in PLATFORMS:
        getattr(fakes, platform).block(PERSON[platform])
    told = {platform: say(fakes, platform, "Hello") for platform in PLATFORMS}
    assert told["telegram"].status_code == 403
    assert told["telegram"].json()["description"] == "Forbidden: bot was blocked by the user"
    assert told["slack"].json() == {"ok": False, "error": "channel_not_found"}
    assert (told["twilio"].status_code, told["twilio"].json()["code"]) == (400, 21610)
    assert told["messenger"].json()["error"]["code"] == 551
    assert [one.sent for one in fakes.each()] == [[], [], [], []]
    assert fakes.violations() == []


def test_who_waits_long_enough_is_answered(telegram):
    telegram.hang(0.2, times=1)
    began = time.monotonic()
    assert to_telegram(telegram, text="Hello").ok
    assert time.monotonic() - began >= 0.2
    assert len(telegram.sent) == 1


def test_who_leaves_while_it_hangs_is_lost(telegram):
    telegram.hang(1)
    with pytest.raises(requests.Timeout):
        requests.post(f"{telegram.base}/bot{telegram.token}/sendMessage", json={"chat_id": 1, "text": "a"}, timeout=0.1)
    telegram.reset_faults()
    time.sleep(0.2)
    assert (len(telegram.requests), telegram.sent) == (1, [])


def test_one_method_can_fail_alone(telegram):
    telegram.fail(400, call="sendPhoto")
    assert not to_telegram(telegram, "sendPhoto", photo=PICTURE).ok
    assert to_telegram(telegram, text="Hello").ok


def test_waiting_in_vain_names_what_there_is(telegram):
    to_telegram(telegram, text="Hello")
    with pytest.raises(AssertionError, match=r"1 of 2 messages(.|\n)*'Hello'"):
        telegram.wait_for(2, timeout=0.05)


def test_waiting_ends_when_the_message_comes(telegram):
    threading.Timer(0.1, to_telegram, (telegram,), {"text": "Hello"}).start()
    assert telegram.wait_for(1, PERSON["telegram"], timeout=5)[0].text == "Hello"


@pytest.mark.parametrize(
    ("send", "status", "code"),
    [
        (
            lambda fakes: to_telegram(fakes.telegram, text="a", token="1:wrong"),
            401,
            lambda body: body["error_code"] == 401,
        ),
        (
            lambda fakes: to_slack(fakes.slack, text="a", token="wrong"),
            200,
            lambda body: body["error"] == "invalid_auth",
        ),
        (lambda fakes: to_twilio(fakes.twilio, Body="a", token="wrong"), 401, lambda body: body["code"] == 20003),
        (
            lambda fakes: to_messenger(fakes.messenger, message={"text": "a"}, token="wrong"),
            400,
            lambda body: body["error"]["code"] == 190,
        ),
    ],
)
def test_a_wrong_token_is_refused(fakes, send, status, code):
    reply = send(fakes)
    assert reply.status_code == status
    assert code(reply.json())
    assert len(fakes.violations()) == 1


def test_the_settings_name_all_four(fakes):
    settings = fakes.environment()
    assert settings["PUBLIC_URL"] == "https://assistant.example"
    assert len(settings) == 16
    assert all(settings.values())
    assert settings["SLACK_API_BASE"].endswith("/api")

"""The six smaller connectors as their platforms meet them: one started assistant, one fake platform for all six."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count

import pytest
import requests

from tools.fake_platforms.server.schemas import payloads_in

CAUSES = "tired or overworked"
EMERGENCY = "This could be an emergency. Call your local emergency number now (999, 112 or 911)"
DANGER = "my left calf is swollen and hot and i cant breathe"
ALL = ("mattermost", "rocketchat", "webexteams", "botframework", "hangouts", "callback")
WITH_TOKENS = ("botframework", "hangouts")
_people = count(1)


@pytest.fixture(autouse=True)
def healthy(request):
    printed = request.getfixturevalue("assistant").output if "assistant" in request.fixturenames else []
    before = len(printed)
    yield
    if "assistant" in request.fixturenames:
        found = request.getfixturevalue("small_platforms")
        found.reset_faults()
        violations = list(found.violations)
        found.clear_history()
        assert not violations
        assert "Traceback" not in "".join(printed[before:])


@pytest.fixture(params=ALL)
def platform(request, small_platforms):
    return small_platforms.platforms[request.param]


@pytest.fixture
def person():
    return f"p{next(_people)}"


def deliver(platform, assistant, delivery, person, answers=1):
    """Sends a delivery and returns all that is said to it, at least so many messages."""
    before = len(platform.server.sent_to(platform.room(person)))
    reply = delivery.send(assistant.address)
    assert reply.status_code == 200, reply.text
    if platform.name == "hangouts":
        return platform.answered(person, reply.json())
    platform.server.wait_for(before + answers, platform.room(person))
    time.sleep(0.02)
    return platform.server.sent_to(platform.room(person))[before:]


def ask(platform, assistant, person, text, answers=1, **more):
    return deliver(platform, assistant, platform.message(person, text, **more), person, answers)


def refused(platform, assistant):
    return requests.get(f"{assistant.address}/webhooks/{platform.name}/", timeout=5).json()["refused"]


def test_start_up_says_that_they_are_on(assistant):
    line = next(line for line in assistant.output if "Channels on:" in line)
    for name in ("Mattermost", "Rocket.Chat", "Webex", "Bot Framework", "Google Chat", "callback"):
        assert name in line


def test_a_message_gets_its_answer(platform, assistant, person):
    answers = ask(platform, assistant, person, "what causes it")
    assert len(answers) == 1
    assert CAUSES in answers[0].text
    assert not payloads_in([answers[0].text])


def test_what_is_not_signed_is_refused_and_counted(platform, assistant, person):
    before = refused(platform, assistant)
    if platform.is_proved_by_body:
        deliveries = [
            platform.message(person, "what causes it", token=token) for token in ("", "wrong", None, 5, ["x"])
        ]
    else:
        delivery = platform.message(person, "what causes it")
        deliveries = [delivery.unsigned(), delivery.wrongly_signed()]
    for delivery in deliveries:
        assert delivery.send(assistant.address).status_code == 401
    time.sleep(0.1)
    assert not platform.server.sent_to(platform.room(person))
    assert refused(platform, assistant) == before + len(deliveries)


def test_a_changed_body_is_refused(assistant, small_platforms, person):
    delivery = small_platforms.platforms["webexteams"].message(person, "what causes it")
    assert (
        replace(delivery, body=delivery.body.replace(b"created", b"creates")).send(assistant.address).status_code == 401
    )
    delivery = small_platforms.platforms["botframework"].message(
        person, "what causes it", serviceUrl="https://evil.example/"
    )
    assert delivery.send(assistant.address).status_code == 401


@pytest.mark.parametrize("name", WITH_TOKENS)
@pytest.mark.parametrize(
    "claims",
    [
        {"by_another": True},
        {"kid": "unknown"},
        {"aud": "another"},
        {"aud": None},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"exp": int(time.time()) - 3600},
        {"exp": None},
        {"nbf": int(time.time()) + 3600},
        {"alg": "none"},
        {"alg": "HS256"},
    ],
    ids=str,
)
def test_forged_tokens_are_refused(assistant, small_platforms, person, name, claims):
    platform = small_platforms.platforms[name]
    delivery, right = platform.message(person, "what causes it"), platform.issuer.token()
    headers = {**delivery.headers, "Authorization": f"Bearer {platform.issuer.token(**claims)}"}
    assert replace(delivery, headers=headers).send(assistant.address).status_code == 401
    for wrong in (right, f"Basic {right}", "Bearer", "Bearer x.y.z", f"Bearer {right}x"):
        headers["Authorization"] = wrong
        assert replace(delivery, headers=headers).send(assistant.address).status_code == 401


def test_the_connectors_token_must_be_for_the_address_and_the_channel(assistant, small_platforms, person):
    platform = small_platforms.platforms["botframework"]
    delivery = platform.message(person, "what causes it")
    for claim in ("https://evil.example", None):
        headers = {**delivery.headers, "Authorization": f"Bearer {platform.issuer.token(serviceurl=claim)}"}
        assert replace(delivery, headers=headers).send(assistant.address).status_code == 401
    assert platform.message(person, "hi", channelId="telegram").send(assistant.address).status_code == 401
    assert CAUSES in ask(platform, assistant, person, "what causes it", channelId="webchat")[0].text


def test_keys_and_our_own_token_are_fetched_once_and_a_refused_token_is_replaced(assistant, small_platforms, person):
    platform = small_platforms.platforms["botframework"]
    ask(platform, assistant, person, "hi")
    small_platforms.clear_history()
    ask(platform, assistant, person, "what causes it")
    assert [request.call for request in small_platforms.requests] == ["activities"]
    small_platforms.fail(status=401, times=1, call="activities")
    assert platform.message(person, "does magnesium help").send(assistant.address).status_code == 200
    time.sleep(0.3)
    assert CAUSES in ask(platform, assistant, person, "what causes it")[-1].text
    assert len(small_platforms.calls("token")) == 1


def test_a_delivery_that_comes_again_gets_no_second_answer(platform, assistant, person):
    delivery = platform.message(person, "what causes it", id=f"again{person}")
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda _: delivery.send(assistant.address), range(4)))
    replies.append(platform.message(person, "what causes it", id=f"again{person}").send(assistant.address))
    assert {reply.status_code for reply in replies} == {200}
    if platform.name == "hangouts":
        assert sum(CAUSES in reply.text for reply in replies) == 1
        return
    platform.message(person, "thanks").send(assistant.address)
    said = platform.server.wait_for(2, platform.room(person))
    assert [CAUSES in sent.text for sent in said] == [True, False]


def test_a_button_is_pressed_or_its_number_replied(platform, assistant, person):
    first = ask(platform, assistant, person, "what causes it")[0]
    if platform.name in ("rocketchat", "webexteams"):
        assert "2. My medicines" in first.text
        answers = ask(platform, assistant, person, "2")
    else:
        assert [button.title for button in first.buttons][1] == "My medicines"
        answers = deliver(platform, assistant, platform.press(person, first, "My medicines"), person)
    assert "Some medicines can cause spasms" in answers[0].text


def test_a_button_without_our_mark_is_refused(assistant, small_platforms, person):
    platform = small_platforms.platforms["mattermost"]
    first = ask(platform, assistant, person, "what causes it")[0]
    content = json.loads(platform.press(person, first, "My medicines").body)
    for context in ({"action": "/ask_cause"}, {"action": "x", "token": platform.secret}, {}):
        assert platform.signed({**content, "context": context}).send(assistant.address).status_code == 401


def test_an_emergency_line_is_first(platform, assistant, person):
    answers = ask(platform, assistant, person, DANGER, answers=2)
    assert answers[0].text.startswith(EMERGENCY)
    assert "clot on the lung" in "".join(sent.text for sent in answers)
    assert not payloads_in(sent.text for sent in answers)


def test_what_bots_and_we_ourselves_say_is_left_alone(assistant, small_platforms, person):
    mattermost, rocket, webex, teams, google, _ = (small_platforms.platforms[name] for name in ALL)
    data = webex.content(person, "what causes it", "own1", file=False)
    quiet = [
        mattermost.message(person, "what causes it", user_id="user-bot"),
        rocket.message(person, "what causes it", bot=True),
        rocket.message(person, "what causes it", isEdited=True),
        rocket.message(person, "what causes it", user_id=rocket.user),
        *(
            webex.signed({**data, "data": {**data["data"], "id": address, "personEmail": address}})
            for address in ("knee@webex.bot", "knee@sparkbot.io")
        ),
        webex.signed({**data, "data": {**data["data"], "personId": data["createdBy"]}}),
        webex.signed({**data, "event": "deleted"}),
        webex.signed({**data, "resource": "memberships"}),
        teams.message(person, "what causes it", **{"from": {"id": "28:other", "role": "bot"}}),
        teams.message(person, "what causes it", type="conversationUpdate"),
        teams.message(person, "what causes it", type="typing"),
        google.message(person, "x", message={"name": "m/1", "sender": {"name": "users/b", "type": "BOT"}, "text": "x"}),
        google.message(person, "what causes it", type="REMOVED_FROM_SPACE"),
    ]
    for delivery in quiet:
        reply = delivery.send(assistant.address)
        assert (reply.status_code, reply.text in ("", "{}")) == (200, True), delivery
    time.sleep(0.5)
    assert small_platforms.sent == []


@pytest.mark.parametrize("name", ALL[:-1])
def test_a_file_gets_words(assistant, small_platforms, person, name):
    platform = small_platforms.platforms[name]
    assert "files" in ask(platform, assistant, person, "", file=True)[0].text
    answers = ask(platform, assistant, person, DANGER, answers=3, file=True)
    assert answers[0].text.startswith(EMERGENCY)
    assert "I read only your words" in answers[-1].text


@pytest.mark.parametrize("name", ALL)
def test_without_words_we_say_who_we_are(assistant, small_platforms, person, name):
    platform = small_platforms.platforms[name]
    assert ask(platform, assistant, person, "")[0].text


def test_mattermosts_form_is_read_like_its_json(assistant, small_platforms, person):
    platform = small_platforms.platforms["mattermost"]
    form = requests.Request("POST", "http://x", data=platform.content(person, "what causes it", "form1", file=False))
    prepared = form.prepare()
    delivery = replace(platform.signed({}), headers=dict(prepared.headers), body=prepared.body.encode())
    assert CAUSES in deliver(platform, assistant, delivery, person)[0].text
    wrong = replace(delivery, body=delivery.body.replace(b"token=m", b"token=n"))
    assert wrong.send(assistant.address).status_code == 401


def test_rocket_chat_is_told_that_all_went_well_and_answered_in_its_thread(assistant, small_platforms, person):
    platform = small_platforms.platforms["rocketchat"]
    delivery = platform.message(person, "what causes it", tmid="thread1")
    assert delivery.send(assistant.address).json() == {}
    assert small_platforms.wait_for(1, platform.room(person))[0].raw["tmid"] == "thread1"
    answer = ask(platform, assistant, person, "what causes it")[0]
    assert "tmid" not in answer.raw
    assert "*What to do:*" in answer.text


def test_webex_is_asked_again_for_a_message_and_a_mention_is_no_word_of_it(assistant, small_platforms, person):
    platform = small_platforms.platforms["webexteams"]
    small_platforms.fail(status=503, times=1, call="group1")
    delivery = platform.message(person, "Knee Bot what causes it", id="group1")
    platform.messages["group1"]["html"] = '<p><spark-mention data-object-id="x">Knee Bot</spark-mention> what …</p>'
    assert CAUSES in deliver(platform, assistant, delivery, person)[0].text
    lost = platform.message(person, "what causes it", id="lost")
    del platform.messages["lost"]
    assert deliver(platform, assistant, lost, person)[0].text.startswith("Something is wrong on my side")


def test_teams_answers_refer_to_what_was_said(assistant, small_platforms, person):
    platform = small_platforms.platforms["botframework"]
    raw = ask(platform, assistant, person, "what causes it", id="act1")[0].raw
    assert raw["replyToId"] == "act1"
    assert (raw["from"]["id"], raw["recipient"]["id"]) == (f"28:{platform.app}", f"29:{person}")
    assert raw["conversation"] == {"id": platform.room(person)}
    assert "**What to do:**" in raw["text"]
    quoted = [{"contentType": "messageReference"}, {"contentType": "text/html"}]
    assert len(ask(platform, assistant, person, "thanks", attachments=quoted)) == 1


def test_who_adds_us_to_a_google_space_is_greeted_or_answered(assistant, small_platforms, person):
    platform = small_platforms.platforms["hangouts"]
    added = platform.message(person, "", type="ADDED_TO_SPACE", message=None)
    assert "computer assistant" in deliver(platform, assistant, added, person)[0].text
    asked = platform.message(f"{person}b", "what causes it", type="ADDED_TO_SPACE", id="both")
    assert CAUSES in deliver(platform, assistant, asked, f"{person}b")[0].text
    assert ask(platform, assistant, f"{person}b", "what causes it", id="both") == []
    assert "*What to do:*" in ask(platform, assistant, person, "what causes it")[0].text


def test_the_callback_tells_what_it_knows(assistant, small_platforms, person):
    platform = small_platforms.platforms["callback"]
    answers = ask(platform, assistant, person, DANGER, answers=3, metadata={"country": "GB"})
    assert answers[0].raw["tier"] == "emergency_now"
    assert any("United Kingdom: 999" in sent.text for sent in answers)
    assert all(sent.raw["recipient_id"] == platform.room(person) for sent in answers)
    raw = ask(platform, assistant, f"{person}b", "what causes it")[0].raw
    assert {"title", "payload"} == set(raw["buttons"][0])
    assert {"title", "url"} == set(raw["sources"][0])


def variants(content):
    """Yields a body with every field, and every field of its objects, replaced by what it is not."""
    for value in (5, {}, None, [{}]):
        for name in content:
            yield {**content, name: value}
            if isinstance(content[name], dict):
                yield {**content, name: dict.fromkeys(content[name], value)}


def test_strange_bodies_that_are_rightly_signed_do_no_harm(platform, assistant, person):
    content = platform.content(person, "what causes it", "strange", file=True)
    platform.signed(content).send(assistant.address)  # what is mere repetition is not answered again
    deep = b'{"token": "%s", "text": %s}' % (platform.secret.encode(), b"[" * 50_000 + b"]" * 50_000)
    nested = json.loads("[" * 400 + "]" * 400)
    strange = [b"", b"null", b"[]", b"{}", b'"text"', b"\xff\xfe", b"[" * 100_000, deep, {**content, "text": nested}]
    allowed = {200, 400} if platform.name in ("webexteams", "hangouts", "callback") else {200, 400, 401}
    with ThreadPoolExecutor(4) as pool:
        deliveries = [platform.signed(body) for body in (*strange, *variants(content))]
        for delivery, reply in zip(
            deliveries, pool.map(lambda delivery: delivery.send(assistant.address), deliveries), strict=True
        ):
            assert reply.status_code in allowed, (reply.status_code, reply.text, delivery.body[:300])
            assert "Traceback" not in reply.text
    assert CAUSES in ask(platform, assistant, f"{person}b", "what causes it")[0].text


def test_what_is_too_large_is_refused(platform, assistant, person):
    assert platform.message(person, "hi", more="x" * 1_100_000).send(assistant.address).status_code == 413


def test_no_secret_is_printed(assistant, small_platforms):
    printed = "".join(assistant.output)
    for platform in small_platforms.platforms.values():
        assert platform.secret not in printed
        assert platform.bot_token not in printed

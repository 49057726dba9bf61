"""The six smaller platforms: they take what is valid with the right token alone, and deliver signed."""

import hashlib
import hmac
import json

import jwt
import pytest
import requests

from tools.fake_platforms.small_server import SmallPlatforms

ACTIVITY = {"type": "message", "from": {"id": "28:us"}, "recipient": {"id": "29:ann"}, "text": "Hello"}
SENDING = {
    "mattermost": ("/api/v4/posts", {"channel_id": "mattermost-ann", "message": "Hello"}),
    "rocketchat": ("/api/v1/chat.postMessage", {"roomId": "rocketchat-ann", "text": "Hello"}),
    "webexteams": ("/v1/messages", {"roomId": "webexteams-ann", "markdown": "Hello"}),
    "botframework": ("/teams/v3/conversations/botframework-ann/activities", ACTIVITY),
    "callback": ("/callback", {"recipient_id": "callback-ann", "text": "Hello"}),
}
ALL = (*SENDING, "hangouts")


@pytest.fixture(scope="module")
def started():
    with SmallPlatforms() as server:
        yield server


@pytest.fixture
def server(started):
    yield started
    started.reset_faults()
    started.clear_history()


def headers(platform):
    if platform.name == "rocketchat":
        return {"X-User-Id": platform.user, "X-Auth-Token": platform.bot_token}
    token = platform.secret if platform.name == "callback" else platform.bot_token
    return {"Authorization": f"Bearer {token}"}


def send(server, name, **changes):
    path, body = SENDING[name]
    platform = server.platforms[name]
    return requests.post(server.base + path, json={**body, **changes}, headers=headers(platform), timeout=5)


@pytest.mark.parametrize("name", SENDING)
def test_a_valid_message_is_kept_in_its_room(server, name):
    assert send(server, name).ok
    (sent,) = server.wait_for(1, f"{name}-ann", timeout=2)
    assert sent.text == "Hello"
    assert server.violations == []


@pytest.mark.parametrize("name", SENDING)
def test_without_the_token_nothing_is_taken(server, name):
    path, body = SENDING[name]
    wrong = {"Authorization": "Bearer wrong", "X-User-Id": "bot-user", "X-Auth-Token": "wrong"}
    assert requests.post(server.base + path, json=body, headers=wrong, timeout=5).status_code == 401
    assert server.sent == []
    assert "the token is missing or wrong" in server.violations[0]


@pytest.mark.parametrize(
    ("name", "changes", "violation"),
    [
        ("mattermost", {"message": "x" * 16_384}, "longer than 16383"),
        ("rocketchat", {"text": ""}, "text is empty"),
        ("rocketchat", {"colour": "red"}, "unknown colour"),
        ("webexteams", {"markdown": "é" * 3_720}, "too long"),
        ("botframework", {"textFormat": "plain"}, "textFormat is not 'markdown'"),
        ("callback", {"recipient_id": None, "text": None}, None),
    ],
)
def test_what_is_not_valid_is_refused(server, name, changes, violation):
    reply = send(server, name, **changes)
    if violation is None:  # a program of one's own takes what has its two fields
        assert reply.ok
        return
    assert reply.status_code == 400
    assert violation in server.violations[0]
    assert server.sent == []


def test_a_payload_in_a_visible_text_is_a_violation_but_for_a_program(server):
    send(server, "callback", text="/affirm")
    assert server.violations == []
    send(server, "webexteams", markdown="/affirm")
    assert "payload /affirm" in server.violations[0]


def test_faults_are_for_one_room(server):
    server.fail(503, recipient="webexteams-ann")
    assert send(server, "webexteams").status_code == 503
    assert send(server, "mattermost").ok
    server.block("mattermost-ann")
    assert send(server, "mattermost").status_code == 403


def test_the_login_gives_the_token_of_the_bot(server):
    teams = server.platforms["botframework"]
    form = {"grant_type": "client_credentials", "client_id": teams.app, "client_secret": teams.secret}
    address = f"{server.base}/{teams.tenant}/oauth2/v2.0/token"
    reply = requests.post(address, data={**form, "scope": "https://api.botframework.com/.default"}, timeout=5)
    assert reply.json()["access_token"] == teams.bot_token
    assert requests.post(address, data=form, timeout=5).status_code == 400
    assert "lacks scope" in server.violations[0]


def test_what_can_be_asked_for(server):
    mattermost, webex = server.platforms["mattermost"], server.platforms["webexteams"]
    me = requests.get(f"{server.base}/api/v4/users/me", headers=headers(mattermost), timeout=5)
    assert me.json() == {"id": "user-bot", "is_bot": True}
    webex.message("ann", "My knee", id="m1")
    found = requests.get(f"{server.base}/v1/messages/m1", headers=headers(webex), timeout=5)
    assert found.json()["text"] == "My knee"
    assert requests.get(f"{server.base}/v1/messages/m2", headers=headers(webex), timeout=5).status_code == 404
    assert server.violations == []
    assert requests.put(f"{server.base}/nowhere", timeout=5).status_code == 404
    assert "no such method" in server.violations[0]


@pytest.mark.parametrize("name", ["botframework", "hangouts"])
def test_deliveries_carry_a_token_that_the_published_key_proves(server, name):
    platform = server.platforms[name]
    keys = requests.get(f"{server.base}/keys/{name}", timeout=5).json()["keys"]
    key = jwt.PyJWK(keys[0]).key
    token = platform.message("ann", "My knee").headers["Authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, key, algorithms=["RS256"], audience=platform.issuer.claims["aud"])
    assert claims["iss"] == platform.issuer.claims["iss"]
    for forged in ({"by_another": True}, {"alg": "none"}, {"alg": "HS256"}, {"aud": "another"}, {"exp": 1}):
        with pytest.raises(jwt.PyJWTError):
            jwt.decode(platform.issuer.token(**forged), key, algorithms=["RS256"], audience=claims["aud"])


def test_webex_signs_the_body(server):
    webex = server.platforms["webexteams"]
    delivery = webex.message("ann", "My knee")
    proof = hmac.new(webex.secret.encode(), delivery.body, hashlib.sha1).hexdigest()
    assert delivery.headers["X-Spark-Signature"] == proof
    assert delivery.wrongly_signed().headers["X-Spark-Signature"] != proof


@pytest.mark.parametrize("name", ALL)
def test_each_delivers_to_its_own_webhook_with_its_proof(server, name):
    platform = server.platforms[name]
    delivery = platform.message("ann", "My knee")
    assert delivery.path == f"/webhooks/{name}/webhook"
    if platform.is_proved_by_body:
        assert json.loads(delivery.body)["token"] == platform.secret
    else:
        assert delivery.signature_headers
        assert not set(delivery.unsigned().headers) & set(delivery.signature_headers)


def test_a_reply_that_google_chat_would_refuse_is_a_violation(server):
    google = server.platforms["hangouts"]
    assert [sent.text for sent in google.answered("ann", {"text": "Hello"})] == ["Hello"]
    assert server.violations == []
    google.answered("ann", {"text": "Hello", "colour": "red"})
    assert "unknown colour" in server.violations[0]

"""The six smaller platforms behind one address: Mattermost, Rocket.Chat, Webex, Bot Framework, Google Chat, callback.

Like the four of `all_stand_ins`, but each only as wide as its connector: what it sends, signed for real (JSON web
tokens with RSA keys made at the start), and the methods that the connector calls. Rooms are named after platform and
person, so that what is sent can be told apart.

    with OthersStandIn() as others:
        assistant = RunningAssistant(**others.environment())
        others.platforms["webex"].message("ann", "My knee cramps at night").send(assistant.address)
        answer = others.wait_for(1, "webex-ann")[-1]
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

from tools.fake_platforms.base import Button, Refused, Reply, Request, Sent, StandIn
from tools.fake_platforms.schemas import Schema, first_flaw
from tools.fake_platforms.webhook_request import Post

_TEXT = {"type": "string", "minLength": 1}
_LONGEST_WEBEX = 7439
"""Bytes of a message's text (https://developer.webex.com/docs/api/v1/messages/create-a-message)."""


def _shape(required: str, **properties: Any) -> Schema:
    known = {name: value if isinstance(value, dict) else {"const": value} for name, value in properties.items()}
    return {"type": "object", "required": required.split(), "properties": known, "additionalProperties": False}


_ACTION = _shape(
    "id name type integration",
    id={"type": "string", "pattern": "^[A-Za-z0-9]+$"},
    name=_TEXT,
    type="button",
    integration=_shape("url context", url=_TEXT, context={"type": "object"}),
)
_HERO_CARD = _shape(
    "contentType content",
    contentType="application/vnd.microsoft.card.hero",
    content=_shape(
        "buttons",
        buttons={
            "maxItems": 6,
            "items": _shape(
                "type title value", type="messageBack", title=_TEXT, displayText=_TEXT, value={"type": "object"}
            ),
        },
    ),
)
_ACCOUNT = _shape("id", id=_TEXT, name=_TEXT)
_SHAPES = {
    "mattermost": _shape(
        "channel_id message",
        channel_id=_TEXT,
        message={**_TEXT, "maxLength": 16383},
        props=_shape("attachments", attachments={"items": _shape("actions", actions={"items": _ACTION})}),
    ),
    "rocketchat": _shape("roomId text", roomId=_TEXT, text={**_TEXT, "maxLength": 5000}, tmid=_TEXT),
    "webex": _shape("roomId markdown", roomId=_TEXT, markdown=_TEXT),
    "botframework": _shape(
        "type from recipient text",
        **{"from": _ACCOUNT},
        type="message",
        recipient=_ACCOUNT,
        conversation=_shape("id", id=_TEXT),
        replyToId=_TEXT,
        text=_TEXT,
        textFormat="markdown",
        attachments={"items": _HERO_CARD},
    ),
    "callback": {"type": "object", "required": ["recipient_id", "text"]},
    "token": _shape(
        "grant_type client_id client_secret scope",
        grant_type="client_credentials",
        client_id=_TEXT,
        client_secret=_TEXT,
        scope="https://api.botframework.com/.default",
    ),
    "hangouts": _shape(
        "text",
        text={**_TEXT, "maxLength": 32_000},
        cardsV2={
            "maxItems": 1,
            "items": _shape(
                "cardId card",
                cardId=_TEXT,
                card=_shape(
                    "sections",
                    sections={
                        "items": _shape(
                            "widgets",
                            widgets={
                                "items": _shape(
                                    "buttonList",
                                    buttonList=_shape(
                                        "buttons",
                                        buttons={
                                            "items": _shape("text onClick", text=_TEXT, onClick={"type": "object"})
                                        },
                                    ),
                                )
                            },
                        )
                    },
                ),
            ),
        },
    ),
}


class Issuer:
    """Whoever signs JSON web tokens: an RSA key, its public half as a document, and tokens right and wrong."""

    def __init__(self, name: str, audience: str, **claims: str) -> None:
        """Takes the claims of a right token and makes the keys."""
        self.claims: dict[str, Any] = {"iss": name, "aud": audience, **claims}
        self._id = secrets.token_hex(8)
        self._key, self._other_key = _new_key(), _new_key()

    def document(self, **more: Any) -> dict[str, Any]:
        """Returns the JWK set."""
        public = RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": self._id, "use": "sig", **more}]}

    def token(self, alg: str = "RS256", kid: str | None = None, by_another: bool = False, **claims: Any) -> str:
        """Returns a token.

        Args:
            alg: RS256; HS256, keyed with the public key; or none.
            kid: of the key, where it is to be a wrong one.
            by_another: signed with a key that is not in the document.
            claims: instead of the right ones; None leaves one out.
        """
        now = int(time.time())
        content = {"iat": now - 5, "nbf": now - 5, "exp": now + 3600, **self.claims, **claims}
        content = {name: value for name, value in content.items() if value is not None}
        header = {"typ": "JWT", "alg": alg, "kid": kid or self._id}
        signed = b".".join(_base64(json.dumps(part).encode()) for part in (header, content))
        key, signature = self._other_key if by_another else self._key, b""
        if alg == "RS256":
            signature = key.sign(signed, PKCS1v15(), SHA256())
        elif alg == "HS256":
            public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            signature = hmac.new(public, signed, hashlib.sha256).digest()
        return b".".join((signed, _base64(signature))).decode()


def _new_key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


def _base64(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")


class _Platform:
    """One of the six: how it delivers, and what it takes."""

    name = ""
    is_proved_by_body = False

    def __init__(self, others: "OthersStandIn") -> None:
        self.others = others
        self.secret = f"{self.name}-{secrets.token_hex(16)}"
        self.bot_token = f"bot-{secrets.token_hex(16)}"

    def room(self, person: str) -> str:
        """Returns the room of a person, by which what is sent there is found."""
        return f"{self.name}-{person}"

    def environment(self) -> dict[str, str]:
        """Returns the settings that switch the channel on."""
        raise NotImplementedError

    def content(self, person: str, text: str, id: str, file: bool) -> dict[str, Any]:
        """Returns what it delivers of a message."""
        raise NotImplementedError

    def message(self, person: str, text: str, id: str = "", file: bool = False, **more: Any) -> Post:
        """Returns the delivery of a message.

        Args:
            person: who writes.
            text: the words.
            id: the message's, where it is to be the same as another's.
            file: whether one is sent with it.
            more: fields of the body instead of the usual ones.
        """
        return self.signed({**self.content(person, text, id or secrets.token_hex(8), file), **more})

    def signed(self, content: object) -> Post:
        """Returns the delivery of any body, rightly signed; bytes are sent as they are."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        headers = {"Content-Type": "application/json", **self.proof(body)}
        return Post(f"/webhooks/{self.name}/webhook", headers, body, signature_headers=tuple(self.proof(body)))

    def proof(self, body: bytes) -> dict[str, str]:
        """Returns the headers that prove where a body comes from."""
        return {}

    def is_right(self, request: Request) -> bool:
        """Returns whether a request to it carries our token."""
        return request.headers.get("authorization") == f"Bearer {self.bot_token}"

    def room_in(self, request: Request) -> str | None:
        """Returns the room that a request is for."""
        raise NotImplementedError

    def text(self, body: dict[str, Any]) -> str:
        """Returns what is read of a message."""
        return str(body.get("text") or "")

    def buttons(self, body: dict[str, Any]) -> list[Button]:
        """Returns the buttons of a message."""
        return []


class Mattermost(_Platform):
    """https://developers.mattermost.com/integrate/webhooks/outgoing and .../plugins/interactive-messages."""

    name = "mattermost"
    is_proved_by_body = True

    def environment(self) -> dict[str, str]:
        """Returns the settings that switch the channel on."""
        return {
            "MATTERMOST_URL": self.others.base,
            "MATTERMOST_BOT_TOKEN": self.bot_token,
            "MATTERMOST_WEBHOOK_TOKEN": self.secret,
        }

    def content(self, person: str, text: str, id: str, file: bool) -> dict[str, Any]:
        """Returns what it delivers of a message."""
        room = {"channel_id": self.room(person), "channel_name": "town", "team_id": "t1", "team_domain": "team"}
        sender = {"user_id": f"user-{person}", "user_name": person, "timestamp": int(time.time() * 1000)}
        files = "file1,file2" if file else ""
        return {
            "token": self.secret, **room, **sender, "post_id": id, "text": f"@knee {text}".strip(),
            "trigger_word": "@knee", "file_ids": files,
        }  # fmt: skip

    def press(self, person: str, sent: Sent, title: str) -> Post:
        """Returns the press of a button."""
        actions = sent.raw["props"]["attachments"][0]["actions"]
        action = next(action for action in actions if action["name"] == title)
        content = {
            "user_id": f"user-{person}", "user_name": person, "channel_id": sent.recipient, "post_id": sent.id,
            "trigger_id": secrets.token_hex(16), "type": "button", "data_source": "",
            "context": action["integration"]["context"],
        }  # fmt: skip
        return self.signed(content)

    def room_in(self, request: Request) -> str | None:
        """Returns the room that a request is for."""
        return request.body.get("channel_id")

    def text(self, body: dict[str, Any]) -> str:
        """Returns what is read of a message."""
        return str(body.get("message") or "")

    def buttons(self, body: dict[str, Any]) -> list[Button]:
        """Returns the buttons of a message."""
        attachments = body.get("props", {}).get("attachments", [])
        return [Button(action["name"], action["id"]) for one in attachments for action in one["actions"]]


class RocketChat(_Platform):
    """https://docs.rocket.chat/docs/integrations and https://developer.rocket.chat/apidocs/post-message."""

    name = "rocketchat"
    is_proved_by_body = True
    user = "bot-user"

    def environment(self) -> dict[str, str]:
        """Returns the settings that switch the channel on."""
        return {
            "ROCKETCHAT_URL": self.others.base,
            "ROCKETCHAT_USER_ID": self.user,
            "ROCKETCHAT_AUTH_TOKEN": self.bot_token,
            "ROCKETCHAT_WEBHOOK_TOKEN": self.secret,
        }

    def content(self, person: str, text: str, id: str, file: bool) -> dict[str, Any]:
        """Returns what it delivers of a message; of a file, as the event "File Uploaded"."""
        more = {"message": {"_id": id, "msg": text, "file": {"name": "knee.jpg"}}} if file else {}
        return {
            "token": self.secret, "bot": False, "channel_id": self.room(person), "channel_name": None,
            "message_id": id, "timestamp": "2026-01-01T00:00:00.000Z", "user_id": f"user-{person}",
            "user_name": person, "text": text, "siteUrl": self.others.base, **more,
        }  # fmt: skip

    def is_right(self, request: Request) -> bool:
        """Returns whether a request to it carries our token."""
        headers = request.headers
        return headers.get("x-user-id") == self.user and headers.get("x-auth-token") == self.bot_token

    def room_in(self, request: Request) -> str | None:
        """Returns the room that a request is for."""
        return request.body.get("roomId")


class Webex(_Platform):
    """https://developer.webex.com/docs/api/guides/webhooks; the words are not in the webhook but fetched."""

    name = "webexteams"

    def __init__(self, others: "OthersStandIn") -> None:
        """Begins with no messages."""
        super().__init__(others)
        self.messages: dict[str, dict[str, Any]] = {}

    def environment(self) -> dict[str, str]:
        """Returns the settings that switch the channel on."""
        return {
            "WEBEX_BOT_TOKEN": self.bot_token,
            "WEBEX_WEBHOOK_SECRET": self.secret,
            "WEBEX_API_BASE": self.others.base,
        }

    def content(self, person: str, text: str, id: str, file: bool) -> dict[str, Any]:
        """Returns what it delivers of a message, and keeps the message for who asks for it."""
        common = {
            "id": id, "roomId": self.room(person), "roomType": "direct", "personId": f"person-{person}",
            "personEmail": f"{person}@clinic.example", "created": "2026-01-01T00:00:00.000Z",
        }  # fmt: skip
        files = {"files": [f"{self.others.base}/v1/contents/1"]} if file else {}
        self.messages[id] = {**common, **files, **({"text": text} if text else {})}
        return {
            "id": "webhook", "name": "knee", "resource": "messages", "event": "created", "orgId": "org",
            "createdBy": "person-bot", "appId": "app", "ownedBy": "creator", "status": "active",
            "actorId": f"person-{person}", "data": {**common, **files},
        }  # fmt: skip

    def proof(self, body: bytes) -> dict[str, str]:
        """Returns the signature."""
        return {"X-Spark-Signature": hmac.new(self.secret.encode(), body, hashlib.sha1).hexdigest()}

    def room_in(self, request: Request) -> str | None:
        """Returns the room that a request is for."""
        return request.body.get("roomId")

    def text(self, body: dict[str, Any]) -> str:
        """Returns what is read of a message."""
        return str(body.get("markdown") or "")


class BotFramework(_Platform):
    """https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference."""

    name = "botframework"
    app = "11111111-2222-3333-4444-555555555555"
    tenant = "clinic-tenant"

    def __init__(self, others: "OthersStandIn") -> None:
        """Makes the Connector's keys."""
        super().__init__(others)
        self.issuer = Issuer("https://api.botframework.com", self.app)

    def environment(self) -> dict[str, str]:
        """Returns the settings that switch the channel on."""
        self.issuer.claims["serviceurl"] = f"{self.others.base}/teams/"
        return {
            "BOTFRAMEWORK_APP_ID": self.app,
            "BOTFRAMEWORK_APP_PASSWORD": self.secret,
            "BOTFRAMEWORK_TENANT_ID": self.tenant,
            "BOTFRAMEWORK_KEYS_URL": f"{self.others.base}/keys/{self.name}",
            "BOTFRAMEWORK_LOGIN_BASE": self.others.base,
        }

    def content(self, person: str, text: str, id: str, file: bool) -> dict[str, Any]:
        """Returns the activity of a message; Teams repeats the words in HTML."""
        attachments = [{"contentType": "text/html", "content": f"<div>{text}</div>"}]
        if file:
            attachments.append({"contentType": "application/vnd.microsoft.teams.file.download.info", "name": "a.pdf"})
        return {
            "type": "message", "id": id, "channelId": "msteams", "serviceUrl": f"{self.others.base}/teams/",
            "from": {"id": f"29:{person}", "name": person, "aadObjectId": "1"},
            "conversation": {"id": self.room(person), "conversationType": "personal"},
            "recipient": {"id": f"28:{self.app}", "name": "Knee"},
            "text": f"<at>Knee</at> {text}\n", "textFormat": "plain", "attachments": attachments,
        }  # fmt: skip

    def press(self, person: str, sent: Sent, title: str) -> Post:
        """Returns the press of a button."""
        button = next(button for button in sent.raw["attachments"][0]["content"]["buttons"] if button["title"] == title)
        pressed = {"text": "", "value": button["value"], "attachments": [], "replyToId": sent.id}
        return self.signed({**self.content(person, "", secrets.token_hex(8), file=False), **pressed})

    def proof(self, body: bytes) -> dict[str, str]:
        """Returns the token."""
        return {"Authorization": f"Bearer {self.issuer.token()}"}

    def room_in(self, request: Request) -> str | None:
        """Returns the room that a request is for."""
        return request.path.split("/conversations/")[-1].split("/")[0]

    def buttons(self, body: dict[str, Any]) -> list[Button]:
        """Returns the buttons of a message."""
        cards = body.get("attachments", [])
        return [Button(one["title"], str(one["value"])) for card in cards for one in card["content"]["buttons"]]


class GoogleChat(_Platform):
    """https://developers.google.com/workspace/chat/receive-respond-interactions; what is answered is the reply."""

    name = "hangouts"
    project = "1234567890"

    def __init__(self, others: "OthersStandIn") -> None:
        """Makes Google's keys."""
        super().__init__(others)
        self.issuer = Issuer("chat@system.gserviceaccount.com", self.project)

    def environment(self) -> dict[str, str]:
        """Returns the settings that switch the channel on."""
        return {
            "GOOGLE_CHAT_PROJECT_NUMBER": self.project,
            "GOOGLE_CHAT_CERTIFICATES_URL": f"{self.others.base}/keys/{self.name}",
        }

    def content(self, person: str, text: str, id: str, file: bool) -> dict[str, Any]:
        """Returns the event of a message that mentions us."""
        user = {"name": f"users/{person}", "displayName": person, "type": "HUMAN"}
        message = {
            "name": f"{self.room(person)}/messages/{id}", "sender": user, "text": f"@Knee {text}",
            "argumentText": f" {text}", **({"attachment": [{"contentName": "a.pdf"}]} if file else {}),
        }  # fmt: skip
        space = {"name": self.room(person), "type": "ROOM"}
        return {
            "type": "MESSAGE", "eventTime": f"2026-01-01T00:00:00.{id}Z", "user": user, "space": space,
            "message": message, "common": {"userLocale": "en"},
        }  # fmt: skip

    def press(self, person: str, sent: Sent, title: str) -> Post:
        """Returns the press of a button."""
        found = next(one for one in _card_buttons(sent.raw) if one["text"] == title)["onClick"]["action"]
        parameters = {one["key"]: one["value"] for one in found["parameters"]}
        return self.message(
            person,
            "",
            type="CARD_CLICKED",
            message={"name": f"{sent.recipient}/messages/1", "sender": {"name": "users/us", "type": "BOT"}},
            action={"actionMethodName": found["function"], "parameters": found["parameters"]},
            common={"invokedFunction": found["function"], "parameters": parameters},
        )

    def answered(self, person: str, body: dict[str, Any]) -> list[Sent]:
        """Returns what a reply puts into the space, and keeps a problem where Google Chat would refuse it."""
        if not body:
            return []
        flaw = first_flaw(_SHAPES[self.name], body)
        if flaw:
            self.others.problems.append(f"{self.name}: {flaw.sentence}")
        buttons = [Button(one["text"], str(one["onClick"])) for one in _card_buttons(body)]
        return [Sent(self.room(person), body["text"], buttons, None, body, time.time())]

    def proof(self, body: bytes) -> dict[str, str]:
        """Returns the token."""
        return {"Authorization": f"Bearer {self.issuer.token()}"}


def _card_buttons(body: dict[str, Any]) -> list[dict[str, Any]]:
    sections = [section for card in body.get("cardsV2", []) for section in card["card"]["sections"]]
    return [one for section in sections for widget in section["widgets"] for one in widget["buttonList"]["buttons"]]


class Callback(_Platform):
    """Our own: a program that writes to us and takes the answers at an address."""

    name = "callback"

    def environment(self) -> dict[str, str]:
        """Returns the settings that switch the channel on."""
        return {"CALLBACK_URL": f"{self.others.base}/callback", "CALLBACK_TOKEN": self.secret}

    def content(self, person: str, text: str, id: str, file: bool) -> dict[str, Any]:
        """Returns the body of a message."""
        return {"sender": self.room(person), "message": text, "message_id": id}

    def press(self, person: str, sent: Sent, title: str) -> Post:
        """Returns the press of a button: the program sends its payload."""
        return self.message(person, next(button.value for button in sent.buttons if button.title == title))

    def proof(self, body: bytes) -> dict[str, str]:
        """Returns the token."""
        return {"Authorization": f"Bearer {self.secret}"}

    def is_right(self, request: Request) -> bool:
        """Returns whether a request to it carries our token."""
        return request.headers.get("authorization") == f"Bearer {self.secret}"

    def room_in(self, request: Request) -> str | None:
        """Returns the room that a request is for."""
        return request.body.get("recipient_id")

    def buttons(self, body: dict[str, Any]) -> list[Button]:
        """Returns the buttons of a message."""
        return [Button(one["title"], one["payload"]) for one in body.get("buttons", [])]


class OthersStandIn(StandIn):
    """All six at one address.

    Attributes:
        platforms: the six by the names in their addresses.
    """

    def __init__(self) -> None:
        """Makes the secrets of all six."""
        super().__init__()
        kinds = (Mattermost, RocketChat, Webex, BotFramework, GoogleChat, Callback)
        self.platforms: dict[str, Any] = {kind.name: kind(self) for kind in kinds}

    def environment(self) -> dict[str, str]:
        """Returns the settings that switch all six on and point them here."""
        found = {"PUBLIC_URL": "https://assistant.example"}
        for platform in self.platforms.values():
            found |= platform.environment()
        return found

    def _platform_of(self, request: Request) -> Any:
        path = request.path
        starts = {
            "/api/v4/": "mattermost",
            "/api/v1/": "rocketchat",
            "/v1/": "webexteams",
            "/teams/v3/": "botframework",
            "/callback": "callback",
        }
        return next((self.platforms[name] for start, name in starts.items() if path.startswith(start)), None)

    def recipient_in(self, request: Request) -> str | None:
        """Returns the room that a request is for."""
        platform = self._platform_of(request)
        return platform.room_in(request) if platform and request.method == "POST" else None

    def failure(self, status: int, retry_after: int | None) -> Reply:
        """Returns a failure."""
        return Reply({}, status, {} if retry_after is None else {"Retry-After": str(retry_after)})

    def blocked(self, recipient: str) -> Reply:
        """Returns a refusal."""
        return Reply({}, 403)

    def authorise(self, request: Request) -> None:
        """Checks our token.

        Raises:
            Refused: it is missing or wrong.
        """
        platform = self._platform_of(request)
        if platform and not platform.is_right(request):
            raise Refused("the token is missing or wrong", Reply({}, 401))

    def answer(self, request: Request) -> Reply:
        """Returns what the platform answers.

        Raises:
            Refused: it would refuse the request.
        """
        platform, teams = self._platform_of(request), self.platforms["botframework"]
        if request.method == "GET":
            return self._found(request)
        if request.path == f"/{teams.tenant}/oauth2/v2.0/token":
            self._check("token", request)
            return Reply({"token_type": "Bearer", "expires_in": 3600, "access_token": teams.bot_token})
        if platform is None or request.method != "POST":
            raise Refused("no such method", Reply({}, 404))
        self._check(platform.name, request)
        text, id_ = platform.text(request.body), f"sent{self.next_number()}"
        if platform.name == "webexteams" and len(text.encode()) > _LONGEST_WEBEX:
            raise Refused("the message is too long", Reply({}, 400))
        if platform.name != "callback":
            self.check_visible(request, [text])
        room, buttons = str(platform.room_in(request)), platform.buttons(request.body)
        self.accept(Sent(room, text, buttons, None, request.body, time.time(), id_, request.call))
        return Reply({"id": id_, "success": True})

    def _check(self, name: str, request: Request) -> None:
        flaw = first_flaw(_SHAPES["webex" if name == "webexteams" else name], request.body)
        if flaw:
            raise Refused(flaw.sentence, Reply({}, 400))

    def _found(self, request: Request) -> Reply:
        webex, teams = self.platforms["webexteams"], self.platforms["botframework"]
        if request.path == "/api/v4/users/me":
            return Reply({"id": "user-bot", "is_bot": True})
        if request.path == f"/keys/{teams.name}":
            return Reply(teams.issuer.document(endorsements=["msteams", "webchat"]))
        if request.path == "/keys/hangouts":
            return Reply(self.platforms["hangouts"].issuer.document())
        message = webex.messages.get(request.call) if request.path.startswith("/v1/messages/") else None
        if message is None:
            raise Refused(None, Reply({}, 404))  # a message can be gone by the time that it is asked for
        return Reply(message)

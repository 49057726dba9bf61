"""Messenger's Send API (https://developers.facebook.com/docs/messenger-platform) and its webhook events."""

import hashlib
import hmac
import json
import re
import secrets
import time
from typing import Any

from tools.fake_platforms.server.base import Button, FakePlatform, Refused, Reply, Request, Sent
from tools.fake_platforms.server.schemas import Schema, SchemaViolation, decoded, first_violation, is_public
from tools.fake_platforms.server.webhook_request import WebhookRequest

PATH = "/webhooks/facebook/webhook"

_THUMB = 369239263222822
"""The sticker of Messenger's thumb, which is sent like a picture."""

_ADDRESS: Schema = {"type": "string", "minLength": 1}
_BUTTON: Schema = {
    "type": "object",
    "required": ["type", "title"],
    "properties": {
        "type": {"enum": ["postback", "web_url", "phone_number"]},
        "title": {"type": "string", "minLength": 1, "maxLength": 20},
        "payload": {"type": "string", "minLength": 1, "maxLength": 1000},
        "url": _ADDRESS,
    },
    "allOf": [
        {
            "if": {"properties": {"type": {"const": "web_url"}}},
            "then": {"required": ["url"]},
            "else": {"required": ["payload"]},
        }
    ],
}
_BUTTONS: Schema = {"type": "array", "minItems": 1, "maxItems": 3, "items": _BUTTON}
_TEMPLATES: dict[str, Schema] = {
    "button": {
        "type": "object",
        "required": ["text", "buttons"],
        "additionalProperties": False,
        "properties": {
            "template_type": {},
            "text": {"type": "string", "minLength": 1, "maxLength": 640},
            "buttons": _BUTTONS,
            "sharable": {"type": "boolean"},
        },
    },
    "generic": {
        "type": "object",
        "required": ["elements"],
        "properties": {
            "elements": {
                "type": "array",
                "minItems": 1,
                "maxItems": 10,
                "items": {
                    "type": "object",
                    "required": ["title"],
                    "properties": {
                        "title": {"type": "string", "minLength": 1, "maxLength": 80},
                        "subtitle": {"type": "string", "maxLength": 80},
                        "image_url": _ADDRESS,
                        "buttons": _BUTTONS,
                    },
                },
            }
        },
    },
}
_QUICK_REPLY: Schema = {
    "type": "object",
    "required": ["content_type"],
    "additionalProperties": False,
    "properties": {
        "content_type": {"const": "text"},
        "title": {"type": "string", "minLength": 1, "maxLength": 20},
        "payload": {"type": "string", "minLength": 1, "maxLength": 1000},
        "image_url": _ADDRESS,
    },
    "allOf": [{"required": ["title", "payload"]}],
}
_BODY: Schema = {
    "type": "object",
    "required": ["recipient"],
    "additionalProperties": False,
    "properties": {
        "recipient": {
            "type": "object",
            "required": ["id"],
            "properties": {"id": {"type": "string", "pattern": r"^\d+$"}},
        },
        "messaging_type": {"enum": ["RESPONSE", "UPDATE", "MESSAGE_TAG"]},
        "message": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "text": {"type": "string", "minLength": 1, "maxLength": 2000},
                "attachment": {
                    "type": "object",
                    "required": ["type", "payload"],
                    "properties": {
                        "type": {"enum": ["image", "audio", "video", "file", "template"]},
                        "payload": {"type": "object"},
                    },
                },
                "quick_replies": {"type": "array", "minItems": 1, "maxItems": 13, "items": _QUICK_REPLY},
                "metadata": {"type": "string", "maxLength": 1000},
            },
        },
        "sender_action": {"enum": ["typing_on", "typing_off", "mark_seen", "react", "unreact"]},
        "notification_type": {"enum": ["REGULAR", "SILENT_PUSH", "NO_PUSH"]},
        "tag": {"type": "string"},
        "payload": {"type": "object"},
        "reply_to": {"type": "object"},
        "persona_id": {"type": "string"},
        "access_token": {"type": "string"},
        "appsecret_proof": {"type": "string"},
    },
}


def _error(status: int, code: int, message: str, subcode: int | None = None, **more: object) -> Reply:
    error: dict[str, Any] = {"message": message, "type": "OAuthException", "code": code, **more}
    if subcode is not None:
        error["error_subcode"] = subcode
    return Reply({"error": {**error, "fbtrace_id": f"A{secrets.token_urlsafe(16)}"}}, status)


def _refusal(violation: str, code: int = 100, message: str = "") -> Refused:
    return Refused(f"{violation} ({code})", _error(400, code, message or f"(#{code}) {violation}"))


class FakeMessenger(FakePlatform):
    """Messenger: people are page-scoped ids, numbers written as texts.

    Attributes:
        token: of the page.
        app_secret: signs deliveries.
        verify_token: what the verification tells.
        page: the page's id.
    """

    def __init__(self) -> None:
        """Makes a page that nobody else has."""
        super().__init__()
        self.token = f"EAA{secrets.token_hex(30)}"
        self.app_secret = secrets.token_hex(16)
        self.verify_token = secrets.token_hex(8)
        self.page = "104567890123456"
        self.app = 1517776481860111

    def environment(self) -> dict[str, str]:
        """Returns the settings that switch the channel on in the assistant and point it here."""
        return {
            "MESSENGER_PAGE_TOKEN": self.token,
            "MESSENGER_APP_SECRET": self.app_secret,
            "MESSENGER_VERIFY_TOKEN": self.verify_token,
            "MESSENGER_API_BASE": self.base,
        }

    # The API

    def recipient_in(self, request: Request) -> str | None:
        """Returns the ``recipient.id`` of a request."""
        recipient = decoded(request.body.get("recipient"))
        return str(recipient["id"]) if isinstance(recipient, dict) and "id" in recipient else None

    def failure(self, status: int, retry_after: int | None) -> Reply:
        """Returns the Graph API's error.

        Too many requests are status 400 and code 613; how long to wait is not told in ``Retry-After`` but, in minutes,
        in ``X-Business-Use-Case-Usage``.
        """
        if status == 429:
            reply = _error(400, 613, "(#613) Calls to this api have exceeded the rate limit.")
            if retry_after is not None:
                usage = {"type": "messenger", "call_count": 100, "total_cputime": 12, "total_time": 15}
                usage["estimated_time_to_regain_access"] = -(-retry_after // 60)
                reply.headers["X-Business-Use-Case-Usage"] = json.dumps({self.page: [usage]})
            return reply
        if status == 401:
            return _error(401, 190, "Error validating access token: Session has expired.", 463)
        if status == 403:
            return _error(403, 200, "(#200) Permissions error")
        return _error(
            status, 2, "An unexpected error has occurred. Please retry your request later.", is_transient=True
        )

    def blocked(self, recipient: str) -> Reply:
        """Returns what Messenger says about a person who blocked the page."""
        return _error(400, 551, "(#551) This person isn't available right now.", 1545041)

    def authorise(self, request: Request) -> None:
        """Checks the token, in the query, the body or as bearer, and ``appsecret_proof`` where there is one.

        Raises:
            Refused: the token is missing or another, or the proof is wrong.
        """
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        given = {**request.body, **request.query}
        token = given.get("access_token") or (bearer if scheme == "Bearer" else "")
        if not token:
            message = "An active access token must be used to query information about the current user."
            raise _refusal("there is no access token", 2500, message)
        if token != self.token:
            raise _refusal("the access token is not the page's", 190, "Invalid OAuth access token.")
        proof = hmac.new(self.app_secret.encode(), self.token.encode(), hashlib.sha256).hexdigest()
        if given.get("appsecret_proof", proof) != proof:
            raise _refusal("appsecret_proof is wrong", 100, "Invalid appsecret_proof provided in the API argument")

    def answer(self, request: Request) -> Reply:
        """Returns the ids of the recipient and the message, or what ``GET /me`` tells of the page.

        Raises:
            Refused: the path is another, or a parameter breaks a rule or limit.
        """
        path = re.fullmatch(rf"/v\d+\.\d+/(?:me|{self.page})(/\w+)?", request.path)
        if path is None:
            message = f"Unknown path components: {request.path}"
            raise _refusal(f"no such path {request.path}; a version and me/messages are expected", 2500, message)
        if request.method == "GET" and not path[1]:
            return Reply({"name": "Fake", "id": self.page})
        if path[1] == "/messenger_profile":
            return Reply({"result": "success"})
        if path[1] == "/subscribed_apps":
            return Reply({"success": True})
        if path[1] != "/messages" or request.method != "POST":
            raise _refusal(f"unsupported {request.method} {request.path}", 100, "Unsupported delivery request.")
        return self._keep(request, {name: decoded(value) for name, value in request.body.items()})

    def _keep(self, request: Request, given: dict[str, Any]) -> Reply:
        violation = first_violation(_BODY, given)
        if violation:
            raise _refusal(violation.sentence)
        person = given["recipient"]["id"]
        if ("message" in given) == ("sender_action" in given):
            message = "(#100) Cannot send both message and state at the same time." if "message" in given else ""
            raise _refusal("not one of message and sender_action", 100, message)
        if "sender_action" in given:
            for name in ("messaging_type", "tag", "notification_type"):
                if name in given:
                    self.record_violation(request, f"sender_action with {name}: only the recipient goes with it")
            return Reply({"recipient_id": person})
        if "messaging_type" not in given:
            raise _refusal("messaging_type is missing", 100, "(#100) Param messaging_type is required")
        if given["messaging_type"] != "RESPONSE":
            self.record_violation(request, f"messaging_type {given['messaging_type']} for what is a response")
        text, buttons, picture = self._content(request, given["message"])
        message_id = self._mid()
        self.accept(Sent(person, text, buttons, picture, given, request.at, id=message_id, call=request.call))
        return Reply({"recipient_id": person, "message_id": message_id})

    def _content(self, request: Request, message: dict[str, Any]) -> tuple[str, list[Button], str | None]:
        if ("text" in message) == ("attachment" in message):
            raise _refusal("not one of message.text and message.attachment")
        text = message.get("text", "")
        if "text" in message and not text.strip():
            raise _refusal("message.text is empty")
        buttons = [Button(reply["title"], reply["payload"]) for reply in message.get("quick_replies", ())]
        titles = [button.title for button in buttons]
        if len(set(titles)) < len(titles):
            self.record_violation(request, "two quick replies have the same title")
        picture = None
        if "attachment" in message:
            text, below, picture = _attached(message["attachment"])
            buttons = below + buttons
        self.check_visible(request, [text, *(button.title for button in buttons)])
        return text, buttons, picture

    def _mid(self) -> str:
        return f"m_{secrets.token_urlsafe(48)}"

    # What it delivers

    def deliver(self, *events: dict[str, Any]) -> WebhookRequest:
        """Returns a signed delivery of any events; Messenger may put several into one.

        The signature is over the body as it is sent, with everything but ASCII, and slashes, escaped.
        """
        now = _milliseconds()
        entries = [{"id": self.page, "time": now, "messaging": [event]} for event in events]
        body = json.dumps({"object": "page", "entry": entries}, separators=(",", ":")).replace("/", "\\/").encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            "Accept": "*/*",
            "X-Hub-Signature": f"sha1={hmac.new(self.app_secret.encode(), body, hashlib.sha1).hexdigest()}",
            "X-Hub-Signature-256": f"sha256={hmac.new(self.app_secret.encode(), body, hashlib.sha256).hexdigest()}",
        }
        return WebhookRequest(PATH, headers, body, signature_headers=("X-Hub-Signature", "X-Hub-Signature-256"))

    def verification(self, token: str | None = None) -> WebhookRequest:
        """Returns what Messenger asks when the webhook is entered; the answer is to be its ``hub.challenge`` alone.

        Args:
            token: another one than was agreed; None for that one.
        """
        query = {"hub.mode": "subscribe", "hub.challenge": str(secrets.randbelow(2**31))}
        query["hub.verify_token"] = self.verify_token if token is None else token
        return WebhookRequest(
            PATH, {"User-Agent": "facebookplatform/1.0 (+http://developers.facebook.com)"}, b"", "GET", query
        )

    def text_event(self, person: str, text: str, id: str | None = None, **fields: object) -> dict[str, Any]:
        """Returns the event of a message, for ``deliver``; the arguments are those of ``message``."""
        return self._event(person, message={"mid": id or self._mid(), "text": text, **fields})

    def message(self, person: str, text: str, id: str | None = None, **fields: object) -> WebhookRequest:
        """Returns a text message.

        Args:
            person: who writes.
            text: as typed.
            id: the ``mid``; None for a new one.
            fields: more of the message, or others than usual.
        """
        return self.deliver(self.text_event(person, text, id, **fields))

    def press(self, person: str, sent: Sent, title: str, id: str | None = None) -> WebhookRequest:
        """Returns the press of a button or the choice of a quick reply.

        Args:
            person: who presses.
            sent: the message with the button.
            title: of the button.
            id: the ``mid``.

        Raises:
            ValueError: there is no such button, or none that comes back to the page.
        """
        message = sent.raw["message"]
        for reply in message.get("quick_replies", ()):
            if reply["title"] == title:
                return self.message(person, title, id, quick_reply={"payload": reply["payload"]})
        payload = message.get("attachment", {}).get("payload", {})
        parts = [payload, *payload.get("elements", ())]
        for button in (button for part in parts for button in part.get("buttons", ())):
            if button["title"] == title and button["type"] == "postback":
                return self.postback(person, title, button["payload"], id)
        raise ValueError(f"No button {title!r} that comes back; there are {sent.buttons}.")

    def postback(self, person: str, title: str, payload: str, id: str | None = None) -> WebhookRequest:
        """Returns the press of any button, such as the menu's or "Get started"."""
        postback = {"mid": id or self._mid(), "title": title, "payload": payload}
        return self.deliver(self._event(person, postback=postback))

    def voice(self, person: str, id: str | None = None) -> WebhookRequest:
        """Returns a voice message."""
        return self._attachment(person, "audio", {"url": "https://cdn.fbsbx.com/v/t59/audioclip.mp4?oh=1&oe=2"}, id)

    def photo(self, person: str, caption: str = "", id: str | None = None) -> WebhookRequest:
        """Returns a picture; Messenger sends a caption as a message of its own, in the same delivery."""
        picture = self._attached(person, "image", {"url": "https://scontent.xx.fbcdn.net/v/t1/p.jpg?oh=1&oe=2"}, id)
        return self.deliver(picture, *([self.text_event(person, caption)] if caption else []))

    def sticker(self, person: str, id: str | None = None) -> WebhookRequest:
        """Returns the thumb, which is a picture with a ``sticker_id``."""
        payload = {"url": "https://scontent.xx.fbcdn.net/v/t39/thumb.png?oh=1&oe=2", "sticker_id": _THUMB}
        return self._attachment(person, "image", payload, id)

    def location(self, person: str, id: str | None = None) -> WebhookRequest:
        """Returns a location, in the shape of those clients that still send it."""
        return self._attachment(person, "location", {"coordinates": {"lat": 51.500729, "long": -0.124625}}, id)

    def document(self, person: str, id: str | None = None) -> WebhookRequest:
        """Returns a file."""
        return self._attachment(person, "file", {"url": "https://cdn.fbsbx.com/v/t59/scan.pdf?oh=1&oe=2"}, id)

    def edit(self, person: str, text: str, id: str | None = None) -> WebhookRequest:
        """Returns that a person has changed a message of theirs to another text."""
        return self.deliver(self._event(person, message_edit={"mid": id or self._mid(), "text": text, "num_edit": 1}))

    def echo(self, person: str, text: str, id: str | None = None) -> WebhookRequest:
        """Returns the echo of the page's own message, sent by this app, to a person."""
        return self.deliver(self._echo(person, text, id, app_id=self.app))

    def from_bot(self, person: str, text: str, id: str | None = None) -> WebhookRequest:
        """Returns the echo of what another app, or somebody at the page's inbox, wrote to a person."""
        return self.deliver(self._echo(person, text, id, app_id=263902037430900))

    def join(self, person: str, id: str | None = None) -> WebhookRequest:
        """Returns that a person has pressed "Get started"."""
        return self.postback(person, "Get Started", "GET_STARTED", id)

    def delivered(self, sent: Sent) -> WebhookRequest:
        """Returns that a message has reached its person."""
        return self.deliver(self._event(sent.recipient, delivery={"mids": [sent.id], "watermark": _milliseconds()}))

    def read(self, person: str) -> WebhookRequest:
        """Returns that a person has read what there is."""
        return self.deliver(self._event(person, read={"watermark": _milliseconds()}))

    def reaction(self, person: str, sent: Sent) -> WebhookRequest:
        """Returns that a person has put a heart on a message."""
        reaction = {"reaction": "love", "emoji": "\u2764\ufe0f", "action": "react", "mid": sent.id}
        return self.deliver(self._event(person, reaction=reaction))

    def _event(self, person: str, **content: object) -> dict[str, Any]:
        return {"sender": {"id": person}, "recipient": {"id": self.page}, "timestamp": _milliseconds(), **content}

    def _echo(self, person: str, text: str, id: str | None, app_id: int) -> dict[str, Any]:
        message = {"mid": id or self._mid(), "is_echo": True, "text": text, "app_id": app_id}
        ends = {"sender": {"id": self.page}, "recipient": {"id": person}}
        return {**ends, "timestamp": _milliseconds(), "message": message}

    def _attached(self, person: str, kind: str, payload: dict[str, Any], id: str | None) -> dict[str, Any]:
        return self._event(
            person, message={"mid": id or self._mid(), "attachments": [{"type": kind, "payload": payload}]}
        )

    def _attachment(self, person: str, kind: str, payload: dict[str, Any], id: str | None) -> WebhookRequest:
        return self.deliver(self._attached(person, kind, payload, id))


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


def _attached(attachment: dict[str, Any]) -> tuple[str, list[Button], str | None]:
    payload = attachment["payload"]
    if attachment["type"] != "template":
        if "attachment_id" not in payload and not is_public(payload.get("url")):
            message = "(#100) Failed to fetch the file from the url"
            raise _refusal("the attachment's url is no public address", 100, message)
        return "", [], payload.get("url") if attachment["type"] == "image" else None
    kind = payload.get("template_type")
    if kind not in _TEMPLATES:
        raise _refusal(f"template_type {kind!r} is none that the fake platform knows")
    violation: SchemaViolation | None = first_violation(_TEMPLATES[kind], payload, "the template")
    if violation:
        raise _refusal(f"{kind} template: {violation.sentence}")
    parts = [payload, *payload.get("elements", ())]
    buttons = [
        Button(button["title"], button.get("payload", button.get("url", "")))
        for part in parts
        for button in part.get("buttons", ())
    ]
    texts = [part[name] for part in parts for name in ("text", "title", "subtitle") if part.get(name)]
    pictures = [part["image_url"] for part in parts if "image_url" in part]
    return "\n".join(texts), buttons, pictures[0] if pictures else None

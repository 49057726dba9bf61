"""Webex: webhooks that name a message, and the API by which it is fetched and answered."""

import hashlib
import hmac
from typing import Any

from tools.fake_platforms.server.base import FakePlatform, Refused, Reply, Request
from tools.fake_platforms.server.schemas import NOT_EMPTY, object_schema
from tools.fake_platforms.server.small_platform import SmallPlatform

_LONGEST_TEXT = 7439
"""Bytes of a message's text (https://developer.webex.com/docs/api/v1/messages/create-a-message)."""

_MESSAGE = object_schema("roomId markdown", roomId=NOT_EMPTY, markdown=NOT_EMPTY)


class FakeWebex(SmallPlatform):
    """https://developer.webex.com/docs/api/guides/webhooks; the words are not in the webhook but fetched."""

    name = "webexteams"
    paths = ("/v1/",)
    schema = _MESSAGE

    def __init__(self, server: FakePlatform) -> None:
        """Begins with no messages."""
        super().__init__(server)
        self.messages: dict[str, dict[str, Any]] = {}

    def environment(self) -> dict[str, str]:
        """Returns the settings that switch the channel on."""
        return {
            "WEBEX_BOT_TOKEN": self.bot_token,
            "WEBEX_WEBHOOK_SECRET": self.secret,
            "WEBEX_API_BASE": self.server.base,
        }

    def content(self, person: str, text: str, id: str, file: bool) -> dict[str, Any]:
        """Returns what it delivers of a message, and keeps the message for who asks for it."""
        common = {
            "id": id, "roomId": self.room(person), "roomType": "direct", "personId": f"person-{person}",
            "personEmail": f"{person}@clinic.example", "created": "2026-01-01T00:00:00.000Z",
        }  # fmt: skip
        files = {"files": [f"{self.server.base}/v1/contents/1"]} if file else {}
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

    def check(self, request: Request) -> None:
        """Checks what the connector sends.

        Raises:
            Refused: it breaks the schema or is too long.
        """
        super().check(request)
        if len(self.text(request.body).encode()) > _LONGEST_TEXT:
            raise Refused("the message is too long", Reply({}, 400))

    def other_reply(self, request: Request) -> Reply | None:
        """Returns a message that was asked for.

        Raises:
            Refused: there is no such message (any more).
        """
        if request.method != "GET" or not request.path.startswith("/v1/messages/"):
            return None
        message = self.messages.get(request.call)
        if message is None:
            raise Refused(None, Reply({}, 404))  # a message can be gone by the time that it is asked for
        return Reply(message)

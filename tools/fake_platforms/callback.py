"""A program of one's own that writes to the callback channel and takes the answers at an address."""

from typing import Any

from tools.fake_platforms.server.base import Button, Request, Sent
from tools.fake_platforms.server.small_platform import SmallPlatform
from tools.fake_platforms.server.webhook_request import WebhookRequest


class FakeCallback(SmallPlatform):
    """Our own: a program that writes to us and takes the answers at an address."""

    name = "callback"
    paths = ("/callback",)
    schema = {"type": "object", "required": ["recipient_id", "text"]}
    shows_payloads = True

    def environment(self) -> dict[str, str]:
        """Returns the settings that switch the channel on."""
        return {"CALLBACK_URL": f"{self.server.base}/callback", "CALLBACK_TOKEN": self.secret}

    def content(self, person: str, text: str, id: str, file: bool) -> dict[str, Any]:
        """Returns the body of a message."""
        return {"sender": self.room(person), "message": text, "message_id": id}

    def press(self, person: str, sent: Sent, title: str) -> WebhookRequest:
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

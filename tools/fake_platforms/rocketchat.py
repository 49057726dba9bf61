"""Rocket.Chat's outgoing webhooks and messages."""

from typing import Any

from tools.fake_platforms.server.base import Request
from tools.fake_platforms.server.schemas import NOT_EMPTY, object_schema
from tools.fake_platforms.server.small_platform import SmallPlatform

_MESSAGE = object_schema("roomId text", roomId=NOT_EMPTY, text={**NOT_EMPTY, "maxLength": 5000}, tmid=NOT_EMPTY)


class FakeRocketChat(SmallPlatform):
    """https://docs.rocket.chat/docs/integrations and https://developer.rocket.chat/apidocs/delivery-message."""

    name = "rocketchat"
    is_proved_by_body = True
    paths = ("/api/v1/",)
    schema = _MESSAGE
    user = "bot-user"

    def environment(self) -> dict[str, str]:
        """Returns the settings that switch the channel on."""
        return {
            "ROCKETCHAT_URL": self.server.base,
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
            "user_name": person, "text": text, "siteUrl": self.server.base, **more,
        }  # fmt: skip

    def is_right(self, request: Request) -> bool:
        """Returns whether a request to it carries our token."""
        headers = request.headers
        return headers.get("x-user-id") == self.user and headers.get("x-auth-token") == self.bot_token

    def room_in(self, request: Request) -> str | None:
        """Returns the room that a request is for."""
        return request.body.get("roomId")

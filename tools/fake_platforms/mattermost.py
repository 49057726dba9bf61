"""Mattermost's outgoing webhooks, posts and interactive messages."""

import secrets
import time
from typing import Any

from tools.fake_platforms.server.base import Button, Reply, Request, Sent
from tools.fake_platforms.server.schemas import NOT_EMPTY, object_schema
from tools.fake_platforms.server.small_platform import SmallPlatform
from tools.fake_platforms.server.webhook_request import WebhookRequest

_ACTION = object_schema(
    "id name type integration",
    id={"type": "string", "pattern": "^[A-Za-z0-9]+$"},
    name=NOT_EMPTY,
    type="button",
    integration=object_schema("url context", url=NOT_EMPTY, context={"type": "object"}),
)
_MESSAGE = object_schema(
    "channel_id message",
    channel_id=NOT_EMPTY,
    message={**NOT_EMPTY, "maxLength": 16383},
    props=object_schema("attachments", attachments={"items": object_schema("actions", actions={"items": _ACTION})}),
)


class FakeMattermost(SmallPlatform):
    """https://developers.mattermost.com/integrate/webhooks/outgoing and .../plugins/interactive-messages."""

    name = "mattermost"
    is_proved_by_body = True
    paths = ("/api/v4/",)
    schema = _MESSAGE

    def environment(self) -> dict[str, str]:
        """Returns the settings that switch the channel on."""
        return {
            "MATTERMOST_URL": self.server.base,
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

    def press(self, person: str, sent: Sent, title: str) -> WebhookRequest:
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

    def other_reply(self, request: Request) -> Reply | None:
        """Returns who the bot is."""
        is_asked = (request.method, request.path) == ("GET", "/api/v4/users/me")
        return Reply({"id": "user-bot", "is_bot": True}) if is_asked else None

"""Google Chat: events, and the replies that answer them."""

import time
from typing import Any

from tools.fake_platforms.server.base import Button, FakePlatform, Reply, Request, Sent
from tools.fake_platforms.server.schemas import NOT_EMPTY, first_violation, object_schema
from tools.fake_platforms.server.small_platform import SmallPlatform
from tools.fake_platforms.server.token_issuer import TokenIssuer
from tools.fake_platforms.server.webhook_request import WebhookRequest

_BUTTONS = object_schema(
    "buttons", buttons={"items": object_schema("text onClick", text=NOT_EMPTY, onClick={"type": "object"})}
)
_SECTION = object_schema("widgets", widgets={"items": object_schema("buttonList", buttonList=_BUTTONS)})
_CARD = object_schema("cardId card", cardId=NOT_EMPTY, card=object_schema("sections", sections={"items": _SECTION}))
_MESSAGE = object_schema("text", text={**NOT_EMPTY, "maxLength": 32_000}, cardsV2={"maxItems": 1, "items": _CARD})


class FakeGoogleChat(SmallPlatform):
    """https://developers.google.com/workspace/chat/receive-respond-interactions; what is answered is the reply."""

    name = "hangouts"
    schema = _MESSAGE
    project = "1234567890"

    def __init__(self, server: FakePlatform) -> None:
        """Makes Google's keys."""
        super().__init__(server)
        self.issuer = TokenIssuer("chat@system.gserviceaccount.com", self.project)

    def environment(self) -> dict[str, str]:
        """Returns the settings that switch the channel on."""
        return {
            "GOOGLE_CHAT_PROJECT_NUMBER": self.project,
            "GOOGLE_CHAT_CERTIFICATES_URL": f"{self.server.base}/keys/{self.name}",
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

    def press(self, person: str, sent: Sent, title: str) -> WebhookRequest:
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
        """Returns what a reply puts into the space, and keeps a violation where Google Chat would refuse it."""
        if not body:
            return []
        violation = first_violation(self.schema, body)
        if violation:
            self.server.violations.append(f"{self.name}: {violation.sentence}")
        buttons = [Button(one["text"], str(one["onClick"])) for one in _card_buttons(body)]
        return [Sent(self.room(person), body["text"], buttons, None, body, time.time())]

    def proof(self, body: bytes) -> dict[str, str]:
        """Returns the token."""
        return {"Authorization": f"Bearer {self.issuer.token()}"}

    def other_reply(self, request: Request) -> Reply | None:
        """Returns Google's keys."""
        is_asked = (request.method, request.path) == ("GET", f"/keys/{self.name}")
        return Reply(self.issuer.document()) if is_asked else None


def _card_buttons(body: dict[str, Any]) -> list[dict[str, Any]]:
    sections = [section for card in body.get("cardsV2", []) for section in card["card"]["sections"]]
    return [one for section in sections for widget in section["widgets"] for one in widget["buttonList"]["buttons"]]

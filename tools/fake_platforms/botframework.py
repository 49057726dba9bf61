"""Microsoft's Bot Framework, as Teams uses it."""

import secrets
from typing import Any

from tools.fake_platforms.server.base import Button, FakePlatform, Refused, Reply, Request, Sent
from tools.fake_platforms.server.schemas import NOT_EMPTY, first_violation, object_schema
from tools.fake_platforms.server.small_platform import SmallPlatform
from tools.fake_platforms.server.token_issuer import TokenIssuer
from tools.fake_platforms.server.webhook_request import WebhookRequest

_BUTTON = object_schema(
    "type title value", type="messageBack", title=NOT_EMPTY, displayText=NOT_EMPTY, value={"type": "object"}
)
_HERO_CARD = object_schema(
    "contentType content",
    contentType="application/vnd.microsoft.card.hero",
    content=object_schema("buttons", buttons={"maxItems": 6, "items": _BUTTON}),
)
_ACCOUNT = object_schema("id", id=NOT_EMPTY, name=NOT_EMPTY)
_ACTIVITY = object_schema(
    "type from recipient text",
    **{"from": _ACCOUNT},
    type="message",
    recipient=_ACCOUNT,
    conversation=object_schema("id", id=NOT_EMPTY),
    replyToId=NOT_EMPTY,
    text=NOT_EMPTY,
    textFormat="markdown",
    attachments={"items": _HERO_CARD},
)
_LOGIN = object_schema(
    "grant_type client_id client_secret scope",
    grant_type="client_credentials",
    client_id=NOT_EMPTY,
    client_secret=NOT_EMPTY,
    scope="https://api.botframework.com/.default",
)


class FakeBotFramework(SmallPlatform):
    """https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference."""

    name = "botframework"
    paths = ("/teams/v3/",)
    schema = _ACTIVITY
    app = "11111111-2222-3333-4444-555555555555"
    tenant = "clinic-tenant"

    def __init__(self, server: FakePlatform) -> None:
        """Makes the Connector's keys."""
        super().__init__(server)
        self.issuer = TokenIssuer("https://api.botframework.com", self.app)

    def environment(self) -> dict[str, str]:
        """Returns the settings that switch the channel on."""
        self.issuer.claims["serviceurl"] = f"{self.server.base}/teams/"
        return {
            "BOTFRAMEWORK_APP_ID": self.app,
            "BOTFRAMEWORK_APP_PASSWORD": self.secret,
            "BOTFRAMEWORK_TENANT_ID": self.tenant,
            "BOTFRAMEWORK_KEYS_URL": f"{self.server.base}/keys/{self.name}",
            "BOTFRAMEWORK_LOGIN_BASE": self.server.base,
        }

    def content(self, person: str, text: str, id: str, file: bool) -> dict[str, Any]:
        """Returns the activity of a message; Teams repeats the words in HTML."""
        attachments = [{"contentType": "text/html", "content": f"<div>{text}</div>"}]
        if file:
            attachments.append({"contentType": "application/vnd.microsoft.teams.file.download.info", "name": "a.pdf"})
        return {
            "type": "message", "id": id, "channelId": "msteams", "serviceUrl": f"{self.server.base}/teams/",
            "from": {"id": f"29:{person}", "name": person, "aadObjectId": "1"},
            "conversation": {"id": self.room(person), "conversationType": "personal"},
            "recipient": {"id": f"28:{self.app}", "name": "Knee"},
            "text": f"<at>Knee</at> {text}\n", "textFormat": "plain", "attachments": attachments,
        }  # fmt: skip

    def press(self, person: str, sent: Sent, title: str) -> WebhookRequest:
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

    def other_reply(self, request: Request) -> Reply | None:
        """Returns the Connector's keys, or a token for the login.

        Raises:
            Refused: the login breaks its schema.
        """
        if (request.method, request.path) == ("GET", f"/keys/{self.name}"):
            return Reply(self.issuer.document(endorsements=["msteams", "webchat"]))
        if request.method == "GET" or request.path != f"/{self.tenant}/oauth2/v2.0/token":
            return None
        violation = first_violation(_LOGIN, request.body)
        if violation:
            raise Refused(violation.sentence, Reply({}, 400))
        return Reply({"token_type": "Bearer", "expires_in": 3600, "access_token": self.bot_token})

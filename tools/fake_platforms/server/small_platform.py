"""What the smaller platforms share: each is only as wide as its connector.

Rooms are named after platform and person, so that what is sent can be told apart.
"""

import json
import secrets
from typing import Any

from tools.fake_platforms.server.base import Button, FakePlatform, Refused, Reply, Request
from tools.fake_platforms.server.schemas import Schema, first_violation
from tools.fake_platforms.server.webhook_request import WebhookRequest


class SmallPlatform:
    """One platform: how it delivers, and what it takes.

    Attributes:
        name: in the address of its webhook.
        paths: beginnings of the paths of its API; requests there need our token.
        schema: of what the connector sends.
        is_proved_by_body: whether a field of the body, not a header, proves where a delivery comes from.
        shows_payloads: whether a program, not a person, reads what is sent.
        secret: what proves its deliveries.
        bot_token: what the connector shows to its API.
        server: at which it listens.
    """

    name = ""
    paths: tuple[str, ...] = ()
    schema: Schema = {}
    is_proved_by_body = False
    shows_payloads = False

    def __init__(self, server: FakePlatform) -> None:
        """Makes the secrets.

        Args:
            server: at which it listens.
        """
        self.server = server
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

    def message(self, person: str, text: str, id: str = "", file: bool = False, **more: Any) -> WebhookRequest:
        """Returns the delivery of a message.

        Args:
            person: who writes.
            text: the words.
            id: the message's, where it is to be the same as another's.
            file: whether one is sent with it.
            more: fields of the body instead of the usual ones.
        """
        return self.signed({**self.content(person, text, id or secrets.token_hex(8), file), **more})

    def signed(self, content: object) -> WebhookRequest:
        """Returns the delivery of any body, rightly signed; bytes are sent as they are."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        headers = {"Content-Type": "application/json", **self.proof(body)}
        return WebhookRequest(
            f"/webhooks/{self.name}/webhook", headers, body, signature_headers=tuple(self.proof(body))
        )

    def proof(self, body: bytes) -> dict[str, str]:
        """Returns the headers that prove where a body comes from."""
        return {}

    def is_right(self, request: Request) -> bool:
        """Returns whether a request to it carries our token."""
        return request.headers.get("authorization") == f"Bearer {self.bot_token}"

    def check(self, request: Request) -> None:
        """Checks what the connector sends.

        Raises:
            Refused: it breaks the schema.
        """
        violation = first_violation(self.schema, request.body)
        if violation:
            raise Refused(violation.sentence, Reply({}, 400))

    def other_reply(self, request: Request) -> Reply | None:
        """Returns the answer to a request that sends no message, such as for keys; None where it is not for this one.

        Raises:
            Refused: the platform would refuse it.
        """
        return None

    def room_in(self, request: Request) -> str | None:
        """Returns the room that a request is for."""
        raise NotImplementedError

    def text(self, body: dict[str, Any]) -> str:
        """Returns what is read of a message."""
        return str(body.get("text") or "")

    def buttons(self, body: dict[str, Any]) -> list[Button]:
        """Returns the buttons of a message."""
        return []

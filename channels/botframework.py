"""Microsoft Bot Framework (Teams and others): its JSON web tokens checked, answers with a token of our own."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import jwt
from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

from channels import layout, settings
from channels.delivery import Delivery
from channels.platform import Platform, Turn, UnreadableError, read_object
from channels.sending import Api, Call, Reply

ISSUER = "https://api.botframework.com"
LONGEST_TEXT = 8_000
_KEYS = "https://login.botframework.com/v1/.well-known/keys"
_LOGIN = "https://login.microsoftonline.com"
_SCOPE = "https://api.botframework.com/.default"
_LEEWAY = 300
_BEFORE_ITS_END = 300.0
_MENTION = re.compile(r"<at[^>]*>.*?</at>", re.DOTALL)
_MEDIA = (("audio/", "voice"), ("image/", "picture"), ("video/", "video"))


class _ConnectorApi(Api):
    """Puts a fresh token into every request."""

    login_api: Api
    form: Mapping[str, str]
    _ends: float = 0.0

    async def ask(self, call: Call) -> Reply:
        """Sends a request once, with a token that is still good.

        Raises:
            aiohttp.ClientError: the platform is out of reach.
            asyncio.TimeoutError: it does not answer in time.
        """
        if time.monotonic() > self._ends:
            reply = await self.login_api.ask(Call("/botframework.com/oauth2/v2.0/token", form=self.form))
            token = reply.content.get("access_token")
            if not token:
                return reply
            settings.hide(str(token))
            self.headers = {"Authorization": f"Bearer {token}"}
            self._ends = time.monotonic() + max(0.0, float(reply.content.get("expires_in", 0)) - _BEFORE_ITS_END)
        return await super().ask(call)

    async def close(self) -> None:
        """Closes the connections."""
        await self.login_api.close()
        await super().close()


class BotFramework(Platform):
    """The bot of ``BOTFRAMEWORK_APP_ID``."""

    title = "Microsoft Bot Framework"
    secrets = ("BOTFRAMEWORK_APP_ID", "BOTFRAMEWORK_APP_PASSWORD")

    @classmethod
    def name(cls) -> str:
        """Returns the name in Rasa's address, ``/webhooks/botframework/webhook``."""
        return "botframework"

    def make_api(self) -> Api:
        """Returns how the Connector is reached; its address comes with each message."""
        self._keys = jwt.PyJWKClient(settings.address("BOTFRAMEWORK_KEYS_URL", _KEYS), cache_keys=True)
        api = _ConnectorApi(self.title, "")
        api.login_api = Api(self.title, settings.address("BOTFRAMEWORK_LOGIN_BASE", _LOGIN))
        api.form = {
            "grant_type": "client_credentials",
            "client_id": self.settings["BOTFRAMEWORK_APP_ID"],
            "client_secret": self.settings["BOTFRAMEWORK_APP_PASSWORD"],
            "scope": _SCOPE,
        }
        return api

    async def check(self, request: Request) -> str | None:
        """Checks the token; the keys for it are fetched in a thread."""
        return await asyncio.get_running_loop().run_in_executor(None, self.verify, request)

    def verify(self, request: Request) -> str | None:
        """Checks who issued the token, that it is for us, and that it is for the address that answers go to."""
        scheme, _, token = (request.headers.get("authorization") or "").partition(" ")
        problem = "The token of the header Authorization is missing or wrong."
        if scheme.lower() != "bearer" or not token:
            return problem
        try:
            key = self._keys.get_signing_key_from_jwt(token).key
            claims = jwt.decode(
                token,
                key,
                algorithms=["RS256"],
                audience=self.settings["BOTFRAMEWORK_APP_ID"],
                issuer=ISSUER,
                leeway=_LEEWAY,
                options={"require": ["exp", "aud", "iss"]},
            )
            service = read_object(request.body).get("serviceUrl")
        except (jwt.PyJWTError, ValueError, OSError):
            return problem
        claimed = claims.get("serviceurl") or claims.get("serviceUrl")
        return None if claimed and str(claimed).rstrip("/") == str(service).rstrip("/") else problem

    def acknowledgement(self) -> HTTPResponse:
        """Returns what the Connector expects."""
        return response.json({})

    def read(self, request: Request) -> list[Delivery] | HTTPResponse:
        """Reads an activity; all but messages are ignored."""
        activity = read_object(request.body)
        if activity.get("type") != "message":
            return []
        sender, conversation = activity.get("from") or {}, activity.get("conversation") or {}
        service = str(activity.get("serviceUrl") or "")
        if not (sender.get("id") and conversation.get("id") and urlsplit(service).hostname):
            raise UnreadableError("The activity has no from, no conversation or no serviceUrl.")
        if sender.get("role") == "bot":
            return []
        pressed = activity.get("value")
        payload = pressed.get("payload") if isinstance(pressed, dict) else None
        words = payload or " ".join(_MENTION.sub(" ", str(activity.get("text") or "")).split())
        medium = None if payload else _medium(activity.get("attachments") or [])
        words = words or ("" if medium else "hello")
        address = {
            "service": service.rstrip("/"),
            "conversation": conversation["id"],
            "us": activity.get("recipient"),
            "them": sender,
            "reply_to": activity.get("id"),
        }
        channel, id_ = activity.get("channelId"), activity.get("id")
        person = self.person(channel, conversation["id"], sender["id"])
        return [Delivery(self.name(), f"{channel}/{conversation['id']}/{id_}", person, address, str(words), medium)]

    async def calls(self, answer: dict[str, Any], turn: Turn) -> list[Call]:
        """Returns the activities of an answer, the buttons on a card in the last."""
        address = turn.delivery.address
        path = f"{address['service']}/v3/conversations/{quote(str(address['conversation']), safe='')}/activities"
        common = {"type": "message", "from": address["us"], "recipient": address["them"], "textFormat": "markdown"}
        calls, pieces = [], layout.split(answer["text"], lambda piece: len(piece) <= LONGEST_TEXT)
        buttons = [
            {"type": "messageBack", "title": b["title"], "displayText": b["title"], "value": {"payload": b["payload"]}}
            for b in answer.get("buttons") or []
        ]
        card = {"contentType": "application/vnd.microsoft.card.hero", "content": {"buttons": buttons}}
        for place, piece in enumerate(pieces, 1):
            plain = {**common, "text": layout.markdown(piece)}
            rich = {**plain, "attachments": [card]} if buttons and place == len(pieces) else plain
            calls.append(Call(path, json=rich, instead=Call(path, json=plain) if rich is not plain else None))
        return calls


def _medium(attachments: list[Any]) -> str | None:
    kinds = [str(entry.get("contentType") or "") for entry in attachments if isinstance(entry, dict)]
    kinds = [kind for kind in kinds if not kind.startswith("text/html")]  # Teams repeats the text so
    if not kinds:
        return None
    return next((medium for start, medium in _MEDIA if kinds[0].startswith(start)), "file")

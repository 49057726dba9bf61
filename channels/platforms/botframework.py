"""Microsoft Bot Framework (Teams and others): its JSON web tokens checked, answers with a token of our own."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

import jwt
from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

from channels import settings
from channels.messaging import bearer, formatting
from channels.messaging.client import ApiClient, OutboundRequest, Response
from channels.messaging.incoming import IncomingMessage, attachment_type_of
from channels.messaging.output import ReplyContext
from channels.messaging.platform import Platform
from channels.messaging.webhook import UnreadableError, as_dict, read_object

ISSUER = "https://api.botframework.com"
LONGEST_TEXT = 8_000
_KEYS = "https://login.botframework.com/v1/.well-known/keys"
_LOGIN = "https://login.microsoftonline.com"
_TENANT = "botframework.com"
_SCOPE = "https://api.botframework.com/.default"
_BEFORE_ITS_END = 300.0
_MENTION = re.compile(r"<at[^>]*>.*?</at>", re.DOTALL)
_NO_ATTACHMENTS = ("text/html", "messageReference")
"""Teams repeats formatted words as the first; the second is the message that is replied to."""


class _Keys(jwt.PyJWKClient):
    """The Connector's keys, and by their ids the channels that each may sign for."""

    endorsements: Mapping[str, Any] = {}

    def fetch_data(self) -> Any:
        """Fetches the document of keys."""
        document = super().fetch_data()
        self.endorsements = {key.get("kid"): key.get("endorsements") for key in document["keys"]}
        return document


class _ConnectorClient(ApiClient):
    """Puts a fresh token into every request."""

    login_client: ApiClient
    tenant: str
    form: Mapping[str, str]
    _ends: float = 0.0

    async def request(self, request: OutboundRequest) -> Response:
        """Sends a request once, with a token that is still good.

        Raises:
            aiohttp.ClientError: the platform is out of reach.
            asyncio.TimeoutError: it does not answer in time.
        """
        if time.monotonic() > self._ends:
            reply = await self.login_client.request(
                OutboundRequest(f"/{self.tenant}/oauth2/v2.0/token", form=self.form)
            )
            token = reply.content.get("access_token")
            if not token:
                return reply if reply.status >= 400 else Response(502, {})
            settings.redact_in_logs(str(token))
            self.headers = {"Authorization": f"Bearer {token}"}
            self._ends = time.monotonic() + max(0.0, float(reply.content.get("expires_in", 0)) - _BEFORE_ITS_END)
        reply = await super().request(request)
        if reply.status == 401:
            self._ends = 0.0  # the next request tries another token
        return reply

    async def close(self) -> None:
        """Closes the connections."""
        await self.login_client.close()
        await super().close()


class BotFramework(Platform):
    """The bot of ``BOTFRAMEWORK_APP_ID``; one of a single tenant names it as ``BOTFRAMEWORK_TENANT_ID``."""

    title = "Bot Framework"
    route = "botframework"
    secrets = ("BOTFRAMEWORK_APP_ID", "BOTFRAMEWORK_APP_PASSWORD")

    def make_client(self) -> ApiClient:
        """Returns how the Connector is reached; its address comes with each message."""
        url = settings.read_url("BOTFRAMEWORK_KEYS_URL", _KEYS)
        self._keys = _Keys(url, lifespan=bearer.KEYS_LAST, timeout=bearer.LONGEST_FETCH)
        client = _ConnectorClient(self.title, "")
        client.login_client = ApiClient(self.title, settings.read_url("BOTFRAMEWORK_LOGIN_BASE", _LOGIN))
        client.tenant = quote(settings.read("BOTFRAMEWORK_TENANT_ID") or _TENANT, safe="")
        client.form = {
            "grant_type": "client_credentials",
            "client_id": self.settings["BOTFRAMEWORK_APP_ID"],
            "client_secret": self.settings["BOTFRAMEWORK_APP_PASSWORD"],
            "scope": _SCOPE,
        }
        return client

    async def verify_async(self, request: Request) -> str | None:
        """Checks the token; the keys for it are fetched in a thread."""
        return await asyncio.get_running_loop().run_in_executor(None, self.verify, request)

    def verify(self, request: Request) -> str | None:
        """Checks who issued the token, that it is for us, and that it is for the address that answers go to.

        The rules are Microsoft's:
        https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
        """
        problem = "The token of the header Authorization is missing or wrong."
        try:
            key, claims = bearer.claims(request, self._keys, self.settings["BOTFRAMEWORK_APP_ID"], ISSUER)
            activity = read_object(request.body)
        except (jwt.PyJWTError, ValueError, OSError):
            return problem
        endorsed, channel = self._keys.endorsements.get(str(key.key_id)), activity.get("channelId")
        if channel and isinstance(endorsed, list) and channel not in endorsed:
            return problem
        claimed = claims.get("serviceurl") or claims.get("serviceUrl")
        return None if claimed and str(claimed).rstrip("/") == str(activity.get("serviceUrl")).rstrip("/") else problem

    def acknowledgement(self) -> HTTPResponse:
        """Returns what the Connector expects."""
        return response.json({})

    def read(self, request: Request) -> list[IncomingMessage] | HTTPResponse:
        """Reads an activity; all but messages are ignored."""
        activity = read_object(request.body)
        if activity.get("type") != "message":
            return []
        sender, conversation = as_dict(activity.get("from")), as_dict(activity.get("conversation"))
        service, place = str(activity.get("serviceUrl") or ""), conversation.get("id")
        is_complete = all(isinstance(part, str) and part for part in (sender.get("id"), place))
        if not is_complete or not urlsplit(service).hostname:
            raise UnreadableError("The activity has no from, no conversation or no serviceUrl.")
        if sender.get("role") == "bot":
            return []
        payload = as_dict(activity.get("value")).get("payload")
        words = payload or " ".join(_MENTION.sub(" ", str(activity.get("text") or "")).split())
        attachment_type = None if payload else _attachment_type(activity.get("attachments"))
        words = words or ("" if attachment_type else "hello")
        channel, id_ = str(activity.get("channelId")), str(activity.get("id") or "")
        reply_target = {
            "service": service.rstrip("/"),
            "conversation": place,
            "us": _account(activity.get("recipient")),
            "them": _account(sender),
            "reply_to": id_,
        }
        conversation_id = self.conversation_id(channel, place, sender["id"])
        unique_id = f"{channel}/{place}/{id_ or uuid4().hex}"
        return [IncomingMessage(self.name(), unique_id, conversation_id, reply_target, str(words), attachment_type)]

    async def to_requests(self, answer: dict[str, Any], context: ReplyContext) -> list[OutboundRequest]:
        """Returns the activities of an answer, the buttons on a card in the last."""
        reply_target = context.incoming.reply_target
        path = (
            f"{reply_target['service']}/v3/conversations/{quote(str(reply_target['conversation']), safe='')}/activities"
        )
        common = {
            "type": "message",
            "from": reply_target["us"],
            "recipient": reply_target["them"],
            "conversation": {"id": reply_target["conversation"]},
            "textFormat": "markdown",
            **({"replyToId": reply_target["reply_to"]} if reply_target["reply_to"] else {}),
        }
        requests, pieces = [], formatting.chunk(answer["text"], lambda piece: len(piece) <= LONGEST_TEXT)
        buttons = [
            {"type": "messageBack", "title": b["title"], "displayText": b["title"], "value": {"payload": b["payload"]}}
            for b in answer.get("buttons") or []
        ]
        card = {"contentType": "application/vnd.microsoft.card.hero", "content": {"buttons": buttons}}
        for number, piece in enumerate(pieces, 1):
            plain = {**common, "text": formatting.to_markdown(piece)}
            rich = {**plain, "attachments": [card]} if buttons and number == len(pieces) else plain
            fallback = OutboundRequest(path, json=plain) if rich is not plain else None
            requests.append(OutboundRequest(path, json=rich, fallback=fallback))
        return requests


def _account(value: object) -> dict[str, str]:
    account = as_dict(value)
    return {key: str(account[key]) for key in ("id", "name") if account.get(key)}


def _attachment_type(attachments: object) -> str | None:
    entries = attachments if isinstance(attachments, list) else []
    kinds = [str(as_dict(entry).get("contentType") or "") for entry in entries]
    kinds = [kind for kind in kinds if not kind.startswith(_NO_ATTACHMENTS)]
    return attachment_type_of(kinds[0]) if kinds else None

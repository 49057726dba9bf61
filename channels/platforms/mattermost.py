"""Mattermost: outgoing webhooks by their token, answers as a bot, buttons that carry a token of ours."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

from channels import settings
from channels.messaging import formatting
from channels.messaging.client import ApiClient, OutboundRequest
from channels.messaging.incoming import IncomingMessage
from channels.messaging.output import ReplyContext
from channels.messaging.platform import Platform
from channels.messaging.webhook import UnreadableError, constant_time_equal, read_object

LONGEST_TEXT = 8_000


class Mattermost(Platform):
    """The bot of ``MATTERMOST_BOT_TOKEN`` at ``MATTERMOST_URL``; hears in public channels, where such webhooks work."""

    title = "Mattermost"
    route = "mattermost"
    secrets = ("MATTERMOST_URL", "MATTERMOST_BOT_TOKEN", "MATTERMOST_WEBHOOK_TOKEN")
    needed = ("PUBLIC_URL",)
    _own_id = ""

    def make_client(self) -> ApiClient:
        """Returns how the server is reached."""
        headers = {"Authorization": f"Bearer {self.settings['MATTERMOST_BOT_TOKEN']}"}
        return ApiClient(self.title, f"{settings.read_url('MATTERMOST_URL')}/api/v4", headers=headers)

    def verify(self, request: Request) -> str | None:
        """Checks the token of the outgoing webhook, or our own on a button."""
        try:
            content = _content(request)
        except UnreadableError as error:
            return str(error)
        context = content.get("context")
        if isinstance(context, dict):
            is_ours = constant_time_equal(str(context.get("token") or ""), self._button_token())
        else:
            is_ours = constant_time_equal(str(content.get("token") or ""), self.settings["MATTERMOST_WEBHOOK_TOKEN"])
        return None if is_ours else "The token is missing or wrong."

    async def verify_async(self, request: Request) -> str | None:
        """Checks a request; before the first, asks who we are, for our own posts set the webhook off like anybody's."""
        problem = self.verify(request)
        if problem is None and not self._own_id:
            with contextlib.suppress(aiohttp.ClientError, asyncio.TimeoutError, OSError):
                reply = await self.client.request(OutboundRequest("/users/me", method="GET", best_effort=True))
                self._own_id = str(reply.content.get("id") or "")
        return problem

    def _button_token(self) -> str:
        return self.conversation_id("button")

    def acknowledgement(self) -> HTTPResponse:
        """Returns an empty object, which leaves everything as it is."""
        return response.json({})

    def read(self, request: Request) -> list[IncomingMessage] | HTTPResponse:
        """Reads a message with a trigger word, or a pressed button; what we posted ourselves is none."""
        content = _content(request)
        user, channel, context = content.get("user_id"), content.get("channel_id"), content.get("context")
        if not all(isinstance(part, str) and part for part in (user, channel, content.get("post_id"))):
            raise UnreadableError("The body has no user_id, no channel_id or no post_id.")
        if user == self._own_id:
            return []
        common: dict[str, Any] = {
            "channel": self.name(),
            "conversation_id": self.conversation_id(channel, user),
            "reply_target": {"channel": channel},
        }
        if isinstance(context, dict):  # the body is JSON, and our token is in it
            id_ = content.get("trigger_id") or f"{content['post_id']}/{context.get('action')}"
            return [IncomingMessage(id=f"press/{id_}", text=str(context.get("action") or ""), **common)]
        words = str(content.get("text") or "").strip()
        trigger = str(content.get("trigger_word") or "")
        words = words[len(trigger) :] if trigger and words.startswith(trigger) else words
        attachment_type = "file" if content.get("file_ids") else None
        words = words.strip(" ,:") or ("" if attachment_type else "hello")
        return [IncomingMessage(id=content["post_id"], text=words, attachment_type=attachment_type, **common)]

    async def to_requests(self, answer: dict[str, Any], context: ReplyContext) -> list[OutboundRequest]:
        """Returns the posts of an answer, the buttons under the last."""
        channel = context.incoming.reply_target["channel"]
        posts = [
            {"channel_id": channel, "message": formatting.to_markdown(piece)}
            for piece in formatting.chunk(answer["text"], lambda piece: len(piece) <= LONGEST_TEXT)
        ]
        actions = [
            {
                "id": f"answer{number}",
                "name": button["title"],
                "type": "button",
                "integration": {
                    "url": f"{self.public_url}/webhooks/mattermost/webhook",
                    "context": {"action": button["payload"], "token": self._button_token()},
                },
            }
            for number, button in enumerate(answer.get("buttons") or [], 1)
        ]
        requests = [OutboundRequest("/posts", json=post) for post in posts]
        if actions and posts:
            requests[-1] = OutboundRequest(
                "/posts", json={**posts[-1], "props": {"attachments": [{"actions": actions}]}}, fallback=requests[-1]
            )
        return requests


def _content(request: Request) -> dict[str, Any]:
    if request.content_type.startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(request.body.decode("utf-8", "replace")))
    return read_object(request.body)

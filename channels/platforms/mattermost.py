"""Mattermost: outgoing webhooks by their token, answers as a bot, buttons that carry a mark of ours."""

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
from channels.messaging.client import Api, Call
from channels.messaging.delivery import Delivery
from channels.messaging.output import Turn
from channels.messaging.platform import Platform
from channels.messaging.webhook import UnreadableError, read_object, same

LONGEST_TEXT = 8_000


class Mattermost(Platform):
    """The bot of ``MATTERMOST_BOT_TOKEN`` at ``MATTERMOST_URL``; hears in public channels, where such webhooks work."""

    title = "Mattermost"
    secrets = ("MATTERMOST_URL", "MATTERMOST_BOT_TOKEN", "MATTERMOST_WEBHOOK_TOKEN")
    needed = ("PUBLIC_URL",)
    _own_id = ""

    @classmethod
    def name(cls) -> str:
        """Returns the name in Rasa's address, ``/webhooks/mattermost/webhook``."""
        return "mattermost"

    def make_api(self) -> Api:
        """Returns how the server is reached."""
        headers = {"Authorization": f"Bearer {self.settings['MATTERMOST_BOT_TOKEN']}"}
        return Api(self.title, f"{settings.address('MATTERMOST_URL')}/api/v4", headers=headers)

    def verify(self, request: Request) -> str | None:
        """Checks the token of the outgoing webhook, or our own mark on a button."""
        try:
            content = _content(request)
        except UnreadableError as error:
            return str(error)
        context = content.get("context")
        if isinstance(context, dict):
            is_ours = same(str(context.get("token") or ""), self._mark())
        else:
            is_ours = same(str(content.get("token") or ""), self.settings["MATTERMOST_WEBHOOK_TOKEN"])
        return None if is_ours else "The token is missing or wrong."

    async def check(self, request: Request) -> str | None:
        """Checks a request; before the first, asks who we are, for our own posts set the webhook off like anybody's."""
        problem = self.verify(request)
        if problem is None and not self._own_id:
            with contextlib.suppress(aiohttp.ClientError, asyncio.TimeoutError, OSError):
                reply = await self.api.ask(Call("/users/me", method="GET", is_extra=True))
                self._own_id = str(reply.content.get("id") or "")
        return problem

    def _mark(self) -> str:
        return self.person("button")

    def acknowledgement(self) -> HTTPResponse:
        """Returns an empty object, which leaves everything as it is."""
        return response.json({})

    def read(self, request: Request) -> list[Delivery] | HTTPResponse:
        """Reads a message with a trigger word, or a pressed button; what we posted ourselves is none."""
        content = _content(request)
        user, channel, context = content.get("user_id"), content.get("channel_id"), content.get("context")
        if not all(isinstance(part, str) and part for part in (user, channel, content.get("post_id"))):
            raise UnreadableError("The body has no user_id, no channel_id or no post_id.")
        if user == self._own_id:
            return []
        common: dict[str, Any] = {
            "channel": self.name(),
            "person": self.person(channel, user),
            "address": {"channel": channel},
        }
        if isinstance(context, dict):  # the body is JSON, and our mark is in it
            id_ = content.get("trigger_id") or f"{content['post_id']}/{context.get('action')}"
            return [Delivery(id=f"press/{id_}", text=str(context.get("action") or ""), **common)]
        words = str(content.get("text") or "").strip()
        trigger = str(content.get("trigger_word") or "")
        words = words[len(trigger) :] if trigger and words.startswith(trigger) else words
        medium = "file" if content.get("file_ids") else None
        words = words.strip(" ,:") or ("" if medium else "hello")
        return [Delivery(id=content["post_id"], text=words, medium=medium, **common)]

    async def calls(self, answer: dict[str, Any], turn: Turn) -> list[Call]:
        """Returns the posts of an answer, the buttons under the last."""
        channel = turn.delivery.address["channel"]
        posts = [
            {"channel_id": channel, "message": formatting.markdown(piece)}
            for piece in formatting.split(answer["text"], lambda piece: len(piece) <= LONGEST_TEXT)
        ]
        actions = [
            {
                "id": f"answer{number}",
                "name": button["title"],
                "type": "button",
                "integration": {
                    "url": f"{self.public_url}/webhooks/mattermost/webhook",
                    "context": {"action": button["payload"], "token": self._mark()},
                },
            }
            for number, button in enumerate(answer.get("buttons") or [], 1)
        ]
        calls = [Call("/posts", json=post) for post in posts]
        if actions and posts:
            calls[-1] = Call(
                "/posts", json={**posts[-1], "props": {"attachments": [{"actions": actions}]}}, instead=calls[-1]
            )
        return calls


def _content(request: Request) -> dict[str, Any]:
    if request.content_type.startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(request.body.decode("utf-8", "replace")))
    return read_object(request.body)

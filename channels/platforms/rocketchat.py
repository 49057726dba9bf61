"""Rocket.Chat: outgoing webhooks by their token, answers as a user, options as a numbered list."""

from __future__ import annotations

from typing import Any

from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

from channels import settings
from channels.messaging import formatting
from channels.messaging.client import ApiClient, OutboundRequest
from channels.messaging.incoming import IncomingMessage
from channels.messaging.numbered_menu import NumberedPlatform
from channels.messaging.output import ReplyContext
from channels.messaging.webhook import UnreadableError, constant_time_equal, read_object

LONGEST_TEXT = 4_500


class RocketChat(NumberedPlatform):
    """The user of ``ROCKETCHAT_USER_ID`` at ``ROCKETCHAT_URL``.

    Its buttons would write their payload into the chat, so there are none.
    """

    title = "Rocket.Chat"
    route = "rocketchat"
    secrets = ("ROCKETCHAT_URL", "ROCKETCHAT_USER_ID", "ROCKETCHAT_AUTH_TOKEN", "ROCKETCHAT_WEBHOOK_TOKEN")

    def make_client(self) -> ApiClient:
        """Returns how the server is reached."""
        headers = {
            "X-User-Id": self.settings["ROCKETCHAT_USER_ID"],
            "X-Auth-Token": self.settings["ROCKETCHAT_AUTH_TOKEN"],
        }
        return ApiClient(self.title, f"{settings.read_url('ROCKETCHAT_URL')}/api/v1", headers=headers)

    def verify(self, request: Request) -> str | None:
        """Checks the token of the outgoing webhook."""
        try:
            token = read_object(request.body).get("token")
        except UnreadableError as error:
            return str(error)
        is_ours = constant_time_equal(str(token or ""), self.settings["ROCKETCHAT_WEBHOOK_TOKEN"])
        return None if is_ours else "The token is missing or wrong."

    def acknowledgement(self) -> HTTPResponse:
        """Returns an empty object: Rocket.Chat takes an empty body for a failure and sends the message again."""
        return response.json({})

    def read(self, request: Request) -> list[IncomingMessage] | HTTPResponse:
        """Reads a message; those of bots, and our own, are none."""
        content = read_object(request.body)
        user, room, id_ = content.get("user_id"), content.get("channel_id"), content.get("message_id")
        if not all(isinstance(part, str) and part for part in (user, room, id_)):
            raise UnreadableError("The body has no user_id, no channel_id or no message_id.")
        if content.get("bot") or content.get("isEdited") or user == self.settings["ROCKETCHAT_USER_ID"]:
            return []
        words, message = str(content.get("text") or "").strip(), content.get("message")
        has_file = isinstance(message, dict) and (message.get("file") or message.get("files"))
        # of a file, the event "Message Sent" tells but no words
        attachment_type = "file" if has_file or not words else None
        trigger = str(content.get("trigger_word") or "")
        words = words[len(trigger) :].strip(" ,:") if trigger and words.startswith(trigger) else words
        reply_target = {"room": room, "thread": str(content.get("tmid") or "")}
        words = words or ("" if attachment_type else "hello")
        conversation_id = self.conversation_id(room, user)
        return [IncomingMessage(self.name(), str(id_), conversation_id, reply_target, words, attachment_type)]

    def text_request(self, incoming: IncomingMessage, text: str) -> OutboundRequest:
        """Returns the request that sends a text, into the thread that was written in."""
        thread = incoming.reply_target.get("thread")
        message = {"roomId": incoming.reply_target["room"], "text": text, **({"tmid": thread} if thread else {})}
        return OutboundRequest("/chat.postMessage", json=message)

    async def to_requests(self, answer: dict[str, Any], context: ReplyContext) -> list[OutboundRequest]:
        """Returns the messages of an answer, with its buttons as a numbered list."""
        text = formatting.bold_asterisks(answer["text"])
        whole = "\n\n".join(filter(None, (text, self.add_options(answer, context))))
        return [
            self.text_request(context.incoming, piece)
            for piece in formatting.chunk(whole, lambda s: len(s) <= LONGEST_TEXT)
        ]

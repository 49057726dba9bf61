"""Facebook Messenger: its SHA-256 signature checked, every event of a bundle read, quick replies for buttons."""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from channels import settings
from channels.messaging import formatting
from channels.messaging.client import ACCEPTED, ApiClient, OutboundRequest, Response, SendOutcome, classify_by_status
from channels.messaging.incoming import IncomingMessage
from channels.messaging.output import ReplyContext
from channels.messaging.platform import Platform
from channels.messaging.webhook import constant_time_equal, read_object
from channels.rendering import picture_url

logger = logging.getLogger(__name__)

VERSION = "v21.0"
LONGEST_TEXT = 2_000
LONGEST_TITLE = 20
MOST_REPLIES = 13
_SIGNATURE = "sha256="
_LONGEST_CHALLENGE = 200
_GET_STARTED = "get started"
_ATTACHMENT_TYPES = {"audio": "voice", "image": "picture", "video": "video", "file": "file", "location": "place"}
_THUMBS_UP = frozenset({369239263222822, 369239343222814, 369239383222810})
"""Messenger's like button is a sticker, in three sizes."""

_AGAIN = frozenset({1, 2, 4, 17, 32, 341, 368, 613, 1200, 80006})
_GONE = frozenset({10, 190, 200, 551})
"""Codes of the Graph API's errors: no leave to write to this person, token not good, person not there."""


class Messenger(Platform):
    """The page of ``MESSENGER_PAGE_TOKEN``."""

    title = "Messenger"
    route = "facebook"
    secrets = ("MESSENGER_PAGE_TOKEN", "MESSENGER_APP_SECRET", "MESSENGER_VERIFY_TOKEN")

    def make_client(self) -> ApiClient:
        """Returns how the Graph API is reached."""
        base = settings.read_url("MESSENGER_API_BASE", "https://graph.facebook.com")
        token = {"access_token": self.settings["MESSENGER_PAGE_TOKEN"]}
        return ApiClient(self.title, f"{base}/{VERSION}", classify, query=token)

    def add_endpoints(self, endpoints: Blueprint) -> None:
        """Adds the answer to the question by which Messenger tries the address."""

        @endpoints.get("/webhook", name="verification")
        async def verification(request: Request) -> HTTPResponse:
            is_ours = constant_time_equal(request.args.get("hub.verify_token"), self.settings["MESSENGER_VERIFY_TOKEN"])
            challenge = str(request.args.get("hub.challenge") or "")
            if not is_ours or request.args.get("hub.mode") not in {"subscribe", None}:
                return self.rejections.reject(403, "The verify token is not MESSENGER_VERIFY_TOKEN.")
            return response.text(challenge[:_LONGEST_CHALLENGE])

    def verify(self, request: Request) -> str | None:
        """Checks the signature over the whole body."""
        wanted = hmac.new(self.settings["MESSENGER_APP_SECRET"].encode(), request.body, hashlib.sha256).hexdigest()
        is_valid = constant_time_equal(request.headers.get("x-hub-signature-256"), f"{_SIGNATURE}{wanted}")
        return None if is_valid else "The signature X-Hub-Signature-256 is missing or wrong."

    def acknowledgement(self) -> HTTPResponse:
        """Returns what Messenger expects."""
        return response.text("EVENT_RECEIVED")

    def read(self, request: Request) -> list[IncomingMessage] | HTTPResponse:
        """Reads all events of all entries; echoes, receipts and reactions are none of ours."""
        content = read_object(request.body)
        if content.get("object", "page") != "page":
            return []  # Instagram and others; an error would have them sent again and again
        found: list[IncomingMessage] = []
        for entry in content.get("entry") or []:
            page = entry.get("id") if isinstance(entry, dict) else None
            for event in (entry.get("messaging") or []) if isinstance(entry, dict) else []:
                try:
                    incoming = self._event(page, event) if isinstance(event, dict) else None
                except (AttributeError, TypeError, ValueError) as error:  # the others of the bundle are still read
                    logger.error("Messenger: an event could not be read.", exc_info=error)
                    incoming = None
                if incoming is None:
                    continue
                if found and _is_caption(incoming, found[-1]):
                    incoming = replace(incoming, attachment_type=found.pop().attachment_type)
                found.append(incoming)
        return found

    def _event(self, page: Any, event: Mapping[str, Any]) -> IncomingMessage | None:
        sender = str((event.get("sender") or {}).get("id") or "")
        message, postback = event.get("message"), event.get("postback")
        if not sender or sender == str(page):
            return None
        at = event.get("timestamp")
        common: dict[str, Any] = {
            "channel": self.name(),
            "conversation_id": self.conversation_id(page, sender),
            "reply_target": {"recipient": sender},
        }
        if isinstance(message, dict):
            if message.get("is_echo") or message.get("is_deleted"):
                return None
            words, attachment_type = _content(message)
            return IncomingMessage(
                id=str(message.get("mid") or f"{sender}/{at}"), text=words, attachment_type=attachment_type, **common
            )
        if isinstance(postback, dict):
            payload = str(postback.get("payload") or "")
            title = str(postback.get("title") or "").strip()
            words = payload if payload.startswith("/") else title
            words = "hello" if not words or words.lower() == _GET_STARTED else words
            return IncomingMessage(id=str(postback.get("mid") or f"{sender}/{at}/{payload}"), text=words, **common)
        return None

    async def to_requests(self, answer: dict[str, Any], context: ReplyContext) -> list[OutboundRequest]:
        """Returns the messages of an answer, quick replies under the last, its picture before them."""
        recipient = context.incoming.reply_target["recipient"]

        def to_request(
            message: Mapping[str, Any], fallback: OutboundRequest | None = None, *, best_effort: bool = False
        ) -> OutboundRequest:
            body = {"recipient": {"id": recipient}, "messaging_type": "RESPONSE", "message": message}
            return OutboundRequest("/me/messages", json=body, fallback=fallback, best_effort=best_effort)

        pieces = formatting.chunk(answer["text"], lambda piece: len(piece.encode("utf-16-le")) // 2 <= LONGEST_TEXT)
        requests = [to_request({"text": piece}) for piece in pieces]
        picture = picture_url(answer, self.public_url)
        if picture:
            attachment = {"type": "image", "payload": {"url": picture, "is_reusable": True}}
            # before the texts: replies stand only under the last message
            requests.insert(0, to_request({"attachment": attachment}, best_effort=True))
        replies = [
            {
                "content_type": "text",
                "title": formatting.truncate(button["title"], LONGEST_TITLE),
                "payload": button["payload"],
            }
            for button in (answer.get("buttons") or [])[:MOST_REPLIES]
        ]
        if replies and pieces:
            last = {"text": pieces[-1]}
            requests[-1] = to_request({**last, "quick_replies": replies}, fallback=to_request(last))
        return requests


def classify(reply: Response) -> SendOutcome:
    """Returns what a response of the Graph API's means; its codes say more than the status."""
    if 200 <= reply.status < 300:
        return ACCEPTED
    error = reply.content.get("error")
    if not isinstance(error, Mapping):
        return classify_by_status(reply)
    code = error.get("code")
    reason = f"code {code}: {error.get('message') or ''}"
    if code in _AGAIN or error.get("is_transient") or reply.status == 429 or reply.status >= 500:
        return SendOutcome(should_retry=True, retry_after=reply.retry_after, reason=reason)
    return SendOutcome(is_unreachable=code in _GONE, reason=reason)


def _is_caption(incoming: IncomingMessage, before: IncomingMessage) -> bool:
    """Tells whether a message is what the same person wrote below the picture before it."""
    is_picture = bool(before.attachment_type) and not before.text
    return is_picture and bool(incoming.text) and before.conversation_id == incoming.conversation_id


def _content(message: Mapping[str, Any]) -> tuple[str, str | None]:
    """Returns the words, or the payload of a pressed reply, and what else a message is."""
    pressed = message.get("quick_reply") or {}
    if str(pressed.get("payload") or "").startswith("/"):
        return str(pressed["payload"]), None
    words = str(message.get("text") or "").strip()
    attachments = [entry for entry in message.get("attachments") or [] if isinstance(entry, dict)]
    if not attachments:
        return words, None
    first = attachments[0]
    sticker = (first.get("payload") or {}).get("sticker_id") or message.get("sticker_id")
    if sticker in _THUMBS_UP:
        return words or "👍", None
    if first.get("type") == "fallback" and words:
        return words, None  # the preview of a link in the text
    return words, "sticker" if sticker else _ATTACHMENT_TYPES.get(str(first.get("type")), "other")

"""Telegram: its secret token checked, one button a row with its payload kept here, groups only when mentioned."""

from __future__ import annotations

import asyncio
import hashlib
import html
import logging
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sanic.request import Request
from sanic.response import HTTPResponse

from channels import settings
from channels.messaging import formatting
from channels.messaging.client import ACCEPTED, ApiClient, OutboundRequest, Response, SendOutcome, classify_by_status
from channels.messaging.incoming import IncomingMessage
from channels.messaging.output import Output, ReplyContext, is_bound
from channels.messaging.platform import Platform
from channels.messaging.webhook import UnreadableError, as_dict, constant_time_equal, read_object
from channels.rendering import picture_url

logger = logging.getLogger(__name__)

LONGEST_TEXT = 4_000
"""UTF-16 units of a message; Telegram takes 4,096 characters."""

LONGEST_CAPTION = 1_000
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_ATTACHMENT_TYPES = {
    "voice": "voice", "audio": "voice", "video_note": "video", "video": "video", "photo": "picture",
    "animation": "picture", "sticker": "sticker", "document": "file", "location": "place", "venue": "place",
    "contact": "contact", "checklist": "other", "poll": "other",
    "dice": "other", "game": "other", "story": "other", "paid_media": "other",
}  # fmt: skip
_COMMANDS = {"/start": "hello", "/help": "what can you do", "/stop": "stop", "/forget": "forget me"}
_LINK_MARK = re.compile(r"[\w-]*\d[\w-]*")
"""What a link to the bot carries behind /start; a word of a person holds no digit."""

_COMMAND = re.compile(r"(/\w+)@(\w+)")
_NOBODY_THERE = ("chat not found", "deactivated", "rights", "kicked", "blocked", "peer_id_invalid", "upgraded")
_TRIES_AT_START = 8
_OLD_BUTTON = "hello"


class Telegram(Platform):
    """The bot of ``TELEGRAM_BOT_TOKEN``; it tells Telegram its webhook when the server starts."""

    title = "Telegram"
    route = "telegram"
    secrets = ("TELEGRAM_BOT_TOKEN", "TELEGRAM_WEBHOOK_SECRET")
    needed = ("PUBLIC_URL",)
    group_hint = "Reply to this message, or mention me, when you answer."

    def __init__(self) -> None:
        """Reads the settings.

        Raises:
            SettingError: one is missing or cannot be used.
        """
        super().__init__()
        self._username: str | None = None
        self._kept: set[str] = set()
        self._introducing: asyncio.Task[None] | None = None
        if self.is_on and not _SECRET.fullmatch(self.settings["TELEGRAM_WEBHOOK_SECRET"]):
            raise settings.SettingError(
                "TELEGRAM_WEBHOOK_SECRET holds what Telegram does not take; use up to 256 letters, digits, _ and -."
            )

    def make_client(self) -> ApiClient:
        """Returns how Telegram is reached."""
        base = settings.read_url("TELEGRAM_API_BASE", "https://api.telegram.org")
        return ApiClient(self.title, f"{base}/bot{self.settings['TELEGRAM_BOT_TOKEN']}", classify)

    async def on_startup(self) -> None:
        """Asks Telegram for the bot's name and tells it the webhook, without the server waiting for it."""
        self._introducing = asyncio.ensure_future(self._introduce())

    async def close(self) -> None:
        """Closes the connections."""
        if self._introducing is not None:
            self._introducing.cancel()
        await super().close()

    async def _introduce(self) -> None:
        webhook = {
            "url": f"{self.public_url}/webhooks/telegram/webhook",
            "secret_token": self.settings["TELEGRAM_WEBHOOK_SECRET"],
            "allowed_updates": ["message", "callback_query"],
        }
        me = await self._fetch(OutboundRequest("/getMe"))
        user = me.get("result") if me else None
        if isinstance(user, Mapping):
            self._username = str(user.get("username") or "") or None
        if await self._fetch(OutboundRequest("/setWebhook", json=webhook)) is None:
            logger.error("Telegram did not take the webhook's address; messages will not come until it does.")

    async def _fetch(self, request: OutboundRequest) -> Mapping[str, Any] | None:
        reply = await self.client.fetch(request, _TRIES_AT_START)
        if reply is not None and reply.status in {401, 404}:
            logger.error("Telegram refuses TELEGRAM_BOT_TOKEN; copy it again from @BotFather.")
        return reply.content if reply is not None and classify(reply).is_accepted else None

    def verify(self, request: Request) -> str | None:
        """Checks the secret token that Telegram was told with the webhook."""
        token = request.headers.get("x-telegram-bot-api-secret-token")
        wanted = self.settings["TELEGRAM_WEBHOOK_SECRET"]
        return None if constant_time_equal(token, wanted) else "The secret token of the webhook is missing or wrong."

    def read(self, request: Request) -> list[IncomingMessage] | HTTPResponse:
        """Reads an update: a message or a pressed button; edits, posts of channels and changes of members are none."""
        update = read_object(request.body)
        number = update.get("update_id")
        if not isinstance(number, int):
            raise UnreadableError("The update has no update_id.")
        found: IncomingMessage | None = None
        if isinstance(update.get("callback_query"), dict):
            found = self._pressed(str(number), update["callback_query"])
        elif isinstance(update.get("message"), dict):
            found = self._said(str(number), update["message"])
        return [found] if found else []

    def _pressed(self, number: str, query: dict[str, Any]) -> IncomingMessage | None:
        sender, message = query.get("from") or {}, query.get("message") or {}
        chat = message.get("chat") or {}
        if not sender.get("id") or not chat.get("id") or sender.get("is_bot"):
            return None
        reply_target = {
            **self._reply_target(chat, message),
            "query": query.get("id"),
            "key": str(query.get("data") or ""),
        }
        return IncomingMessage(self.name(), number, self._conversation_id(chat, sender), reply_target, "")

    def _said(self, number: str, message: dict[str, Any]) -> IncomingMessage | None:
        chat = message.get("chat") or {}
        sender = message.get("from") or (chat if _is_private(chat) else {})
        if not sender.get("id") or not chat.get("id") or sender.get("is_bot") or message.get("sender_chat"):
            return None
        words = str(message.get("text") or message.get("caption") or "")
        attachment_type = next((kind for key, kind in _ATTACHMENT_TYPES.items() if message.get(key)), None)
        if not words and attachment_type is None:
            return None  # joins, pins, changes of a title
        if not _is_private(chat):
            entities = message.get("entities") or message.get("caption_entities") or []
            is_meant, words = self._addressed(words, entities, message)
            if not is_meant:
                return None
        words = _without_command(_COMMAND.sub(r"\1", words).strip())
        if not words and attachment_type is None:
            words = "hello"
        reply_target = self._reply_target(chat, message)
        if message.get("media_group_id"):
            reply_target["album"] = message["media_group_id"]
        return IncomingMessage(
            self.name(), number, self._conversation_id(chat, sender), reply_target, words, attachment_type
        )

    def _addressed(self, words: str, entities: list[dict[str, Any]], message: dict[str, Any]) -> tuple[bool, str]:
        """Tells whether a message in a group is meant for the bot, and returns it without the mention."""
        units = words.encode("utf-16-le")
        is_meant = self._is_ours((message.get("reply_to_message") or {}).get("from") or {})
        mentions = []
        for entity in entities:
            start = 2 * int(entity.get("offset", 0))
            end = start + 2 * int(entity.get("length", 0))
            text = units[start:end].decode("utf-16-le", "ignore")
            kind = entity.get("type")
            if (kind == "mention" and self._is_our_name(text[1:])) or (
                kind == "text_mention" and self._is_ours(entity.get("user") or {})
            ):
                is_meant = True
                mentions.append((start, end))
            elif kind == "bot_command" and self._is_our_name(text.partition("@")[2]):
                is_meant = True
        for start, end in reversed(mentions):
            units = units[:start] + units[end:]
        return is_meant, " ".join(units.decode("utf-16-le", "ignore").split())

    def _is_ours(self, user: Mapping[str, Any]) -> bool:
        return str(user.get("id")) == self.settings["TELEGRAM_BOT_TOKEN"].partition(":")[0]

    def _is_our_name(self, name: str) -> bool:
        if self._username is None:  # not told yet: the name of every bot ends so
            return name.lower().endswith("bot")
        return name.lower() == self._username.lower()

    def _conversation_id(self, chat: Mapping[str, Any], sender: Mapping[str, Any]) -> str:
        """Returns one conversation for each person in each chat."""
        return self.conversation_id(chat["id"], sender["id"])

    def _reply_target(self, chat: Mapping[str, Any], message: Mapping[str, Any]) -> dict[str, Any]:
        reply_target: dict[str, Any] = {"chat": chat["id"]}
        if not _is_private(chat):
            reply_target |= {"group": True, "reply_to": message.get("message_id")}
            if message.get("is_topic_message"):
                reply_target["topic"] = message.get("message_thread_id")
        return reply_target

    async def hydrate(self, incoming: IncomingMessage) -> IncomingMessage:
        """Looks the payload of a pressed button up."""
        key = incoming.reply_target.get("key")
        if key is None:
            return incoming
        payload = await self.dispatcher.inbox.get_state(f"payload:{key}")
        return replace(incoming, text=str(payload or _OLD_BUTTON))

    async def handle(self, incoming: IncomingMessage, output: Output) -> None:
        """Has a message understood; an album is answered once."""
        if incoming.reply_target.get("album"):
            state_key = f"album:{incoming.conversation_id}:{incoming.reply_target['album']}"
            if not incoming.text and await self.dispatcher.inbox.get_state(state_key):
                return
            await self.dispatcher.inbox.set_state(state_key, True)
        await super().handle(incoming, output)

    def first_requests(self, incoming: IncomingMessage) -> list[OutboundRequest]:
        """Ends the waiting that Telegram shows on a pressed button."""
        query = incoming.reply_target.get("query")
        if not query:
            return []
        return [OutboundRequest("/answerCallbackQuery", json={"callback_query_id": query}, best_effort=True)]

    async def to_requests(self, answer: dict[str, Any], context: ReplyContext) -> list[OutboundRequest]:
        """Returns the messages of an answer, the buttons under the last, then its picture."""
        common = self._common(context.incoming.reply_target)
        pieces = formatting.chunk(answer["text"], lambda piece: len(piece.encode("utf-16-le")) // 2 <= LONGEST_TEXT)
        keyboard = await self._keyboard(answer.get("buttons") or [])
        requests = []
        for number, piece in enumerate(pieces, 1):
            plain = {"chat_id": common["chat_id"], "text": piece}
            marked = formatting.to_markup(
                piece, lambda text: html.escape(text, quote=False), lambda text: f"<b>{text}</b>"
            )
            rich = {**common, "text": marked, "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}
            if keyboard and number == len(pieces):
                rich["reply_markup"] = keyboard
            fallback = OutboundRequest("/sendMessage", json=plain)
            requests.append(OutboundRequest("/sendMessage", json=rich, fallback=fallback))
        picture = picture_url(answer, self.public_url)
        if picture:
            caption = (answer.get("picture") or {}).get("text", "")[:LONGEST_CAPTION]
            requests.append(
                OutboundRequest("/sendPhoto", json={**common, "photo": picture, "caption": caption}, best_effort=True)
            )
        return requests

    @staticmethod
    def _common(reply_target: Mapping[str, Any]) -> dict[str, Any]:
        common: dict[str, Any] = {"chat_id": reply_target["chat"]}
        if reply_target.get("reply_to"):
            common["reply_parameters"] = {"message_id": reply_target["reply_to"], "allow_sending_without_reply": True}
        if reply_target.get("topic"):
            common["message_thread_id"] = reply_target["topic"]
        return common

    async def _keyboard(self, buttons: list[dict[str, str]]) -> dict[str, Any] | None:
        """Returns buttons one a row; Telegram carries 64 bytes with each, so a key stands for the payload."""
        rows = []
        for button in buttons:
            key = hashlib.sha256(button["payload"].encode()).hexdigest()[:24]
            if key not in self._kept:
                permanent = not is_bound(button["payload"])
                await self.dispatcher.inbox.set_state(f"payload:{key}", button["payload"], permanent=permanent)
                if permanent:
                    self._kept.add(key)
            rows.append([{"text": button["title"], "callback_data": key}])
        return {"inline_keyboard": rows} if rows else None


def _is_private(chat: Mapping[str, Any]) -> bool:
    return chat.get("type", "private") == "private"


def _without_command(words: str) -> str:
    """Returns what a command means; the words behind one are what counts ("/help i cant breathe")."""
    command, _, rest = words.partition(" ")
    if not words.startswith("/"):
        return words
    if command.lower() in _COMMANDS and (not rest or (command.lower() == "/start" and _LINK_MARK.fullmatch(rest))):
        return _COMMANDS[command.lower()]
    return words.lstrip("/") if rest else words


def classify(reply: Response) -> SendOutcome:
    """Returns what a response of Telegram's means; it describes errors in words."""
    description = str(reply.content.get("description") or "")
    if 200 <= reply.status < 300 and reply.content.get("ok") is not False:
        return ACCEPTED
    wait = as_dict(reply.content.get("parameters")).get("retry_after")
    if reply.status == 429:
        return SendOutcome(
            should_retry=True, retry_after=wait if _is_number(wait) else reply.retry_after, reason="too many requests"
        )
    if reply.status == 400:
        is_unreachable = any(words in description.lower() for words in _NOBODY_THERE)
        return SendOutcome(is_unreachable=is_unreachable, reason=description)
    outcome = classify_by_status(reply)
    return replace(outcome, is_accepted=False, reason=description or outcome.reason)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)

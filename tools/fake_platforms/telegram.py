"""Telegram's Bot API (https://core.telegram.org/bots/api) and the updates that it delivers."""

import json
import re
import secrets
import time
from typing import Any
from urllib.parse import urlsplit

from tools.fake_platforms.server.base import Button, FakePlatform, Refused, Reply, Request, Sent
from tools.fake_platforms.server.schemas import Schema, decoded, first_violation, is_public, utf16_length
from tools.fake_platforms.server.webhook_request import WebhookRequest
from tools.fake_platforms.telegram_html import UnreadableError, visible

PATH = "/webhooks/telegram/webhook"

_LONGEST_TEXT = 4096
_LONGEST_CAPTION = 1024
_LONGEST_CALLBACK_DATA = 64
_WEBHOOK_PORTS = (None, 443, 80, 88, 8443)

_NUMBER: Schema = {"type": ["integer", "string"]}
_SWITCH: Schema = {"type": ["boolean", "string"]}
_BUTTON_KINDS = (
    "callback_data",
    "url",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
_ROWS: Schema = {"type": "array", "items": {"type": "array", "minItems": 1}}
_INLINE_KEYBOARD: Schema = {
    "type": "object",
    "required": ["inline_keyboard"],
    "additionalProperties": False,
    "properties": {
        "inline_keyboard": {
            "type": "array",
            "items": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["text"],
                    "properties": {
                        "text": {"type": "string", "minLength": 1},
                        "callback_data": {"type": "string", "minLength": 1},
                        "url": {"type": "string", "pattern": "^(https?|tg)://"},
                    },
                },
            },
        }
    },
}
_REPLY_KEYBOARD: Schema = {
    "type": "object",
    "properties": {"keyboard": _ROWS, "remove_keyboard": {"const": True}, "force_reply": {"const": True}},
    "anyOf": [{"required": [kind]} for kind in ("keyboard", "remove_keyboard", "force_reply")],
}
_SENDING: Schema = {
    "business_connection_id": {"type": "string"},
    "chat_id": _NUMBER,
    "message_thread_id": _NUMBER,
    "direct_messages_topic_id": _NUMBER,
    "parse_mode": {"type": "string"},
    "disable_notification": _SWITCH,
    "protect_content": _SWITCH,
    "allow_paid_broadcast": _SWITCH,
    "message_effect_id": {"type": "string"},
    "suggested_post_parameters": {"type": "object"},
    "reply_parameters": {"type": "object"},
    "reply_markup": {"type": "object"},
    "reply_to_message_id": _NUMBER,
    "allow_sending_without_reply": _SWITCH,
}
_METHODS: dict[str, Schema] = {
    "getMe": {},
    "getWebhookInfo": {},
    "setWebhook": {
        "url": {"type": "string"},
        "certificate": {"type": "string"},
        "ip_address": {"type": "string"},
        "max_connections": _NUMBER,
        "allowed_updates": {"type": "array", "items": {"type": "string"}},
        "drop_pending_updates": _SWITCH,
        "secret_token": {"type": "string"},
    },
    "deleteWebhook": {"drop_pending_updates": _SWITCH},
    "setMyCommands": {
        "commands": {
            "type": "array",
            "maxItems": 100,
            "items": {
                "type": "object",
                "required": ["command", "description"],
                "properties": {
                    "command": {"type": "string", "pattern": "^[a-z0-9_]{1,32}$"},
                    "description": {"type": "string", "minLength": 1, "maxLength": 256},
                },
            },
        },
        "scope": {"type": "object"},
        "language_code": {"type": "string"},
    },
    "sendMessage": {
        **_SENDING,
        "text": {"type": "string"},
        "entities": {"type": "array"},
        "link_preview_options": {"type": "object"},
        "disable_web_page_preview": _SWITCH,
    },
    "sendPhoto": {
        **_SENDING,
        "photo": {"type": "string"},
        "caption": {"type": "string"},
        "caption_entities": {"type": "array"},
        "show_caption_above_media": _SWITCH,
        "has_spoiler": _SWITCH,
    },
    "sendChatAction": {
        "business_connection_id": {"type": "string"},
        "chat_id": _NUMBER,
        "message_thread_id": _NUMBER,
        "action": {
            "enum": [
                "typing",
                "upload_photo",
                "record_video",
                "upload_video",
                "record_voice",
                "upload_voice",
                "upload_document",
                "choose_sticker",
                "find_location",
                "record_video_note",
                "upload_video_note",
            ]
        },
    },
    "answerCallbackQuery": {
        "callback_query_id": {"type": "string"},
        "text": {"type": "string", "maxLength": 200},
        "show_alert": _SWITCH,
        "url": {"type": "string"},
        "cache_time": _NUMBER,
    },
    "editMessageReplyMarkup": {
        "business_connection_id": {"type": "string"},
        "chat_id": _NUMBER,
        "message_id": _NUMBER,
        "inline_message_id": {"type": "string"},
        "reply_markup": {"type": "object"},
    },
}
_REQUIRED = {
    "setWebhook": ["url"],
    "setMyCommands": ["commands"],
    "sendMessage": ["chat_id", "text"],
    "sendPhoto": ["chat_id", "photo"],
    "sendChatAction": ["chat_id", "action"],
    "answerCallbackQuery": ["callback_query_id"],
    "editMessageReplyMarkup": ["chat_id", "message_id"],
}


def _refusal(violation: str, description: str = "", status: int = 400) -> Refused:
    return Refused(violation, _error(status, description or f"Bad Request: {violation}"))


def _error(status: int, description: str, **more: object) -> Reply:
    return Reply({"ok": False, "error_code": status, "description": description, **more}, status)


class FakeTelegram(FakePlatform):
    """Telegram: people and chats are numbers, written as texts.

    Attributes:
        token: of the bot.
        webhook_secret: what deliveries carry until the bot sets another by ``setWebhook``.
        webhook: what the bot set by ``setWebhook``; None while it set nothing.
        username: of the bot, without ``@``.
        group: the chat of ``group_message`` and ``from_bot``.
    """

    def __init__(self, public_url: str = "https://assistant.example") -> None:
        """Makes a bot that nobody else has.

        Args:
            public_url: where the assistant is to believe that Telegram reaches it.
        """
        super().__init__()
        self.public_url = public_url
        self.bot_id = self.next_number()
        self.token = f"{self.bot_id}:{secrets.token_hex(17)}_"
        self.webhook_secret = secrets.token_hex(16)
        self.webhook: dict[str, Any] | None = None
        self.username = "fake_knee_bot"
        self.group = "-1001234567890"
        self._messages: dict[tuple[str, str], dict[str, Any]] = {}
        self._presses: set[str] = set()

    def environment(self) -> dict[str, str]:
        """Returns the settings that switch the channel on in the assistant and point it here."""
        return {
            "PUBLIC_URL": self.public_url,
            "TELEGRAM_BOT_TOKEN": self.token,
            "TELEGRAM_WEBHOOK_SECRET": self.webhook_secret,
            "TELEGRAM_API_BASE": self.base,
        }

    # The API

    def recipient_in(self, request: Request) -> str | None:
        """Returns the chat that a request names."""
        chat = request.body.get("chat_id", request.query.get("chat_id"))
        return None if chat is None else str(chat)

    def failure(self, status: int, retry_after: int | None) -> Reply:
        """Returns Telegram's error; 429 tells in ``parameters.retry_after`` how long to wait."""
        if status == 429:
            waiting = {} if retry_after is None else {"parameters": {"retry_after": retry_after}}
            return _error(429, f"Too Many Requests: retry after {retry_after or 1}", **waiting)
        names = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict"}
        names |= {500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"}
        return _error(status, names.get(status, "Internal Server Error"))

    def blocked(self, recipient: str) -> Reply:
        """Returns what Telegram says about a person who blocked the bot."""
        return _error(403, "Forbidden: bot was blocked by the user")

    def authorise(self, request: Request) -> None:
        """Checks the token in the path.

        Raises:
            Refused: it is not the bot's.
        """
        parts = request.path.split("/")
        if len(parts) != 3 or not parts[1].startswith("bot"):
            raise _refusal(f"no such path {request.path}", "Not Found", 404)
        if parts[1] != f"bot{self.token}":
            raise _refusal("the token is not the bot's", "Unauthorized", 401)

    def answer(self, request: Request) -> Reply:
        """Returns ``{"ok": true, "result": …}``.

        Raises:
            Refused: the method is unknown, or its parameters break a rule or limit.
        """
        if request.call not in _METHODS:
            raise _refusal("no such method", "Not Found", 404)
        parameters = self._parameters(request)
        answers = {
            "getMe": lambda _: self._bot() | {"can_join_groups": True, "can_read_all_group_messages": False},
            "getWebhookInfo": lambda _: {"pending_update_count": 0, "url": "", **(self.webhook or {})},
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "sendPhoto": lambda given: self._send(request, given),
            "sendMessage": lambda given: self._send(request, given),
            "editMessageReplyMarkup": lambda given: self._edit(request, given),
            "answerCallbackQuery": lambda given: self._answer_press(request, given),
        }
        return Reply({"ok": True, "result": answers.get(request.call, lambda _: True)(parameters)})

    def _parameters(self, request: Request) -> dict[str, Any]:
        parameters = {**request.query, **request.body}
        parameters = {
            name: decoded(value) if name not in ("text", "caption", "callback_query_id") else value
            for name, value in parameters.items()
            # Optional parameters may be null in JSON.
            if value is not None
        }
        schema = _METHODS[request.call]
        for name in parameters.keys() - schema.keys():
            self.record_violation(request, f"unknown parameter {name}, which Telegram passes over")
        for name in _REQUIRED.get(request.call, ()):
            if parameters.get(name) in (None, "") and not (request.call == "setWebhook" and name in parameters):
                raise _refusal(
                    f"{name} is missing or empty",
                    "Bad Request: message text is empty" if name == "text" else f"Bad Request: {name} is empty",
                )
        violation = first_violation({"properties": schema}, parameters)
        if violation:
            raise _refusal(violation.sentence)
        chat = parameters.get("chat_id")
        if chat is not None and not re.fullmatch(r"-?\d+|@\w{4,}", str(chat)):
            raise _refusal("chat_id is no chat", "Bad Request: chat not found")
        return parameters

    def _set_webhook(self, given: dict[str, Any]) -> bool:
        address = urlsplit(given["url"])
        if given["url"] and address.scheme != "https":
            raise _refusal("url is not https", "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        if address.port not in _WEBHOOK_PORTS:
            raise _refusal(
                f"url has the port {address.port}",
                "Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
            )
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", given.get("secret_token", "unset")):
            raise _refusal(
                "secret_token is not 1 to 256 of A-Z, a-z, 0-9, _ and -",
                "Bad Request: secret token contains unallowed characters",
            )
        self.webhook = given if given["url"] else None
        return True

    def _delete_webhook(self, _: dict[str, Any]) -> bool:
        self.webhook = None
        return True

    def _send(self, request: Request, given: dict[str, Any]) -> dict[str, Any]:
        is_photo = request.call == "sendPhoto"
        field, limit = ("caption", _LONGEST_CAPTION) if is_photo else ("text", _LONGEST_TEXT)
        text = self._read_text(request, given, field)
        if not is_photo and not text.strip():
            raise _refusal("text is empty", "Bad Request: text must be non-empty")
        # Documented in "characters after entities parsing"; counted in UTF-16 as its clients count, the stricter way.
        if utf16_length(text) > limit:
            what = "message caption" if is_photo else "message"
            raise _refusal(f"{field} is longer than {limit} characters", f"Bad Request: {what} is too long")
        picture = given.get("photo")
        if picture and "/" in picture and not is_public(picture):
            raise _refusal("photo is no public address", "Bad Request: wrong HTTP URL specified")
        buttons = self._buttons(given.get("reply_markup"))
        self.check_visible(request, [text, *(button.title for button in buttons)])
        chat, message_id = str(given["chat_id"]), self.next_number()
        message = {
            "message_id": message_id,
            "from": self._bot(),
            "chat": self._chat(chat),
            "date": int(request.at),
            **({"photo": _photo_sizes(), "caption": text} if is_photo else {"text": text}),
        }
        if "inline_keyboard" in given.get("reply_markup", {}):
            message["reply_markup"] = given["reply_markup"]
        self._messages[chat, str(message_id)] = message
        self.accept(Sent(chat, text, buttons, picture, given, request.at, id=str(message_id), call=request.call))
        return message

    def _read_text(self, request: Request, given: dict[str, Any], field: str) -> str:
        text: str = given.get(field, "")
        mode = given.get("parse_mode", "").lower()
        if mode == "html":
            try:
                return visible(text)
            except UnreadableError as error:
                raise _refusal(f"{field}: {error}", f"Bad Request: can't parse entities: {error}") from None
        if mode in ("markdown", "markdownv2"):
            self.record_violation(request, f"the fake platform cannot check the parse_mode {given['parse_mode']}")
        elif mode:
            raise _refusal(f"parse_mode {given['parse_mode']!r} is none", "Bad Request: unsupported parse_mode")
        return text

    def _buttons(self, markup: dict[str, Any] | None) -> list[Button]:
        if not markup:
            return []
        violation = first_violation(
            _INLINE_KEYBOARD if "inline_keyboard" in markup else _REPLY_KEYBOARD, markup, "reply_markup"
        )
        if violation:
            raise _refusal(
                violation.sentence, f"Bad Request: can't parse reply keyboard markup JSON object: {violation.sentence}"
            )
        if "inline_keyboard" not in markup:
            titles = [key if isinstance(key, str) else key["text"] for row in markup.get("keyboard", ()) for key in row]
            return [Button(title, title) for title in titles]
        buttons = []
        for button in (button for row in markup["inline_keyboard"] for button in row):
            kinds = [kind for kind in _BUTTON_KINDS if kind in button]
            if len(kinds) != 1:
                raise _refusal(
                    f"the button {button['text']!r} has {len(kinds)} of the fields that say what it does, not 1",
                    "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline "
                    "keyboard",
                )
            if len(button.get("callback_data", "").encode()) > _LONGEST_CALLBACK_DATA:
                raise _refusal(
                    f"callback_data is longer than {_LONGEST_CALLBACK_DATA} bytes", "Bad Request: BUTTON_DATA_INVALID"
                )
            buttons.append(Button(button["text"], str(button[kinds[0]])))
        return buttons

    def _edit(self, request: Request, given: dict[str, Any]) -> dict[str, Any]:
        chat, message_id = str(given["chat_id"]), str(given["message_id"])
        message = self._messages.get((chat, message_id))
        if message is None:
            raise _refusal("no such message", "Bad Request: message to edit not found")
        markup = given.get("reply_markup") or {}
        buttons = self._buttons(markup)
        if (markup if buttons else None) == message.get("reply_markup"):
            raise _refusal(
                "nothing changes",
                "Bad Request: message is not modified: specified new message content and reply markup are exactly the "
                "same as a current content and reply markup of the message",
            )
        self.check_visible(request, [button.title for button in buttons])
        message.pop("reply_markup", None)
        if buttons:
            message["reply_markup"] = markup
        text = message.get("text", message.get("caption", ""))
        self.accept(Sent(chat, text, buttons, None, given, request.at, id=message_id, call=request.call), edit=True)
        return message

    def _answer_press(self, request: Request, given: dict[str, Any]) -> bool:
        if given["callback_query_id"] not in self._presses:
            raise _refusal(
                "no such callback_query_id",
                "Bad Request: query is too old and response timeout expired or query ID is invalid",
            )
        self.check_visible(request, [given.get("text", "")])
        return True

    # What it delivers

    def update(self, kind: str, content: dict[str, Any], id: int | None = None) -> WebhookRequest:
        """Returns any update.

        Args:
            kind: such as ``message``.
            content: what the update holds under that name.
            id: the ``update_id``; None for a new one.
        """
        body = json.dumps({"update_id": self.next_number() if id is None else id, kind: content}).encode()
        address = urlsplit(self.webhook["url"]).path if self.webhook else PATH
        secret = self.webhook.get("secret_token", "") if self.webhook else self.webhook_secret
        headers = {"Content-Type": "application/json", "Accept-Encoding": "gzip, deflate"}
        if secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = secret
        return WebhookRequest(address, headers, body, signature_headers=("X-Telegram-Bot-Api-Secret-Token",))

    def message(self, person: str, text: str, id: int | None = None, **fields: object) -> WebhookRequest:
        """Returns a private text message; a leading ``/word`` is a command, as Telegram marks it.

        Args:
            person: who writes.
            text: as typed.
            id: the ``update_id``.
            fields: more of the message, or others than usual.
        """
        return self._private(person, id, text=text, **{**_command(text), **fields})

    def press(self, person: str, sent: Sent, title: str, id: int | None = None) -> WebhookRequest:
        """Returns the press of a button.

        Args:
            person: who presses.
            sent: the message with the button.
            title: of the button.
            id: the ``update_id``.

        Raises:
            ValueError: there is no such button, or none that comes back to the bot.
        """
        markup = sent.raw.get("reply_markup") or {}
        if "keyboard" in markup:
            return self.message(person, next(button.title for button in sent.buttons if button.title == title), id)
        keys = [key for row in markup.get("inline_keyboard", ()) for key in row if key["text"] == title]
        if not keys or "callback_data" not in keys[0]:
            raise ValueError(f"No button {title!r} that comes back; there are {sent.buttons}.")
        press_id = str(self.next_number() * 10**9)
        self._presses.add(press_id)
        content = {
            "id": press_id,
            "from": self._person(person),
            "message": self._messages[sent.recipient, sent.id],
            "chat_instance": f"-{self.next_number()}",
            "data": keys[0]["callback_data"],
        }
        return self.update("callback_query", content, id)

    def voice(self, person: str, id: int | None = None) -> WebhookRequest:
        """Returns a voice message."""
        return self._private(person, id, voice={"duration": 4, "mime_type": "audio/ogg", **_file(12_345)})

    def photo(self, person: str, caption: str = "", id: int | None = None) -> WebhookRequest:
        """Returns a photo, with or without a caption."""
        return self._private(person, id, photo=_photo_sizes(), **({"caption": caption} if caption else {}))

    def sticker(self, person: str, id: int | None = None) -> WebhookRequest:
        """Returns a sticker."""
        thumbnail = {**_file(6_302), "width": 128, "height": 128}
        sticker = {"width": 512, "height": 512, "emoji": "😀", "set_name": "HotCherry", "type": "regular"}
        sticker |= {"is_animated": False, "is_video": False, "thumbnail": thumbnail, "thumb": thumbnail}
        return self._private(person, id, sticker={**sticker, **_file(25_702)})

    def location(self, person: str, id: int | None = None) -> WebhookRequest:
        """Returns a location."""
        return self._private(person, id, location={"latitude": 51.500729, "longitude": -0.124625})

    def contact(self, person: str, id: int | None = None) -> WebhookRequest:
        """Returns a contact from the address book."""
        return self._private(
            person, id, contact={"phone_number": "+12025550142", "first_name": "Sam", "user_id": 5550142}
        )

    def document(self, person: str, caption: str = "", id: int | None = None) -> WebhookRequest:
        """Returns a file, with or without a caption."""
        document = {"file_name": "scan.pdf", "mime_type": "application/pdf", **_file(182_401)}
        return self._private(person, id, document=document, **({"caption": caption} if caption else {}))

    def edit(self, person: str, text: str, id: int | None = None) -> WebhookRequest:
        """Returns that a person has changed a message of theirs to another text."""
        now = int(time.time())
        content = self._message(self._person(person), self._chat(person), text=text, **_command(text))
        return self.update("edited_message", content | {"date": now - 30, "edit_date": now}, id)

    def from_bot(self, text: str, id: int | None = None) -> WebhookRequest:
        """Returns what another bot writes in the group."""
        other = {"id": 987654321, "is_bot": True, "first_name": "Another bot", "username": "another_bot"}
        return self.update("message", self._message(other, self._chat(self.group), text=text), id)

    def group_message(self, person: str, text: str, mentioned: bool, id: int | None = None) -> WebhookRequest:
        """Returns a text in a group.

        Args:
            person: who writes.
            text: as typed, without the mention.
            mentioned: whether it begins with the bot's ``@name``.
            id: the ``update_id``.
        """
        entities = {}
        if mentioned:
            name = f"@{self.username}"
            text = f"{name} {text}"
            entities = {"entities": [{"offset": 0, "length": len(name), "type": "mention"}]}
        content = self._message(self._person(person), self._chat(self.group), text=text, **entities)
        return self.update("message", content, id)

    def join(self, person: str, id: int | None = None) -> WebhookRequest:
        """Returns that a person has added the bot to the group."""
        return self._membership(person, self.group, "left", "member", id)

    def leave(self, person: str, id: int | None = None) -> WebhookRequest:
        """Returns that a person has blocked the bot in their private chat."""
        return self._membership(person, person, "member", "kicked", id)

    def _membership(self, person: str, chat: str, before: str, after: str, id: int | None) -> WebhookRequest:
        old: dict[str, Any] = {"user": self._bot(), "status": before}
        new: dict[str, Any] = {"user": self._bot(), "status": after}
        if after == "kicked":
            new["until_date"] = 0
        content = {
            "chat": self._chat(chat),
            "from": self._person(person),
            "date": int(time.time()),
            "old_chat_member": old,
            "new_chat_member": new,
        }
        return self.update("my_chat_member", content, id)

    def _private(self, person: str, id: int | None, **fields: object) -> WebhookRequest:
        return self.update("message", self._message(self._person(person), self._chat(person), **fields), id)

    def _message(self, sender: dict[str, Any], chat: dict[str, Any], **fields: object) -> dict[str, Any]:
        return {
            "message_id": self.next_number(),
            "from": sender,
            "chat": chat,
            "date": int(time.time()),
            **fields,
        }

    def _bot(self) -> dict[str, Any]:
        return {"id": self.bot_id, "is_bot": True, "first_name": "Fake", "username": self.username}

    def _person(self, person: str) -> dict[str, Any]:
        return {"id": int(person), "is_bot": False, **_NAMES, "language_code": "en"}

    def _chat(self, chat: str) -> dict[str, Any]:
        if chat.startswith("-"):
            return {"id": int(chat), "title": "A group", "type": "supergroup"}
        return {"id": int(chat) if chat.isdigit() else chat, **_NAMES, "type": "private"}


_NAMES = {"first_name": "Alex", "last_name": "Example", "username": "alex_example"}


def _command(text: str) -> dict[str, Any]:
    command = re.match(r"/\w+(@\w+)?", text)
    if command is None:
        return {}
    return {"entities": [{"offset": 0, "length": len(command[0]), "type": "bot_command"}]}


def _file(size: int) -> dict[str, Any]:
    return {
        "file_id": f"AgACAgIAAxkBAAI{secrets.token_hex(12)}",
        "file_unique_id": f"AQAD{secrets.token_hex(5)}",
        "file_size": size,
    }


def _photo_sizes() -> list[dict[str, Any]]:
    return [{**_file(width * 120), "width": width, "height": width * 3 // 4} for width in (90, 320, 800)]

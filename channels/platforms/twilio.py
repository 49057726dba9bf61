"""Twilio: SMS and WhatsApp, signed requests only; answers as numbered lists, short ones first by SMS."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse
from twilio.request_validator import RequestValidator

from channels import settings
from channels.messaging import formatting, sms
from channels.messaging.client import ApiClient, OutboundRequest, Response, SendOutcome, classify_by_status
from channels.messaging.incoming import IncomingMessage, attachment_type_of
from channels.messaging.numbered_menu import NumberedPlatform, menu_text
from channels.messaging.output import ReplyContext, is_question
from channels.rendering import picture_url
from dialogue.answers import labelled, parts_of_text
from triage.countries import country_of_phone

LONGEST_WHATSAPP = 1_500
"""Characters; Twilio takes 1,600."""

SEGMENTS_AT_ONCE = 4
"""An answer that takes more SMS than this is given short, the rest for the asking; no single message is longer."""

_SAFETY_NET = "When to worry"
_SOURCES = "Sources"

_WHATSAPP = "whatsapp:"
_NAMES = {"sms": "SMS", "whatsapp": "WhatsApp"}
_STOP_WORDS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "optout", "revoke"})
"""By SMS, Twilio obeys these by itself and takes no further message; an answer would be refused."""

_INCOMING = frozenset({"", "received", "receiving"})
_UNSUBSCRIBED, _NO_SUCH_NUMBERS = 21610, frozenset({21211, 21214, 21217, 21408, 21612, 21614, 63003, 63016, 63024})
_FILE_NAME = re.compile(
    r"(?:[\w()-]+[ .]){0,4}[\w()-]*"
    r"\.(?:pdf|docx?|odt|rtf|txt|csv|xlsx?|pptx?|zip|jpe?g|png|heic|gif|webp|mp[34]|m4a|mov)",
    re.IGNORECASE,
)
"""WhatsApp puts the name of a file where a caption would stand."""

_CONTACTS = frozenset({"text/vcard", "text/x-vcard"})


class Twilio(NumberedPlatform):
    """The numbers of a Twilio account: one for SMS, one for WhatsApp, or both, at one webhook."""

    title = "Twilio"
    route = "twilio"
    secrets = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")
    needed = ("PUBLIC_URL",)

    def __init__(self) -> None:
        """Reads the settings.

        Raises:
            SettingError: one is missing or cannot be used.
        """
        super().__init__()
        numbers = {"sms": settings.read("TWILIO_NUMBER"), "whatsapp": settings.read("TWILIO_WHATSAPP_NUMBER")}
        self._numbers = {kind: bare(number) for kind, number in numbers.items() if number}
        if self.is_on and not self._numbers:
            raise settings.SettingError(
                "Twilio is half set up: TWILIO_NUMBER and TWILIO_WHATSAPP_NUMBER are missing; set at least one of them."
            )
        if self._numbers and not self.is_on:
            raise settings.SettingError(
                "Twilio is half set up: TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are missing; set them, or unset the "
                "numbers."
            )
        for number in self._numbers.values():
            if not (number.startswith("+") and number[1:].isdigit()):
                raise settings.SettingError(f"{number!r} is no number for Twilio; write it like +15005550006.")
        self.title = f"Twilio ({' and '.join(_NAMES[kind] for kind in self._numbers)})" if self.is_on else self.title

    def make_client(self) -> ApiClient:
        """Returns how Twilio is reached."""
        account, token = self.settings["TWILIO_ACCOUNT_SID"], self.settings["TWILIO_AUTH_TOKEN"]
        self._validator = RequestValidator(token)
        base = settings.read_url("TWILIO_API_BASE", "https://api.twilio.com")
        return ApiClient(self.title, f"{base}/2010-04-01/Accounts/{account}", classify, login=(account, token))

    def verify(self, request: Request) -> str | None:
        """Checks the signature over the public address and all fields of the form, the empty ones too."""
        query = f"?{request.query_string}" if request.query_string else ""
        url = f"{self.public_url}/webhooks/twilio/webhook{query}"
        signature = request.headers.get("x-twilio-signature") or ""
        try:
            is_valid = self._validator.validate(url, _Form(request.body), signature)
        except (ValueError, UnicodeError):
            is_valid = False
        return None if is_valid else "Twilio's signature is missing or wrong."

    def acknowledgement(self) -> HTTPResponse:
        """Returns an empty TwiML document: the answer is sent by itself."""
        return response.text('<?xml version="1.0" encoding="UTF-8"?><Response/>', content_type="text/xml")

    def read(self, request: Request) -> list[IncomingMessage] | HTTPResponse:
        """Reads a message; reports about our own messages are none."""
        form = _Form(request.body)
        id_ = form.first("MessageSid") or form.first("SmsMessageSid") or form.first("SmsSid")
        sender, receiver = form.first("From"), form.first("To")
        if not id_ or not sender:
            return []  # a report of Twilio's debugger
        state = (form.first("SmsStatus") or form.first("MessageStatus")).lower()
        kind = "whatsapp" if sender.startswith(_WHATSAPP) else "sms"
        number = bare(sender)
        is_person = number.startswith("+") and number not in self._numbers.values()  # no service, no other channel
        if state not in _INCOMING or kind not in self._numbers or not is_person:
            return []
        words = (form.first("ButtonText") or form.first("Body")).replace("¡", "@").strip()  # some carriers swap them
        if kind == "sms" and (words.lower() in _STOP_WORDS or form.first("OptOutType")):
            return []
        attachment_type = _attachment_type(form)
        if attachment_type == "file" and _FILE_NAME.fullmatch(words):
            words = ""
        if form.first("MessageType") in {"reaction", "system"} and not words:
            return []
        reply_target = {"to": sender, "kind": kind, "from": receiver}
        conversation_id, country = self.conversation_id(kind, number), country_of_phone(number)
        return [
            IncomingMessage(self.name(), id_, conversation_id, reply_target, words, attachment_type, country=country)
        ]

    async def to_requests(self, answer: dict[str, Any], context: ReplyContext) -> list[OutboundRequest]:
        """Returns the messages of an answer, with its buttons as a numbered list."""
        menu = self.add_options(answer, context)
        if context.incoming.reply_target["kind"] == "sms":
            return self._text_messages(answer, menu, context)
        text = formatting.bold_asterisks(answer["text"])
        whole = _joined(text, menu)
        requests = [
            self.text_request(context.incoming, piece)
            for piece in formatting.chunk(whole, lambda s: len(s) <= LONGEST_WHATSAPP)
        ]
        picture = picture_url(answer, self.public_url)
        if picture:
            caption = (answer.get("picture") or {}).get("text", "")
            requests.append(self.text_request(context.incoming, caption, picture))
        return requests

    def _text_messages(self, answer: dict[str, Any], menu: str, context: ReplyContext) -> list[OutboundRequest]:
        """Returns an answer in full where it is short or urgent, else its first part with what it says of dangers."""
        offered = answer.get("buttons") or []
        first = len(context.options) - len(offered) + 1
        whole = _joined(sms.plain(answer["text"]), sms.plain(menu))
        parts = [(part["label"], part["text"]) for part in answer.get("parts") or ()]
        begin, *others = [
            (label, sms.plain(labelled(label, text))) for label, text in parts or parts_of_text(answer["text"])
        ]
        pieces = formatting.chunk(whole, _fits)
        asks = any(is_question(button["payload"]) for button in offered)
        if len(pieces) == 1 or context.is_urgent or asks or not others:
            return [self.text_request(context.incoming, piece) for piece in pieces]
        dangers = [part for part in others if part[0] == _SAFETY_NET]
        for kept in (dangers, []):
            rest = [part for part in others if part not in kept]
            labels = [label.lower() for label, _ in rest if label not in {"", _SOURCES}]
            texts = [text for _, text in (begin, *kept)]
            short = _joined(*texts, sms.plain(menu_text(offered, first, labels or ["the rest"])))
            if _fits(short):
                break
        context.held_back += formatting.chunk("\n\n".join(text for _, text in rest), _fits)
        return [self.text_request(context.incoming, piece) for piece in formatting.chunk(short, _fits)]

    def text_request(self, incoming: IncomingMessage, text: str, picture: str | None = None) -> OutboundRequest:
        """Returns the request that sends a text, or a picture with it."""
        kind = incoming.reply_target["kind"]
        number = self._numbers[kind]
        form = {"To": incoming.reply_target["to"], "From": f"{_WHATSAPP}{number}" if kind == "whatsapp" else number}
        form |= {"Body": text} if text else {}
        form |= {"MediaUrl": picture} if picture else {}
        return OutboundRequest("/Messages.json", form=form, best_effort=picture is not None)


class _Form:
    """The fields of a form with the empty ones, which Twilio signs too, and all values of a field."""

    def __init__(self, body: bytes) -> None:
        self._fields: dict[str, list[str]] = {}
        for name, value in parse_qsl(body.decode("utf-8"), keep_blank_values=True):
            self._fields.setdefault(name, []).append(value)

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def getlist(self, name: str) -> list[str]:
        """Returns all values of a field, as the validator asks for them."""
        return self._fields[name]

    def first(self, name: str) -> str:
        """Returns the value of a field, or an empty text."""
        return (self._fields.get(name) or [""])[0]


def bare(number: str) -> str:
    """Returns a number without the mark of WhatsApp and without blanks."""
    return number.removeprefix(_WHATSAPP).replace(" ", "")


def classify(reply: Response) -> SendOutcome:
    """Returns what a response of Twilio's means; its codes say more than the status."""
    outcome = classify_by_status(reply)
    code = reply.content.get("code")
    if outcome.is_accepted or outcome.should_retry or code is None:
        return outcome
    is_unreachable = outcome.is_unreachable or code == _UNSUBSCRIBED or code in _NO_SUCH_NUMBERS
    return SendOutcome(is_unreachable=is_unreachable, reason=f"code {code}: {reply.content.get('message') or ''}")


def _joined(*parts: str) -> str:
    return "\n\n".join(filter(None, parts))


def _fits(text: str) -> bool:
    return sms.segments(text) <= SEGMENTS_AT_ONCE


def _attachment_type(form: _Form) -> str | None:
    if form.first("Latitude") and form.first("Longitude"):
        return "place"
    if form.first("NumMedia") in {"", "0"}:
        return None
    kind = form.first("MediaContentType0").lower()
    if kind in _CONTACTS:
        return "contact"
    return "sticker" if kind == "image/webp" else attachment_type_of(kind)

"""Twilio's Messages resource for SMS and WhatsApp (https://www.twilio.com/docs/messaging) and its webhook requests."""

import base64
import json
import re
import secrets
import time
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import phonenumbers
from twilio.request_validator import RequestValidator

from tools.fake_platforms.server.base import FakePlatform, Refused, Reply, Request, Sent
from tools.fake_platforms.server.schemas import is_public, utf16_length
from tools.fake_platforms.server.webhook_request import WebhookRequest

PATH = "/webhooks/twilio/webhook"

_LONGEST_BODY = 1600
_MOST_MEDIA = 10
_WHATSAPP = "whatsapp:"
_KNOWN = {
    "To",
    "From",
    "Body",
    "MediaUrl",
    "StatusCallback",
    "ApplicationSid",
    "MaxPrice",
    "ProvideFeedback",
    "Attempt",
    "ValidityPeriod",
    "ForceDelivery",
    "ContentRetention",
    "AddressRetention",
    "SmartEncoded",
    "PersistentAction",
    "TrafficType",
    "ShortenUrls",
    "ScheduleType",
    "SendAt",
    "SendAsMms",
    "ContentSid",
    "ContentVariables",
    "RiskCheck",
    "MessagingServiceSid",
}

_GSM_7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_7_ESCAPED = set("\f^{}\\[~]|€")


def segments(text: str) -> int:
    """Counts what a text message costs.

    160 characters of GSM-7 or 70 of UCS-2 fit into one; in a chain, each link has room for 153 or 67
    (3GPP TS 23.038, https://www.twilio.com/docs/glossary/what-sms-character-limit).

    Args:
        text: the body.

    Returns:
        The number of segments; 1 for an empty text.
    """
    if set(text) <= _GSM_7 | _GSM_7_ESCAPED:
        units, alone, chained = [1 + (character in _GSM_7_ESCAPED) for character in text], 160, 153
    else:
        units, alone, chained = [utf16_length(character) for character in text], 70, 67
    if sum(units) <= alone:
        return 1
    count, room = 1, chained
    for unit in units:
        # An escape sequence or a surrogate pair is not torn apart.
        if unit > room:
            count, room = count + 1, chained
        room -= unit
    return count


def _error(status: int, code: int, message: str, **headers: str) -> Reply:
    body = {
        "code": code,
        "message": message,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    return Reply(body, status, headers)


def _refusal(violation: str, code: int, message: str = "", status: int = 400) -> Refused:
    return Refused(f"{violation} ({code})", _error(status, code, message or violation))


class FakeTwilio(FakePlatform):
    """Twilio: people are phone numbers in E.164 form; a person's WhatsApp is ``whatsapp:`` and the number.

    Attributes:
        account: the account's SID.
        token: the account's auth token, which also signs deliveries.
        number: which sends text messages.
        whatsapp_number: which sends by WhatsApp, without ``whatsapp:``.
    """

    def __init__(self, public_url: str = "https://assistant.example") -> None:
        """Makes an account that nobody else has.

        Args:
            public_url: where the assistant is to believe that Twilio reaches it; deliveries are signed for it.
        """
        super().__init__()
        self.public_url = public_url
        self.account = f"AC{secrets.token_hex(16)}"
        self.token = secrets.token_hex(16)
        self.number = "+12025550123"
        self.whatsapp_number = "+12025550199"

    def environment(self) -> dict[str, str]:
        """Returns the settings that switch the channel on in the assistant and point it here."""
        return {
            "PUBLIC_URL": self.public_url,
            "TWILIO_ACCOUNT_SID": self.account,
            "TWILIO_AUTH_TOKEN": self.token,
            "TWILIO_NUMBER": self.number,
            "TWILIO_WHATSAPP_NUMBER": self.whatsapp_number,
            "TWILIO_API_BASE": self.base,
        }

    # The API

    def recipient_in(self, request: Request) -> str | None:
        """Returns the ``To`` of a request."""
        recipient = request.body.get("To")
        return None if recipient is None else str(recipient)

    def failure(self, status: int, retry_after: int | None) -> Reply:
        """Returns Twilio's error; 429 tells in ``Retry-After`` how long to wait."""
        waiting = {} if retry_after is None else {"Retry-After": str(retry_after)}
        names = {401: (20003, "Authenticate"), 403: (20005, "Account not active"), 429: (20429, "Too Many Requests")}
        names |= {404: (20404, "The requested resource was not found"), 503: (20503, "Service unavailable")}
        code, message = names.get(status, (20500, "Internal Server Error"))
        return _error(status, code, message, **waiting)

    def blocked(self, recipient: str) -> Reply:
        """Returns what Twilio says about a person who wrote STOP."""
        return _error(400, 21610, "Attempt to send to unsubscribed recipient")

    def authorise(self, request: Request) -> None:
        """Checks the account's SID and token.

        Raises:
            Refused: they are missing or others.
        """
        expected = base64.b64encode(f"{self.account}:{self.token}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {expected}":
            raise _refusal("the account's SID or token is wrong", 20003, "Authenticate", 401)

    def answer(self, request: Request) -> Reply:
        """Returns the created message, with status 201, or the account.

        Raises:
            Refused: the path is another, or a parameter breaks a rule or limit.
        """
        if (request.method, request.path) == ("GET", f"/2010-04-01/Accounts/{self.account}.json"):
            return Reply({"sid": self.account, "friendly_name": "Fake", "status": "active", "type": "Full"})
        if (request.method, request.path) != ("POST", f"/2010-04-01/Accounts/{self.account}/Messages.json"):
            message = f"The requested resource {request.path} was not found"
            raise _refusal(f"no such resource {request.method} {request.path}", 20404, message, 404)
        if not request.is_form:
            self.record_violation(request, "the body is no form")
        given = request.body
        for name in given.keys() - _KNOWN:
            self.record_violation(request, f"unknown parameter {name}, which Twilio passes over")
        self._check_numbers(given)
        body = str(given.get("Body", ""))
        media = given.get("MediaUrl", [])
        media = media if isinstance(media, list) else [media]
        _check_content(body, media)
        self.check_visible(request, [body])
        by_sms = not given["To"].startswith(_WHATSAPP)
        parts = segments(body)
        sid = f"{'MM' if media else 'SM'}{secrets.token_hex(16)}"
        self.accept(
            Sent(
                given["To"],
                body,
                [],
                media[0] if media else None,
                given,
                request.at,
                id=sid,
                call=request.call,
                segments=parts if by_sms else None,
            )
        )
        return Reply(self._created(sid, given, body, len(media), parts, request.at), 201)

    def _check_numbers(self, given: dict[str, Any]) -> None:
        to, sender = given.get("To"), given.get("From")
        if not to:
            raise _refusal("To is missing", 21604, "A 'To' phone number is required.")
        if not sender:
            raise _refusal("From is missing", 21603, "A 'From' phone number is required.")
        if not _is_number(to.removeprefix(_WHATSAPP)):
            raise _refusal(f"To {to!r} is no E.164 number", 21211, f"The 'To' number {to} is not a valid phone number.")
        if not _is_number(sender.removeprefix(_WHATSAPP)):
            message = f"The 'From' number {sender} is not a valid phone number, shortcode, or alphanumeric sender ID."
            raise _refusal(f"From {sender!r} is no E.164 number", 21212, message)
        if to.startswith(_WHATSAPP) != sender.startswith(_WHATSAPP):
            message = "Invalid From and To pair. From and To should be of the same channel"
            raise _refusal("From and To are not of the same channel", 21910, message)
        if sender.startswith(_WHATSAPP) and sender != _WHATSAPP + self.whatsapp_number:
            message = "Twilio could not find a Channel with the specified From address"
            raise _refusal("From is not our WhatsApp number", 63007, message)
        if not sender.startswith(_WHATSAPP) and sender != self.number:
            message = f"The From phone number {sender} is not a valid, SMS-capable inbound phone number"
            raise _refusal("From is not our number", 21606, message)

    def _created(self, sid: str, given: dict[str, Any], body: str, media: int, parts: int, at: float) -> dict[str, Any]:
        uri = f"/2010-04-01/Accounts/{self.account}/Messages/{sid}"
        return {
            "account_sid": self.account,
            "api_version": "2010-04-01",
            "body": body,
            "date_created": formatdate(at),
            "date_sent": None,
            "date_updated": formatdate(at),
            "direction": "outbound-api",
            "error_code": None,
            "error_message": None,
            "from": given["From"],
            "messaging_service_sid": None,
            "num_media": str(media),
            "num_segments": str(parts),
            "price": None,
            "price_unit": None,
            "sid": sid,
            "status": "queued",
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": given["To"],
            "uri": f"{uri}.json",
        }

    # What it delivers

    def webhook(self, fields: dict[str, str], address: str | None = None) -> WebhookRequest:
        """Returns a signed delivery of any fields.

        Args:
            fields: of the form.
            address: to which Twilio delivers; None for the usual webhook.
        """
        address = address or self.public_url.rstrip("/") + PATH
        signature = RequestValidator(self.token).compute_signature(address, fields)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "X-Twilio-Signature": signature,
            "I-Twilio-Idempotency-Token": secrets.token_hex(18),
            "User-Agent": "TwilioProxy/1.1",
            "X-Home-Region": "us1",
            "Accept": "*/*",
        }
        # Blank fields are signed and sent like the others; who loses them gets another signature.
        parts = urlsplit(address)
        return WebhookRequest(
            parts.path,
            headers,
            urlencode(fields).encode(),
            query=dict(parse_qsl(parts.query)),
            signature_headers=("X-Twilio-Signature",),
        )

    def message(
        self, person: str, text: str, whatsapp: bool = False, id: str | None = None, **fields: str
    ) -> WebhookRequest:
        """Returns a message.

        Args:
            person: the phone number it comes from.
            text: as typed.
            whatsapp: whether by WhatsApp, not as a text message.
            id: the ``MessageSid``; None for a new one.
            fields: more fields, or others than usual.
        """
        sid = id or f"SM{secrets.token_hex(16)}"
        common = {
            "ToCountry": "US",
            "ToState": "",
            "ToCity": "",
            "ToZip": "",
            "FromCountry": "US",
            "FromState": "",
            "FromCity": "",
            "FromZip": "",
        }
        channel = {
            "From": person,
            "To": self.number,
            "NumSegments": str(segments(text)),
        }
        if whatsapp:
            common = {
                "ProfileName": "Alex",
                "WaId": person.lstrip("+"),
                "MessageType": "text",
                "ReferralNumMedia": "0",
                "ChannelMetadata": json.dumps(
                    {"type": "whatsapp", "data": {"context": {"ProfileName": "Alex", "WaId": person.lstrip("+")}}}
                ),
            }
            channel = {
                "From": _WHATSAPP + person,
                "To": _WHATSAPP + self.whatsapp_number,
                "NumSegments": "1",
            }
        return self.webhook(
            {
                **common,
                "SmsMessageSid": sid,
                "NumMedia": "0",
                "SmsSid": sid,
                "SmsStatus": "received",
                "Body": text,
                **channel,
                "MessageSid": sid,
                "AccountSid": self.account,
                "ApiVersion": "2010-04-01",
                **fields,
            }
        )

    def press(self, person: str, sent: Sent, title: str) -> WebhookRequest:
        """Nothing is pressed here: the person types.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError("Text messages have no buttons; let the person type by `message`.")

    def button_reply(self, person: str, text: str, payload: str, id: str | None = None) -> WebhookRequest:
        """Returns the tap of a button that a WhatsApp template has.

        Args:
            person: the phone number it comes from.
            text: of the button.
            payload: of the button.
            id: the ``MessageSid``.
        """
        fields = {"MessageType": "button", "ButtonText": text, "ButtonPayload": payload}
        fields["OriginalRepliedMessageSid"] = f"SM{secrets.token_hex(16)}"
        fields["OriginalRepliedMessageSender"] = _WHATSAPP + self.whatsapp_number
        return self.message(person, text, True, id, **fields)

    def voice(self, person: str, id: str | None = None) -> WebhookRequest:
        """Returns a voice message by WhatsApp."""
        return self._media(person, "", "audio/ogg", "audio", True, id)

    def photo(self, person: str, caption: str = "", whatsapp: bool = True, id: str | None = None) -> WebhookRequest:
        """Returns a picture, by WhatsApp or as MMS, with or without a caption."""
        return self._media(person, caption, "image/jpeg", "image", whatsapp, id)

    def sticker(self, person: str, id: str | None = None) -> WebhookRequest:
        """Returns a sticker by WhatsApp."""
        return self._media(person, "", "image/webp", "sticker", True, id)

    def contact(self, person: str, id: str | None = None) -> WebhookRequest:
        """Returns a contact by WhatsApp."""
        return self._media(person, "", "text/vcard", "contacts", True, id)

    def document(self, person: str, caption: str = "", id: str | None = None) -> WebhookRequest:
        """Returns a file by WhatsApp; its body is the caption, or else its name."""
        return self._media(person, caption or "scan.pdf", "application/pdf", "document", True, id)

    def location(self, person: str, id: str | None = None) -> WebhookRequest:
        """Returns a location by WhatsApp."""
        fields = {"Latitude": "51.500729", "Longitude": "-0.124625", "MessageType": "location"}
        fields |= {"Address": "Westminster, London SW1A 0AA", "Label": "Big Ben"}
        return self.message(person, "", True, id, **fields)

    def status(self, sent: Sent, status: str = "delivered", error: int | None = None) -> WebhookRequest:
        """Returns a status callback of a sent message, for the address that its ``StatusCallback`` named.

        Args:
            sent: the message.
            status: such as ``sent``, ``delivered``, ``read``, ``undelivered`` or ``failed``.
            error: Twilio's ``ErrorCode``; None for none.
        """
        fields = {
            "SmsSid": sent.id,
            "SmsStatus": status,
            "MessageStatus": status,
            "To": sent.recipient,
            "MessageSid": sent.id,
            "AccountSid": self.account,
            "From": sent.raw["From"],
            "ApiVersion": "2010-04-01",
        }
        if not sent.recipient.startswith(_WHATSAPP):
            fields["RawDlrDoneDate"] = time.strftime("%y%m%d%H%M")
        if error is not None:
            fields["ErrorCode"] = str(error)
        return self.webhook(fields, sent.raw.get("StatusCallback"))

    def _media(self, person: str, text: str, mime: str, kind: str, whatsapp: bool, id: str | None) -> WebhookRequest:
        sid = id or f"MM{secrets.token_hex(16)}"
        media = (
            f"https://api.twilio.com/2010-04-01/Accounts/{self.account}/Messages/{sid}/Media/ME{secrets.token_hex(16)}"
        )
        fields = {"NumMedia": "1", "MediaContentType0": mime, "MediaUrl0": media}
        if whatsapp:
            fields["MessageType"] = kind
        return self.message(person, text, whatsapp, sid, **fields)


def _check_content(body: str, media: list[str]) -> None:
    if not body.strip() and not media:
        raise _refusal("neither Body nor MediaUrl", 21619, "A text message body or media urls must be specified.")
    if utf16_length(body) > _LONGEST_BODY:
        message = "The concatenated message body exceeds the 1600 character limit"
        raise _refusal(f"Body is longer than {_LONGEST_BODY} characters", 21617, message)
    if len(media) > _MOST_MEDIA:
        raise _refusal(f"more than {_MOST_MEDIA} MediaUrl", 21623, "Number of media files exceeds allowed limit")
    if not all(is_public(address) for address in media):
        raise _refusal("MediaUrl is no public address", 21620, "Invalid media URL(s)")


def _is_number(number: str) -> bool:
    if not re.fullmatch(r"\+[1-9]\d{1,14}", number):
        return False
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False

"""Slack's Web API (https://docs.slack.dev/reference/methods) with its events and interactions."""

import json
import re
import secrets
import time
import uuid
from typing import Any
from urllib.parse import urlencode

from slack_sdk.signature import SignatureVerifier

from tools.fake_platforms.server.base import Button, FakePlatform, Refused, Reply, Request, Sent
from tools.fake_platforms.server.schemas import Schema, SchemaViolation, decoded, first_violation, is_public
from tools.fake_platforms.server.webhook_request import WebhookRequest

PATH = "/webhooks/slack/webhook"

_LONGEST_TEXT = 40_000
_MOST_BLOCKS = 50
_MOST_BUTTONS_PROMISED = 5
"""In an actions block; Slack itself takes 25, this project promises not to send more than 5."""

_ENTITY = re.compile(r"&(?:amp|lt|gt);")
_LINK = re.compile(r"<((?:https?://|mailto:|tel:|[@#!])[^<>|]*)(?:\|([^<>]*))?>")
_QUOTE = re.compile(r"^>+ ?", re.MULTILINE)

_KNOWN = {
    "chat.postMessage": {
        "token",
        "channel",
        "text",
        "blocks",
        "attachments",
        "as_user",
        "icon_emoji",
        "icon_url",
        "link_names",
        "markdown_text",
        "metadata",
        "mrkdwn",
        "parse",
        "reply_broadcast",
        "thread_ts",
        "unfurl_links",
        "unfurl_media",
        "username",
    },
    "chat.update": {
        "token",
        "channel",
        "ts",
        "text",
        "blocks",
        "attachments",
        "as_user",
        "file_ids",
        "link_names",
        "markdown_text",
        "metadata",
        "parse",
        "reply_broadcast",
    },
    "auth.test": {"token"},
}


def _plain_text(limit: int) -> Schema:
    return {
        "type": "object",
        "required": ["type", "text"],
        "additionalProperties": False,
        "properties": {
            "type": {"const": "plain_text"},
            "text": {"type": "string", "minLength": 1, "maxLength": limit},
            "emoji": {"type": "boolean"},
        },
    }


def _any_text(limit: int) -> Schema:
    return {
        "type": "object",
        "required": ["type", "text"],
        "additionalProperties": False,
        "properties": {
            "type": {"enum": ["plain_text", "mrkdwn"]},
            "text": {"type": "string", "minLength": 1, "maxLength": limit},
            "emoji": {"type": "boolean"},
            "verbatim": {"type": "boolean"},
        },
    }


def _block(required: list[str], **properties: Schema) -> Schema:
    common: Schema = {"type": {"type": "string"}, "block_id": {"type": "string", "minLength": 1, "maxLength": 255}}
    return {
        "type": "object",
        "required": required,
        "additionalProperties": False,
        "properties": {**common, **properties},
    }


_BUTTON: Schema = {
    "type": "object",
    "required": ["type", "text"],
    "additionalProperties": False,
    "properties": {
        "type": {"const": "button"},
        "text": _plain_text(75),
        "action_id": {"type": "string", "minLength": 1, "maxLength": 255},
        "url": {"type": "string", "maxLength": 3000},
        "value": {"type": "string", "minLength": 1, "maxLength": 2000},
        "style": {"enum": ["primary", "danger"]},
        "confirm": {"type": "object"},
        "accessibility_label": {"type": "string", "maxLength": 75},
    },
}
_IMAGE: Schema = {
    "image_url": {"type": "string", "minLength": 1, "maxLength": 3000},
    "alt_text": {"type": "string", "maxLength": 2000},
}
_BLOCKS: dict[str, Schema] = {
    "section": {
        **_block(
            [],
            text=_any_text(3000),
            fields={"type": "array", "minItems": 1, "maxItems": 10, "items": _any_text(2000)},
            accessory={"type": "object"},
            expand={"type": "boolean"},
        ),
        "anyOf": [{"required": ["text"]}, {"required": ["fields"]}],
    },
    "actions": _block(["elements"], elements={"type": "array", "minItems": 1, "maxItems": 25, "items": _BUTTON}),
    "image": _block(["image_url", "alt_text"], **_IMAGE, title=_plain_text(2000)),
    "header": _block(["text"], text=_plain_text(150)),
    "divider": _block([]),
    "context": _block(["elements"], elements={"type": "array", "minItems": 1, "maxItems": 10}),
}


def visible(mrkdwn: str) -> str:
    """Returns what a person gets to read of a text in mrkdwn: links by their labels, entities decoded."""
    shown = _LINK.sub(lambda link: link[2] or link[1], mrkdwn)
    return shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def escaped(text: str) -> str:
    """Returns a text as Slack delivers it, and wants it: ``&``, ``<`` and ``>`` as entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _refusal(violation: str, error: str, **more: object) -> Refused:
    return Refused(f"{violation} ({error})", Reply({"ok": False, "error": error, **more}))


def _blocks_refusal(violation: str, pointer: str = "/blocks") -> Refused:
    message = f"[ERROR] {violation} [json-pointer:{pointer}]"
    return _refusal(
        violation,
        "invalid_blocks",
        errors=[message.removeprefix("[ERROR] ")],
        response_metadata={"messages": [message]},
    )


class FakeSlack(FakePlatform):
    """Slack: people are user ids such as ``U0ALEX0001``; what goes to a person has their direct channel as recipient.

    Attributes:
        token: of the bot.
        signing_secret: signs deliveries.
        bot_user: the user id of the bot, which mentions name.
        channel: the id of the channel of ``group_message`` and ``join``.
    """

    prefix = "/api"

    def __init__(self) -> None:
        """Makes a workspace that nobody else has."""
        super().__init__()
        self.token = f"xoxb-{self.next_number()}-{secrets.token_hex(12)}"
        self.signing_secret = secrets.token_hex(16)
        self.team, self.app = "T0FAKETEAM", "A0FAKEAPP1"
        self.bot_user, self.bot = "U0FAKEBOT1", "B0FAKEBOT1"
        self.channel = "C0GENERAL1"
        self._messages: dict[tuple[str, str], dict[str, Any]] = {}

    def environment(self) -> dict[str, str]:
        """Returns the settings that switch the channel on in the assistant and point it here."""
        return {
            "SLACK_BOT_TOKEN": self.token,
            "SLACK_SIGNING_SECRET": self.signing_secret,
            "SLACK_API_BASE": self.base,
        }

    def address_of(self, person: str) -> str:
        """Returns the direct channel of a person, or a channel as it is."""
        return "D" + person[1:] if person[:1] in ("U", "W") else person

    # The API

    def recipient_in(self, request: Request) -> str | None:
        """Returns the channel that a request names."""
        channel = request.body.get("channel", request.query.get("channel"))
        return None if channel is None else self.address_of(str(channel))

    def failure(self, status: int, retry_after: int | None) -> Reply:
        """Returns Slack's error; 429 tells in ``Retry-After`` how long to wait, lesser errors come with status 200."""
        waiting = {} if retry_after is None else {"Retry-After": str(retry_after)}
        names = {401: "invalid_auth", 403: "account_inactive", 429: "ratelimited", 500: "internal_error"}
        names[503] = "service_unavailable"
        return Reply(
            {"ok": False, "error": names.get(status, "fatal_error")}, status if status >= 429 else 200, waiting
        )

    def blocked(self, recipient: str) -> Reply:
        """Returns what Slack says about a channel that the bot cannot reach (any more)."""
        return Reply({"ok": False, "error": "channel_not_found"})

    def authorise(self, request: Request) -> None:
        """Checks the bearer token, or a form's ``token``.

        Raises:
            Refused: it is missing or another. An address of ``response_url`` needs none.
        """
        if request.path.startswith("/actions/"):
            return
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer":
            # Documented: a token may be a form's field, never one of a JSON body.
            token = request.body.get("token", "") if request.is_form else ""
        if not token:
            raise _refusal("there is no token", "not_authed")
        if token != self.token:
            raise _refusal("the token is not the bot's", "invalid_auth")

    def answer(self, request: Request) -> Reply:
        """Returns ``{"ok": true, …}``.

        Raises:
            Refused: the method is unknown, or its arguments break a rule or limit.
        """
        if request.path.startswith("/actions/"):
            if not request.body.get("delete_original"):
                self._content(request, request.body)
            return Reply("ok")
        if request.call not in _KNOWN or request.path != f"/api/{request.call}":
            raise _refusal(f"no such method {request.path}", "unknown_method")
        given = {**request.query, **{name: decoded(value) for name, value in request.body.items() if name != "text"}}
        if request.body.get("text") is not None:
            given["text"] = request.body["text"]
        for name in given.keys() - _KNOWN[request.call]:
            self.record_violation(request, f"unknown argument {name}, which Slack passes over")
        if request.call == "auth.test":
            return Reply(self._identity())
        return self._keep(request, given)

    def _identity(self) -> dict[str, Any]:
        return {
            "ok": True,
            "url": "https://fake.slack.com/",
            "team": "Fake",
            "user": "assistant",
            "team_id": self.team,
            "user_id": self.bot_user,
            "bot_id": self.bot,
            "is_enterprise_install": False,
        }

    def _keep(self, request: Request, given: dict[str, Any]) -> Reply:
        channel, is_update = given.get("channel"), request.call == "chat.update"
        if not isinstance(channel, str) or not re.fullmatch(r"[CDGUW][A-Z0-9]{2,}", channel):
            raise _refusal(f"channel {channel!r} is none", "channel_not_found")
        channel = self.address_of(channel)
        ts = str(given.get("ts", "")) if is_update else self._ts()
        if is_update and (channel, ts) not in self._messages:
            raise _refusal("no such message", "message_not_found")
        texts, buttons, picture = self._content(request, given)
        self.check_visible(request, [*texts, *(button.title for button in buttons)])
        message = {
            "user": self.bot_user,
            "type": "message",
            "ts": ts,
            "bot_id": self.bot,
            "app_id": self.app,
            "text": given.get("text", ""),
            "team": self.team,
            "bot_profile": self._profile(),
            **{name: given[name] for name in ("blocks", "thread_ts") if given.get(name)},
        }
        self._messages[channel, ts] = message
        sent = Sent(channel, "\n".join(texts), buttons, picture, given, request.at, id=ts, call=request.call)
        self.accept(sent, edit=is_update)
        return Reply({"ok": True, "channel": channel, "ts": ts, "message": message})

    def _content(self, request: Request, given: dict[str, Any]) -> tuple[list[str], list[Button], str | None]:
        text, blocks = given.get("text") or "", given.get("blocks") or []
        if not text and not blocks and not given.get("attachments"):
            raise _refusal("neither text nor blocks", "no_text")
        if not isinstance(text, str):
            raise _refusal("text is no text", "invalid_arguments")
        if len(text) > _LONGEST_TEXT:
            raise _refusal(f"text is longer than {_LONGEST_TEXT} characters", "msg_too_long")
        self._check_escapes(request, text, "text")
        if not blocks:
            return [visible(text)], [], None
        if not text:
            self.record_violation(request, "blocks without text: notifications and screen readers have nothing to tell")
        return self._blocks(request, blocks)

    def _blocks(self, request: Request, blocks: object) -> tuple[list[str], list[Button], str | None]:
        if not isinstance(blocks, list):
            raise _refusal("blocks is no list", "invalid_blocks_format")
        if len(blocks) > _MOST_BLOCKS:
            raise _blocks_refusal(f"more than {_MOST_BLOCKS} blocks")
        texts: list[str] = []
        buttons: list[Button] = []
        pictures: list[str] = []
        for index, block in enumerate(blocks):
            self._check_block(request, block, index)
            texts += self._texts(request, block)
            keys = [*block.get("elements", ()), block.get("accessory", {})] if block["type"] in _BLOCKS else []
            buttons += [
                Button(key["text"]["text"], key.get("value", key.get("url", "")))
                for key in keys
                if key.get("type") == "button"
            ]
            images = [part for part in (block, *keys) if part.get("type") == "image"]
            pictures += [image["image_url"] for image in images if "image_url" in image]
        block_ids = [block["block_id"] for block in blocks if "block_id" in block]
        if len(set(block_ids)) < len(block_ids):
            raise _blocks_refusal("a block_id comes twice")
        for picture in pictures:
            if not is_public(picture):
                raise _blocks_refusal("image_url is no public address: downloading image failed")
        return texts, buttons, pictures[0] if pictures else None

    def _check_block(self, request: Request, block: Any, index: int) -> None:
        kind = block.get("type") if isinstance(block, dict) else None
        if not isinstance(kind, str):
            raise _blocks_refusal(f"blocks[{index}] has no type", f"/blocks/{index}")
        if kind not in _BLOCKS:
            self.record_violation(request, f"the fake platform cannot check the block type {kind}")
            return
        violation = first_violation(_BLOCKS[kind], block, f"the {kind} block")
        if violation is None and block.get("accessory", {}).get("type") == "button":
            violation = first_violation(_BUTTON, block["accessory"], "accessory")
        if violation is None and kind == "context":
            violation = _context_violation(block["elements"])
        if violation:
            raise _blocks_refusal(f"{kind} block: {violation.sentence}", f"/blocks/{index}{violation.pointer}")
        if kind == "actions":
            action_ids = [key["action_id"] for key in block["elements"] if "action_id" in key]
            if len(set(action_ids)) < len(action_ids):
                raise _blocks_refusal("an action_id comes twice in a block", f"/blocks/{index}/elements")
            if len(block["elements"]) > _MOST_BUTTONS_PROMISED:
                self.record_violation(request, f"more than {_MOST_BUTTONS_PROMISED} buttons in an actions block")

    def _texts(self, request: Request, block: dict[str, Any]) -> list[str]:
        objects = [block.get("text"), *block.get("fields", ()), *block.get("elements", ())]
        texts = []
        for item in objects:
            if not isinstance(item, dict) or item.get("type") not in ("mrkdwn", "plain_text"):
                continue
            if item["type"] == "mrkdwn":
                self._check_escapes(request, item["text"], f"{block['type']} block")
            texts.append(visible(item["text"]) if item["type"] == "mrkdwn" else item["text"])
        return texts

    def _check_escapes(self, request: Request, mrkdwn: str, where: str) -> None:
        bare = set("&<>") & set(_QUOTE.sub("", _LINK.sub("", _ENTITY.sub("", mrkdwn))))
        if bare:
            self.record_violation(request, f"{where}: {' and '.join(sorted(bare))} not escaped")

    def _ts(self) -> str:
        return f"{int(time.time())}.{self.next_number() % 1_000_000:06}"

    def _profile(self) -> dict[str, Any]:
        return {
            "id": self.bot,
            "app_id": self.app,
            "user_id": self.bot_user,
            "name": "assistant",
            "icons": {"image_36": "https://a.slack-edge.com/80588/img/plugins/app/bot_36.png"},
            "deleted": False,
            "updated": 1700000000,
            "team_id": self.team,
        }

    # What it delivers

    def _signed(self, body: bytes, content_type: str, at: float | None, **headers: str) -> WebhookRequest:
        timestamp = str(int(time.time() if at is None else at))
        signature = SignatureVerifier(self.signing_secret).generate_signature(timestamp=timestamp, body=body) or ""
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "Accept": "*/*",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature,
            **headers,
        }
        signatures = ("X-Slack-Signature", "X-Slack-Request-Timestamp")
        return WebhookRequest(PATH, headers, body, signature_headers=signatures)

    def event(
        self, content: dict[str, Any], id: str | None = None, at: float | None = None, retry: int | None = None
    ) -> WebhookRequest:
        """Returns any event.

        Args:
            content: the inner event.
            id: the ``event_id``; None for a new one.
            at: when Slack signs it, in seconds since the epoch; None for now.
            retry: which repetition of a delivery this is, as Slack tells it in a header; None for the first one.
        """
        wrapped = {
            "token": "an-old-verification-token",
            "team_id": self.team,
            "context_team_id": self.team,
            "context_enterprise_id": None,
            "api_app_id": self.app,
            "event": content,
            "type": "event_callback",
            "event_id": id or f"Ev{self.next_number():010}",
            "event_time": int(time.time()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": self.team,
                    "user_id": self.bot_user,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": f"4-{secrets.token_hex(30)}",
        }
        repeated = {} if retry is None else {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": "http_timeout"}
        return self._signed(json.dumps(wrapped).encode(), "application/json", at, **repeated)

    def challenge(self, at: float | None = None) -> WebhookRequest:
        """Returns what Slack sends when the webhook is entered; the answer is to hold its ``challenge``."""
        body = {"token": "an-old-verification-token", "challenge": secrets.token_hex(26), "type": "url_verification"}
        return self._signed(json.dumps(body).encode(), "application/json", at)

    def message(
        self,
        person: str,
        text: str,
        id: str | None = None,
        at: float | None = None,
        retry: int | None = None,
        **fields: object,
    ) -> WebhookRequest:
        """Returns a direct message.

        Args:
            person: who writes.
            text: as typed; Slack escapes it.
            id: the ``event_id``.
            at: when Slack signs it.
            retry: which repetition this is.
            fields: more of the event, or others than usual.
        """
        return self.event({**self._typed(person, text), **self._direct(person), **fields}, id, at, retry)

    def press(self, person: str, sent: Sent, title: str, at: float | None = None) -> WebhookRequest:
        """Returns the press of a button.

        Args:
            person: who presses.
            sent: the message with the button.
            title: of the button.
            at: when Slack signs it.

        Raises:
            ValueError: there is no such button.
        """
        found = [
            (block, key)
            for block in sent.raw.get("blocks", ())
            for key in [*block.get("elements", ()), block.get("accessory", {})]
            if key.get("type") == "button" and key["text"]["text"] == title
        ]
        if not found:
            raise ValueError(f"No button {title!r}; there are {sent.buttons}.")
        block, key = found[0]
        action = {
            "action_id": key.get("action_id", secrets.token_hex(3)),
            "block_id": block.get("block_id", secrets.token_hex(3)),
            # Recorded at slackapi/bolt-python issue 513: what comes back of a title is escaped.
            "text": {"emoji": True, **key["text"], "text": escaped(title)},
            **{name: key[name] for name in ("value", "style", "url") if name in key},
            "type": "button",
            "action_ts": self._ts(),
        }
        is_direct = sent.recipient.startswith("D")
        payload: dict[str, Any] = {
            "type": "block_actions",
            "user": {"id": person, "username": "alex", "name": "alex", "team_id": self.team},
            "api_app_id": self.app,
            "token": "an-old-verification-token",
            "container": {
                "type": "message",
                "message_ts": sent.id,
                "channel_id": sent.recipient,
                "is_ephemeral": False,
            },
            "trigger_id": f"{self.next_number()}.{self.next_number()}.{secrets.token_hex(16)}",
            "team": {"id": self.team, "domain": "fake"},
            "enterprise": None,
            "is_enterprise_install": False,
            "channel": {"id": sent.recipient, "name": "directmessage" if is_direct else "general"},
            "message": self._messages[sent.recipient, sent.id],
            "state": {"values": {}},
            "response_url": f"{self.base.removesuffix(self.prefix)}/actions/{self.team}/{self.next_number()}/"
            f"{secrets.token_hex(12)}",
            "actions": [action],
        }
        body = urlencode({"payload": json.dumps(payload)}).encode()
        return self._signed(body, "application/x-www-form-urlencoded", at)

    def voice(self, person: str, id: str | None = None) -> WebhookRequest:
        """Returns a recorded audio clip."""
        clip = {"name": "audio_message.m4a", "mimetype": "audio/mp4", "filetype": "m4a", "subtype": "slack_audio"}
        return self._shared(person, "", clip | {"transcription": {"status": "processing"}, "duration_ms": 4100}, id)

    def photo(self, person: str, caption: str = "", id: str | None = None) -> WebhookRequest:
        """Returns a picture, with or without a text."""
        picture = {
            "name": "image.png",
            "mimetype": "image/png",
            "filetype": "png",
            "original_w": 640,
            "original_h": 480,
        }
        return self._shared(person, caption, picture, id)

    def document(self, person: str, caption: str = "", id: str | None = None) -> WebhookRequest:
        """Returns a file, with or without a text."""
        return self._shared(person, caption, {"name": "scan.pdf", "mimetype": "application/pdf", "filetype": "pdf"}, id)

    def edit(self, person: str, text: str, id: str | None = None) -> WebhookRequest:
        """Returns that a person has changed a direct message of theirs to another text."""
        before, after = self._typed(person, "What it was"), self._typed(person, text)
        after |= {"ts": before["ts"], "client_msg_id": before["client_msg_id"]}
        after["edited"] = {"user": person, "ts": self._ts()}
        for message in (before, after):
            del message["event_ts"]
        content = {"type": "message", "subtype": "message_changed", "hidden": True, "message": after}
        content |= {"previous_message": before, "ts": self._ts(), "event_ts": self._ts(), **self._direct(person)}
        return self.event(content, id)

    def delete(self, person: str, id: str | None = None) -> WebhookRequest:
        """Returns that a person has deleted a direct message of theirs."""
        before = self._typed(person, "What it was")
        content = {"type": "message", "subtype": "message_deleted", "hidden": True, "previous_message": before}
        content |= {"deleted_ts": before["ts"], "ts": self._ts(), "event_ts": self._ts(), **self._direct(person)}
        return self.event(content, id)

    def from_bot(self, text: str, id: str | None = None) -> WebhookRequest:
        """Returns what an older integration, another bot, writes in the channel."""
        content = {"type": "message", "subtype": "bot_message", "text": escaped(text), "bot_id": "B0OTHERBOT"}
        ts = self._ts()
        content |= {"username": "Another bot", "ts": ts, "event_ts": ts, **self._in_channel()}
        return self.event(content, id)

    def echo(self, person: str, text: str, id: str | None = None) -> WebhookRequest:
        """Returns the event that Slack sends of the assistant's own message to a person; it has no subtype."""
        content = self._typed(self.bot_user, text)
        del content["client_msg_id"]
        content |= {"bot_id": self.bot, "app_id": self.app, "bot_profile": self._profile(), **self._direct(person)}
        return self.event(content, id)

    def join(self, person: str, id: str | None = None) -> WebhookRequest:
        """Returns that a person has joined the channel."""
        content = {"type": "member_joined_channel", "user": person, "channel": self.channel, "channel_type": "C"}
        return self.event(content | {"team": self.team, "inviter": "U0INVITER1", "event_ts": self._ts()}, id)

    def group_message(
        self, person: str, text: str, mentioned: bool, id: str | None = None, as_message: bool = False, ts: str = ""
    ) -> WebhookRequest:
        """Returns a text in the channel.

        Of one text with a mention, Slack sends two events, ``app_mention`` and ``message``, with the same ``ts``.

        Args:
            person: who writes.
            text: as typed, without the mention.
            mentioned: whether it begins with a mention of the bot.
            id: the ``event_id``.
            as_message: whether to return the ``message`` of a mention.
            ts: of the text; empty for a new one.
        """
        content = {**self._typed(person, text, mentioned), **self._in_channel()}
        if ts:
            content |= {"ts": ts, "event_ts": ts}
        if mentioned and not as_message:
            content["type"] = "app_mention"
            del content["channel_type"]
        return self.event(content, id)

    def _typed(self, person: str, text: str, mentioned: bool = False) -> dict[str, Any]:
        ts = self._ts()
        elements: list[dict[str, Any]] = [{"type": "text", "text": f" {text}" if mentioned else text}]
        shown = escaped(text)
        if mentioned:
            elements.insert(0, {"type": "user", "user_id": self.bot_user})
            shown = f"<@{self.bot_user}> {shown}"
        section = {"type": "rich_text_section", "elements": elements}
        return {
            "user": person,
            "type": "message",
            "ts": ts,
            "client_msg_id": str(uuid.uuid4()),
            "text": shown,
            "team": self.team,
            "blocks": [{"type": "rich_text", "block_id": secrets.token_hex(3), "elements": [section]}],
            "event_ts": ts,
        }

    def _direct(self, person: str) -> dict[str, Any]:
        return {"channel": self.address_of(person), "channel_type": "im"}

    def _in_channel(self) -> dict[str, Any]:
        return {"channel": self.channel, "channel_type": "channel"}

    def _shared(self, person: str, text: str, file: dict[str, Any], id: str | None) -> WebhookRequest:
        file_id, now = f"F{self.next_number()}", int(time.time())
        url = f"https://files.slack.com/files-pri/{self.team}-{file_id}/{file['name']}"
        shared = {"id": file_id, "created": now, "timestamp": now, "title": file["name"], "user": person, **file}
        shared |= {"user_team": self.team, "editable": False, "size": 48_211, "mode": "hosted", "is_external": False}
        shared |= {"external_type": "", "is_public": False, "public_url_shared": False, "display_as_bot": False}
        shared |= {"url_private": url, "url_private_download": url, "has_rich_preview": False, "file_access": "visible"}
        content = self._typed(person, text)
        if not text:
            del content["blocks"]
        content |= {"subtype": "file_share", "files": [shared], "upload": False, "display_as_bot": False}
        return self.event({**content, **self._direct(person)}, id)


def _context_violation(elements: list[Any]) -> SchemaViolation | None:
    for element in elements:
        if isinstance(element, dict) and element.get("type") == "image":
            schema = {"type": "object", "required": ["image_url", "alt_text"], "properties": _IMAGE}
        else:
            schema = _any_text(2000)
        violation = first_violation(schema, element, "an element")
        if violation:
            return violation
    return None

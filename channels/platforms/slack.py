"""Slack: signed requests only, acknowledged first; direct messages and mentions; buttons in blocks of five."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from rasa.core.channels.slack import SlackInput
from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse
from slack_sdk.signature import SignatureVerifier

from channels import settings
from channels.messaging import formatting
from channels.messaging.client import ApiClient, OutboundRequest, Response, SendOutcome, classify_by_status
from channels.messaging.incoming import IncomingMessage, attachment_type_of
from channels.messaging.output import ReplyContext
from channels.messaging.platform import Platform
from channels.messaging.webhook import read_object
from channels.rendering import picture_url

BUTTONS_A_BLOCK = 5
LONGEST_SECTION = 2_900
"""Characters after escaping; Slack takes 3,000."""

LONGEST_TITLE = 75
_SPOKEN_SUBTYPES = frozenset({None, "", "file_share", "thread_broadcast", "me_message", "message_share"})
_LINK = re.compile(r"<(https?://[^|>]+|mailto:[^|>]+|tel:[^|>]+)(?:\|([^>]*))?>")
_SPECIAL = re.compile(r"<[@#!][^|>]*(?:\|([^>]*))?>")
_FIRST_MENTION = re.compile(r"\s*<@\w+(?:\|[^>]*)?>")
_DEEPEST = 12  # blocks within blocks
_AGAIN = frozenset(
    {
        "ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout",
        "team_added_to_org", "message_limit_exceeded", "ekm_access_denied",
    }
)  # fmt: skip
_MALFORMED = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long", "invalid_arguments"}
)
_ELSEWHERE = (
    "I read direct messages, and messages in channels that mention me. Please write to me there. If it feels like an "
    "emergency, call your local emergency number now (999, 112 or 911)."
)


class Slack(Platform):
    """The Slack app of ``SLACK_BOT_TOKEN``."""

    title = "Slack"
    route = "slack"
    secrets = ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET")

    def make_client(self) -> ApiClient:
        """Returns how Slack is reached."""
        self._verifier = SignatureVerifier(self.settings["SLACK_SIGNING_SECRET"])
        headers = {"Authorization": f"Bearer {self.settings['SLACK_BOT_TOKEN']}"}
        return ApiClient(self.title, settings.read_url("SLACK_API_BASE", "https://slack.com/api"), classify, headers)

    def verify(self, request: Request) -> str | None:
        """Checks the signature, which is good for five minutes."""
        timestamp, signature = (
            request.headers.get("x-slack-request-timestamp"),
            request.headers.get("x-slack-signature"),
        )
        try:
            is_valid = self._verifier.is_valid(request.body, timestamp, signature)
        except (ValueError, TypeError, OverflowError):
            is_valid = False
        return None if is_valid else "Slack's signature is missing, wrong or older than five minutes."

    def read(self, request: Request) -> list[IncomingMessage] | HTTPResponse:
        """Reads an event or a pressed button; answers the challenge by which Slack tries the address."""
        if request.content_type.startswith("application/x-www-form-urlencoded"):
            form = {name: values[0] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()}
            if "payload" not in form and "command" not in form:
                return []  # "ssl_check"
            if "command" in form:
                return response.json({"response_type": "ephemeral", "text": _ELSEWHERE})
            found = self._pressed(read_object(form.get("payload", "").encode()))
            return [found] if found else []
        content = read_object(request.body)
        if content.get("type") == "url_verification":
            return response.json({"challenge": str(content.get("challenge") or "")})
        if content.get("type") != "event_callback" or not isinstance(content.get("event"), dict):
            return []
        event = content["event"]
        id_ = content.get("event_id") or event.get("client_msg_id") or f"{event.get('channel')}/{event.get('ts')}"
        found = self._said(str(id_), event, _own_users(content))
        return [found] if found else []

    def _said(self, id_: str, event: Mapping[str, Any], ours: frozenset[str]) -> IncomingMessage | None:
        """Returns what a person said; None for bots, edits, joins, and for channels where we are not mentioned."""
        user, channel, kind = event.get("user"), event.get("channel"), event.get("type")
        is_direct = kind == "message" and (event.get("channel_type") == "im" or str(channel).startswith("D"))
        if not (user and channel) or not (is_direct or kind == "app_mention"):
            return None
        if event.get("bot_id") or event.get("bot_profile") or user in ours or user == "USLACKBOT":
            return None
        if event.get("subtype") not in _SPOKEN_SUBTYPES or event.get("edited"):
            return None
        files = event.get("files") or []
        words = plain(_all_words(event), ours, is_mention=not is_direct)
        attachment_type = _attachment_type(files[0]) if files else None
        if not words and attachment_type is None:
            words = "hello"
        thread = event.get("thread_ts") or (None if is_direct else event.get("ts"))
        reply_target = {"channel": channel, "thread": thread, "group": not is_direct}
        # without the team, which is another one in a press from a shared channel
        conversation_id = self.conversation_id(channel, user)
        return IncomingMessage(self.name(), id_, conversation_id, reply_target, words, attachment_type)

    def _pressed(self, content: Mapping[str, Any]) -> IncomingMessage | None:
        """Returns the button that a person pressed; None for everything else in a message that can be used."""
        actions = content.get("actions") or []
        user, container = content.get("user") or {}, content.get("container") or {}
        channel = (content.get("channel") or {}).get("id") or container.get("channel_id")
        if content.get("type") != "block_actions" or not (actions and user.get("id") and channel):
            return None
        payload = SlackInput._get_interactive_response(actions[0])
        if not payload:
            return None
        # no event_id here; one press has one trigger
        id_ = content.get("trigger_id") or f"{container.get('message_ts')}/{actions[0].get('action_ts')}"
        thread = (content.get("message") or {}).get("thread_ts") or container.get("thread_ts")
        reply_target = {"channel": channel, "thread": thread, "group": not str(channel).startswith("D")}
        return IncomingMessage(
            self.name(), f"press/{id_}", self.conversation_id(channel, user["id"]), reply_target, str(payload)
        )

    async def to_requests(self, answer: dict[str, Any], context: ReplyContext) -> list[OutboundRequest]:
        """Returns the messages of an answer, the buttons in the last, then its picture."""
        reply_target = context.incoming.reply_target
        common: dict[str, Any] = {"channel": reply_target["channel"], "unfurl_links": False, "unfurl_media": False}
        if reply_target.get("thread"):
            common["thread_ts"] = reply_target["thread"]
        pieces = formatting.chunk(answer["text"], lambda piece: len(_to_mrkdwn(piece)) <= LONGEST_SECTION)
        requests = []
        for number, piece in enumerate(pieces, 1):
            blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": _to_mrkdwn(piece)}}]
            if number == len(pieces):
                blocks += _button_blocks(answer.get("buttons") or [])
            plain_ = {**common, "text": escaped(piece)}
            alone = OutboundRequest("/chat.postMessage", json=plain_)
            requests.append(OutboundRequest("/chat.postMessage", json={**plain_, "blocks": blocks}, fallback=alone))
        picture = picture_url(answer, self.public_url)
        if picture:
            text = (answer.get("picture") or {}).get("text") or "A picture"
            image = {"type": "image", "image_url": picture, "alt_text": text[:2_000]}
            requests.append(
                OutboundRequest(
                    "/chat.postMessage", json={**common, "text": escaped(text), "blocks": [image]}, best_effort=True
                )
            )
        return requests


def escaped(text: str) -> str:
    """Returns a text with the characters replaced by which Slack tells its markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain(text: str, ours: frozenset[str], *, is_mention: bool) -> str:
    """Returns what a person typed, without Slack's markup and without the mention of the bot.

    Args:
        text: as Slack sends it.
        ours: user ids of the bot.
        is_mention: whether the message came since it mentions the bot.
    """
    for user in ours:
        text = re.sub(rf"<@{re.escape(user)}(?:\|[^>]*)?>", " ", text)
    if is_mention and not ours:
        text = _FIRST_MENTION.sub(" ", text, count=1)
    text = _LINK.sub(lambda found: found.group(2) or found.group(1), text)
    text = _SPECIAL.sub(lambda found: found.group(1) or " ", text)
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return "\n".join(" ".join(line.split()) for line in text.strip().splitlines())


def classify(reply: Response) -> SendOutcome:
    """Returns what a response of Slack's means; it says what is wrong with status 200."""
    outcome = classify_by_status(reply)
    if not outcome.is_accepted or reply.content.get("ok") is not False:
        return outcome
    error = str(reply.content.get("error") or "unknown error")
    again = error in _AGAIN
    return SendOutcome(
        should_retry=again,
        retry_after=reply.retry_after,
        is_unreachable=not again and error not in _MALFORMED,
        reason=error,
    )


def _to_mrkdwn(text: str) -> str:
    return formatting.bold_asterisks(text, escaped)


def _button_blocks(buttons: list[dict[str, str]]) -> list[dict[str, Any]]:
    elements = [
        {
            "type": "button",
            "action_id": f"answer_{number}",
            "text": {"type": "plain_text", "text": formatting.truncate(button["title"], LONGEST_TITLE)},
            "value": button["payload"],
        }
        for number, button in enumerate(buttons)
    ]
    groups = [elements[start : start + BUTTONS_A_BLOCK] for start in range(0, len(elements), BUTTONS_A_BLOCK)]
    return [{"type": "actions", "elements": group} for group in groups]


def _all_words(event: Mapping[str, Any]) -> str:
    """Returns the text of a message, else that of its blocks, and of the messages that it forwards."""
    text = str(event.get("text") or "") or " ".join(_texts_in(event.get("blocks"), _DEEPEST))
    shared = [entry for entry in event.get("attachments") or [] if isinstance(entry, dict)]
    forwarded = [
        str(e.get("text") or e.get("fallback") or "") for e in shared if e.get("is_share") or e.get("is_msg_unfurl")
    ]
    return "\n".join(filter(None, [text, *forwarded]))


def _texts_in(block: Any, depth: int) -> list[str]:
    if isinstance(block, list) and depth:
        return [text for entry in block for text in _texts_in(entry, depth - 1)]
    if not isinstance(block, dict) or not depth:
        return []
    own = block.get("text")
    found = [own] if isinstance(own, str) else _texts_in(own, depth - 1)
    return [*found, *_texts_in(block.get("elements"), depth - 1)]


def _own_users(content: Mapping[str, Any]) -> frozenset[str]:
    entries = [entry for entry in content.get("authorizations") or [] if isinstance(entry, dict)]
    return frozenset(str(entry["user_id"]) for entry in entries if entry.get("is_bot") and entry.get("user_id"))


def _attachment_type(file: Mapping[str, Any]) -> str:
    return "voice" if file.get("subtype") == "slack_audio" else attachment_type_of(str(file.get("mimetype") or ""))

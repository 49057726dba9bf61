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
from channels.messaging.client import Api, Call, Reply, Verdict, by_status
from channels.messaging.delivery import Delivery, medium_of
from channels.messaging.output import Turn
from channels.messaging.platform import Platform
from channels.messaging.webhook import read_object
from channels.rendering import picture_address

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
    secrets = ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET")

    @classmethod
    def name(cls) -> str:
        """Returns the name in Rasa's address, ``/webhooks/slack/webhook``."""
        return "slack"

    def make_api(self) -> Api:
        """Returns how Slack is reached."""
        self._verifier = SignatureVerifier(self.settings["SLACK_SIGNING_SECRET"])
        headers = {"Authorization": f"Bearer {self.settings['SLACK_BOT_TOKEN']}"}
        return Api(self.title, settings.address("SLACK_API_BASE", "https://slack.com/api"), judged, headers)

    def verify(self, request: Request) -> str | None:
        """Checks the signature, which is good for five minutes."""
        timestamp, signature = (request.headers.get(f"x-slack-{name}") for name in ("request-timestamp", "signature"))
        try:
            is_valid = self._verifier.is_valid(request.body, timestamp, signature)
        except (ValueError, TypeError, OverflowError):
            is_valid = False
        return None if is_valid else "Slack's signature is missing, wrong or older than five minutes."

    def read(self, request: Request) -> list[Delivery] | HTTPResponse:
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

    def _said(self, id_: str, event: Mapping[str, Any], ours: frozenset[str]) -> Delivery | None:
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
        medium = _medium(files[0]) if files else None
        if not words and medium is None:
            words = "hello"
        thread = event.get("thread_ts") or (None if is_direct else event.get("ts"))
        address = {"channel": channel, "thread": thread, "group": not is_direct}
        person = self.person(channel, user)  # the team is another one in a press from a shared channel
        return Delivery(self.name(), id_, person, address, words, medium)

    def _pressed(self, content: Mapping[str, Any]) -> Delivery | None:
        """Returns the button that a person pressed; None for everything else in a message that can be used."""
        actions = content.get("actions") or []
        user, place = content.get("user") or {}, content.get("container") or {}
        channel = (content.get("channel") or {}).get("id") or place.get("channel_id")
        if content.get("type") != "block_actions" or not (actions and user.get("id") and channel):
            return None
        payload = SlackInput._get_interactive_response(actions[0])
        if not payload:
            return None
        # no event_id here; one press has one trigger
        id_ = content.get("trigger_id") or f"{place.get('message_ts')}/{actions[0].get('action_ts')}"
        thread = (content.get("message") or {}).get("thread_ts") or place.get("thread_ts")
        address = {"channel": channel, "thread": thread, "group": not str(channel).startswith("D")}
        return Delivery(self.name(), f"press/{id_}", self.person(channel, user["id"]), address, str(payload))

    async def calls(self, answer: dict[str, Any], turn: Turn) -> list[Call]:
        """Returns the messages of an answer, the buttons in the last, then its picture."""
        address = turn.delivery.address
        common: dict[str, Any] = {"channel": address["channel"], "unfurl_links": False, "unfurl_media": False}
        if address.get("thread"):
            common["thread_ts"] = address["thread"]
        pieces = formatting.split(answer["text"], lambda piece: len(_marked(piece)) <= LONGEST_SECTION)
        calls = []
        for place, piece in enumerate(pieces, 1):
            blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": _marked(piece)}}]
            if place == len(pieces):
                blocks += _button_blocks(answer.get("buttons") or [])
            plain_ = {**common, "text": escaped(piece)}
            alone = Call("/chat.postMessage", json=plain_)
            calls.append(Call("/chat.postMessage", json={**plain_, "blocks": blocks}, instead=alone))
        picture = picture_address(answer, self.public_url)
        if picture:
            text = (answer.get("picture") or {}).get("text") or "A picture"
            image = {"type": "image", "image_url": picture, "alt_text": text[:2_000]}
            calls.append(
                Call("/chat.postMessage", json={**common, "text": escaped(text), "blocks": [image]}, is_extra=True)
            )
        return calls


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


def judged(reply: Reply) -> Verdict:
    """Judges a reply of Slack's, which says what is wrong with status 200."""
    verdict = by_status(reply)
    if not verdict.is_taken or reply.content.get("ok") is not False:
        return verdict
    error = str(reply.content.get("error") or "unknown error")
    again = error in _AGAIN
    return Verdict(again=again, wait=reply.retry_after, gone=not again and error not in _MALFORMED, reason=error)


def _marked(text: str) -> str:
    return formatting.starred(text, escaped)


def _button_blocks(buttons: list[dict[str, str]]) -> list[dict[str, Any]]:
    elements = [
        {
            "type": "button",
            "action_id": f"answer_{number}",
            "text": {"type": "plain_text", "text": formatting.shortened(button["title"], LONGEST_TITLE)},
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


def _medium(file: Mapping[str, Any]) -> str:
    return "voice" if file.get("subtype") == "slack_audio" else medium_of(str(file.get("mimetype") or ""))

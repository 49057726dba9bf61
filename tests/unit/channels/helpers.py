"""Requests, platforms and keys for tests without a server."""

import asyncio
import json
import time
from types import SimpleNamespace

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from sanic.compat import Header
from sanic.request import Request

from channels.messaging.webhook import LARGEST_BODY

HUGE = b"{" + b" " * LARGEST_BODY + b"}"
_KEYS = {name: rsa.generate_private_key(public_exponent=65537, key_size=2048) for name in ("theirs", "somebody's")}


def make_request(body=b"", headers=None, url="/", method="POST"):
    """Returns a request as Sanic hands it to a webhook."""
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    request = Request(url.encode(), Header(headers or {}), "1.1", method, None, None)
    request.body = body
    return request


class FakeInbox:
    """The key-value state alone."""

    def __init__(self):
        self.state = {}
        self.begun = []

    async def get_state(self, key):
        return self.state.get(key)

    async def set_state(self, key, value, *, permanent=False):
        self.state[key] = value

    async def mark_begun(self, incoming):
        self.begun.append(incoming)


class FakeDispatcher:
    """Takes messages on and answers none; knows those that come again."""

    def __init__(self):
        self.inbox = FakeInbox()
        self.messages = []

    def register(self, responder):
        self.responder = responder

    async def enqueue(self, messages):
        known = {one.deduplication_key for one in self.messages}
        new = [one for one in messages if one.deduplication_key not in known]
        self.messages += new
        return len(new)


def received(platform, request):
    """Gives a request to a platform's webhook; returns the status and the messages that were taken on."""
    before = len(platform.dispatcher.messages)
    status = asyncio.run(platform.receive(request)).status
    return SimpleNamespace(status=status, messages=platform.dispatcher.messages[before:])


def published_keys():
    """Returns the document of keys that a platform publishes."""
    key = jwt.algorithms.RSAAlgorithm.to_jwk(_KEYS["theirs"].public_key(), as_dict=True)
    return {"keys": [{**key, "kid": "1", "use": "sig", "endorsements": ["msteams"]}]}


def bearer_token(audience, issuer, *, signed_by="theirs", kid="1", ends_in=600, **claims):
    """Returns the header Authorization with a token that is right unless told otherwise."""
    content = {"aud": audience, "iss": issuer, "exp": time.time() + ends_in, **claims}
    token = jwt.encode(content, _KEYS[signed_by], algorithm="RS256", headers={"kid": kid})
    return {"Authorization": f"Bearer {token}"}

"""JSON web tokens by which platforms prove who calls."""

from __future__ import annotations

from typing import Any

import jwt
from sanic.request import Request

KEYS_LAST = 6 * 3_600.0
"""Seconds for which a platform's keys are kept."""

LONGEST_FETCH = 5.0
_LEEWAY = 300


def claims(request: Request, keys: jwt.PyJWKClient, audience: str, issuer: str) -> tuple[jwt.PyJWK, dict[str, Any]]:
    """Returns what the token in the header Authorization claims, and the key that signed it.

    Args:
        request: with the token.
        keys: the platform's.
        audience: for whom the token must be.
        issuer: who must have issued it.

    Raises:
        jwt.PyJWTError: there is none, it is not signed by one of the keys, not for us, or has ended.
        ValueError: it is garbled.
        OSError: the keys cannot be fetched.
    """
    scheme, _, token = (request.headers.get("authorization") or "").partition(" ")
    if scheme.lower() != "bearer":
        raise jwt.InvalidTokenError("no bearer token")
    key = keys.get_signing_key_from_jwt(token)
    found = jwt.decode(
        token,
        key.key,
        algorithms=["RS256"],
        audience=audience,
        issuer=issuer,
        leeway=_LEEWAY,
        options={"require": ["exp", "aud", "iss"]},
    )
    return key, found

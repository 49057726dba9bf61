"""Whoever signs JSON web tokens for a fake platform: with RSA keys made at the start."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm


class TokenIssuer:
    """An RSA key, its public half as a document, and tokens right and wrong."""

    def __init__(self, name: str, audience: str, **claims: str) -> None:
        """Takes the claims of a right token and makes the keys."""
        self.claims: dict[str, Any] = {"iss": name, "aud": audience, **claims}
        self._id = secrets.token_hex(8)
        self._key, self._other_key = _new_key(), _new_key()

    def document(self, **more: Any) -> dict[str, Any]:
        """Returns the JWK set."""
        public = RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": self._id, "use": "sig", **more}]}

    def token(self, alg: str = "RS256", kid: str | None = None, by_another: bool = False, **claims: Any) -> str:
        """Returns a token.

        Args:
            alg: RS256; HS256, keyed with the public key; or none.
            kid: of the key, where it is to be a wrong one.
            by_another: signed with a key that is not in the document.
            claims: instead of the right ones; None leaves one out.
        """
        now = int(time.time())
        content = {"iat": now - 5, "nbf": now - 5, "exp": now + 3600, **self.claims, **claims}
        content = {name: value for name, value in content.items() if value is not None}
        header = {"typ": "JWT", "alg": alg, "kid": kid or self._id}
        signed = b".".join(_base64(json.dumps(part).encode()) for part in (header, content))
        key, signature = self._other_key if by_another else self._key, b""
        if alg == "RS256":
            signature = key.sign(signed, PKCS1v15(), SHA256())
        elif alg == "HS256":
            public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            signature = hmac.new(public, signed, hashlib.sha256).digest()
        return b".".join((signed, _base64(signature))).decode()


def _new_key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


def _base64(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")

"""What a platform delivers to a webhook: one HTTP request, signed as the platform signs it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import requests

_LONGEST_WAIT = 30


@dataclass(frozen=True)
class WebhookRequest:
    """A delivery that is ready to be sent, as often as one likes.

    Attributes:
        path: of the webhook, with its leading slash.
        headers: all that the platform sends, the signature among them.
        body: the bytes that were signed.
        method: POST, but for Messenger's verification.
        query: of the address; empty but for Messenger's verification.
        signature_headers: those of the headers that prove where it comes from.
    """

    path: str
    headers: Mapping[str, str]
    body: bytes = b""
    method: str = "POST"
    query: Mapping[str, str] = field(default_factory=dict)
    signature_headers: tuple[str, ...] = ()

    def unsigned(self) -> "WebhookRequest":
        """Returns a copy without the headers that prove where it comes from."""
        return replace(
            self, headers={name: value for name, value in self.headers.items() if name not in self.signature_headers}
        )

    def wrongly_signed(self) -> "WebhookRequest":
        """Returns a copy whose signatures have the right form and one wrong character."""
        return replace(
            self,
            headers={
                name: _spoiled(value) if name in self.signature_headers else value
                for name, value in self.headers.items()
            },
        )

    def send(self, address: str, timeout: float = _LONGEST_WAIT) -> requests.Response:
        """Sends it.

        Args:
            address: of the server, without a path.
            timeout: seconds.

        Returns:
            The server's response.

        Raises:
            requests.RequestException: there was none.
        """
        return requests.request(
            self.method,
            address.rstrip("/") + self.path,
            params=dict(self.query),
            headers=dict(self.headers),
            data=self.body,
            timeout=timeout,
        )


def _spoiled(value: str) -> str:
    # The middle, for the ends may be a prefix ("sha256=") or padding ("=").
    middle = len(value) // 2
    return value[:middle] + ("0" if value[middle] != "0" else "1") + value[middle + 1 :]

"""Serves the web widget's files at ``/widget`` and a page of its own at ``/``; nothing comes from anywhere else."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

FOLDER = Path(__file__).resolve().parents[2] / "widget"
_VENDOR = {
    "vendor/deep-chat.js": "node_modules/deep-chat/dist/deepChat.bundle.js",
    "vendor/socket.io.js": "node_modules/socket.io-client/dist/socket.io.esm.min.js",
}
_KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
_PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}
_FROM_ANY_SITE = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
"""The files of the widget are public: any page may load them, the conversation is guarded on the socket."""


@dataclass(frozen=True)
class File:
    """A file as it is sent.

    Attributes:
        content: its bytes.
        packed: the same, gzipped; None where that makes it no smaller.
        kind: its media type.
        etag: its entity tag.
    """

    content: bytes
    packed: bytes | None
    kind: str
    etag: str


@lru_cache(maxsize=1)
def files() -> dict[str, File]:
    """Returns every file that is served, by its path below ``/widget/``."""
    found = {
        path.relative_to(FOLDER).as_posix(): path
        for path in (*FOLDER.glob("*.*"), *FOLDER.glob("pictures/*.*"))
        if path.suffix in _KINDS
    }
    found |= {name: FOLDER / path for name, path in _VENDOR.items() if (FOLDER / path).exists()}
    return {name: _read(path) for name, path in found.items()}


def _read(path: Path) -> File:
    content = path.read_bytes()
    if path.suffix == ".js" and "node_modules" in path.parts:
        content = content.partition(b"\n//# sourceMappingURL=")[0]  # the map is not served
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    packed = None if path.suffix == ".png" else gzip.compress(content, 9, mtime=0)
    return File(content, packed, _KINDS[path.suffix], etag)


class WidgetPage(InputChannel):
    """Serves the widget and its page."""

    @classmethod
    def name(cls) -> str:
        """Returns the channel's name."""
        return "page"

    def url_prefix(self) -> str:
        """Puts the page at ``/``, outside of ``/webhooks``."""
        return "/"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Returns the endpoints."""
        page = Blueprint("page")

        @page.listener("before_server_start")
        async def put_page_at_root(app: Sanic, _: Any) -> None:
            files()
            app.register_middleware(_send_page, "request")  # before Rasa's own greeting

        @page.get("/widget/<path:path>", name="file")
        async def send_file(request: Request, path: str) -> HTTPResponse:
            return _sent(path, request)

        return page


async def _send_page(request: Request) -> HTTPResponse | None:
    if request.method != "GET":
        return None
    if request.path == "/":
        return _sent("page.html", request)
    return response.redirect("/") if request.path.rstrip("/") == "/chat" else None


def _sent(name: str, request: Request) -> HTTPResponse:
    file = files().get(name)
    if file is None:
        return response.text("There is no such file.", status=404, headers=_HEADERS)
    policy = _PICTURE_POLICY if name.endswith(".svg") else _POLICY
    shared = {} if name.endswith(".html") else _FROM_ANY_SITE
    headers = {**_HEADERS, **shared, "Content-Security-Policy": policy, "ETag": file.etag, "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == file.etag:
        return response.empty(status=304, headers=headers)
    if file.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return response.raw(file.packed, content_type=file.kind, headers={**headers, "Content-Encoding": "gzip"})
    return response.raw(file.content, content_type=file.kind, headers=headers)

"""A plain page to chat on, served by the assistant itself at ``/chat``; ``/`` leads there."""

from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

_FOLDER = Path(__file__).resolve().parent.parent / "widget"
_FILES = {
    "/": ("chat.html", "text/html; charset=utf-8"),
    "/chat.css": ("chat.css", "text/css; charset=utf-8"),
    "/chat.js": ("chat.js", "text/javascript; charset=utf-8"),
}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}


class ChatPage(InputChannel):
    """Serves the page; what is typed on it goes to the REST channel."""

    @classmethod
    def name(cls) -> str:
        """Returns the channel's name."""
        return "page"

    def url_prefix(self) -> str:
        """Puts the page at ``/chat``, outside of ``/webhooks``."""
        return "/chat"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Returns the page's endpoints."""
        page = Blueprint("chat_page")
        for path, (name, kind) in _FILES.items():
            page.add_route(_sender_of(name, kind), path, methods=["GET"], name=name.replace(".", "_"))

        @page.listener("before_server_start")
        async def lead_root_to_page(app: Sanic, _: Any) -> None:
            app.register_middleware(_root_to_page, "request")

        return page


def _sender_of(name: str, kind: str) -> Callable[[Request], Coroutine[Any, Any, HTTPResponse]]:
    async def send(request: Request) -> HTTPResponse:
        return response.raw((_FOLDER / name).read_bytes(), content_type=kind, headers=_HEADERS)

    return send


async def _root_to_page(request: Request) -> HTTPResponse | None:
    if request.path == "/" and request.method == "GET":
        return response.redirect("/chat/")
    return None

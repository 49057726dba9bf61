"""A real browser, driven against the real server, and sites of other origins that embed the widget."""

import http.server
import threading
from pathlib import Path

import pytest

from tools.assistant_process import RunningAssistant
from tools.browser import chromium as started_chromium
from tools.settings import free_port

AXE = Path(__file__).resolve().parents[2] / "widget" / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 320, "height": 640}
DESKTOP = {"width": 1280, "height": 800}


@pytest.fixture(scope="package")
def chromium():
    """A browser; its driver keeps an event loop running, so it must end before other tests want one."""
    with started_chromium() as browser:
        yield browser


class Site:
    """A site of an origin of its own, that serves one page."""

    def __init__(self, page: str) -> None:
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(site.page.encode())

            def log_message(self, *_):
                pass

        self.page = page
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", free_port()), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()


@pytest.fixture(scope="package")
def known_site():
    site = Site("")
    yield site
    site.stop()


@pytest.fixture(scope="package")
def widget_server(known_site):
    started = RunningAssistant(WIDGET_ORIGINS=known_site.origin)
    yield started
    started.stop()


@pytest.fixture
def clinic(known_site, widget_server):
    """A site that the assistant knows, with the widget on it."""
    known_site.page = host_page(widget_server.address)
    return known_site


@pytest.fixture(scope="package")
def stranger(widget_server):
    """A site that it does not know, with the widget on it."""
    site = Site(host_page(widget_server.address))
    yield site
    site.stop()


def host_page(address: str, attributes: str = "") -> str:
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A clinic</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <style>* {{ color: red; font-size: 30px; }} button {{ display: none; }}</style></head>
    <body><main><h1>A clinic</h1><p>Text <a href="#x">link</a></p></main>
    <script type="module" src="{address}/widget/knee-chat.js" {attributes}></script></body></html>"""


class Widget:
    """The widget on a page, as a person sees it."""

    def __init__(self, page):
        self.page = page
        self.requests = []
        self.complaints = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def goto(self, address):
        self.page.goto(address)
        return self

    def open(self):
        self.page.locator("knee-chat").get_by_role("button").first.click()
        self.field.wait_for()
        return self

    @property
    def field(self):
        return self.page.get_by_role("textbox", name="Your message")

    @property
    def log(self):
        return self.page.get_by_role("log")

    @property
    def alert(self):
        return self.page.locator("knee-chat .urgent")

    @property
    def status(self):
        return self.page.locator("knee-chat .status")

    @property
    def said(self):
        return self.page.locator("knee-chat .said")

    @property
    def choices(self):
        return self.page.locator("knee-chat .choices button")

    def say(self, text, answer=None):
        """Types a message and waits for an answer (with some words in it)."""
        before = self.page.locator("knee-chat .said.theirs").count()
        self.field.fill(text)
        self.field.press("Enter")
        if answer is None:
            self.page.locator("knee-chat .said.theirs").nth(before).wait_for(timeout=10_000)
        else:
            self.log.get_by_text(answer).last.wait_for(timeout=10_000)
        return self

    def violations(self):
        """Returns what axe-core finds against WCAG 2.2 AA, and its other rules."""
        if not self.page.evaluate("() => Boolean(window.axe)"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        return self.page.evaluate(
            """async () => (await axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa",
            "best-practice"]})).violations.map(v => [v.id, v.nodes.map(n => n.html.slice(0, 150))])"""
        )


@pytest.fixture
def visit(chromium):
    """Opens a page in a browser of its own: a function of the address, giving a `Widget`."""
    contexts = []

    def go(address, **settings):
        context = chromium.new_context(**{"viewport": DESKTOP, "locale": "en-GB", "bypass_csp": False, **settings})
        contexts.append(context)
        return Widget(context.new_page()).goto(address)

    yield go
    for context in contexts:
        context.close()

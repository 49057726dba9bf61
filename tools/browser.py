"""The browser that tests, screenshots and benchmarks drive."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from tools.assistant_process import RunningAssistant, StartError


@contextmanager
def chromium() -> Iterator[Browser]:
    """Starts Chromium, the one that ``CHROMIUM`` names, else the one on PATH, and ends it.

    Raises:
        StartError: there is none.
    """
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        raise StartError("There is no Chromium here; install Debian's package chromium, or name one in CHROMIUM.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def assistant_in_browser() -> Iterator[tuple[RunningAssistant, Browser]]:
    """Starts the assistant and Chromium, and ends both.

    Raises:
        StartError: one of them did not start.
    """
    with chromium() as browser:
        server = RunningAssistant()
        try:
            yield server, browser
        finally:
            server.stop()

"""Writes pictures of the web widget's main states: ``make screenshots``."""

import sys

from playwright.sync_api import Page

from tools.assistant_process import StartError
from tools.browser import assistant_in_browser
from tools.settings import ROOT

FOLDER = ROOT / "widget" / "screenshots"
_PHONE = {"width": 390, "height": 780}
_DESKTOP = {"width": 1180, "height": 800}


def _say(page: Page, text: str) -> None:
    answers = page.locator("knee-chat .said.theirs")
    before = answers.count()
    field = page.locator("knee-chat textarea")
    field.fill(text)
    field.press("Enter")
    answers.nth(before).wait_for()
    page.wait_for_timeout(600)


def main() -> int:
    """Writes the pictures; returns the exit code."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    try:
        with assistant_in_browser() as (server, browser):
            for name, size, scheme, messages in (
                ("page", _DESKTOP, "light", ["why does my nee keep jumping at nite"]),
                ("stretch-phone", _PHONE, "light", ["show me a stretch for the front of my thigh"]),
                ("stretch-phone-dark", _PHONE, "dark", ["show me a stretch for the front of my thigh"]),
                ("emergency-phone", _PHONE, "light", ["my left calf is swollen and hot and im short of breath"]),
                ("emergency-dark", _DESKTOP, "dark", ["my left calf is swollen and hot and im short of breath"]),
            ):
                context = browser.new_context(viewport=size, color_scheme=scheme, locale="en-GB")  # type: ignore[arg-type]
                page = context.new_page()
                page.goto(f"{server.address}/")
                page.locator("knee-chat textarea").wait_for()
                for message in messages:
                    _say(page, message)
                if size is _PHONE:
                    page.locator("#chat").scroll_into_view_if_needed()
                path = FOLDER / f"{name}.png"
                page.screenshot(path=path)
                print(f"Written: {path.relative_to(ROOT)}")
                context.close()
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

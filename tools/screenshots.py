"""Writes pictures of the web widget's main states: ``make screenshots``."""

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tools.browser import chromium
from tools.running import ROOT, RunningAssistant, StartError

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
    try:
        browser_path = chromium()
        server = RunningAssistant()
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
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
                print(f"Written: {_shown(path)}")
                context.close()
            browser.close()
    finally:
        server.stop()
    return 0


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


if __name__ == "__main__":
    sys.exit(main())

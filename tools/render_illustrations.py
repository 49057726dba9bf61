"""Renders the widget's drawings for platforms that show no SVG: ``python -m tools.render_illustrations``."""

import io
import sys

from PIL import Image
from playwright.sync_api import Browser

from tools.assistant_process import StartError
from tools.browser import chromium
from tools.settings import ROOT

FOLDER = ROOT / "widget" / "pictures"
WIDTH = 1200
"""Pixels, the longer side of our drawings; messaging platforms show a picture as wide as a phone."""

_COLOURS = 64
"""Enough for the few colours of a drawing and the soft edges between them."""

_SHEET = (
    f"<style>body {{ margin: 0; background: white }} svg {{ display: block; width: {WIDTH}px; height: auto }}</style>"
)


def rendered(browser: Browser, drawing: str) -> bytes:
    """Returns a drawing as a PNG on white, in the light colours.

    Args:
        browser: a started Chromium.
        drawing: the text of an SVG file.
    """
    page = browser.new_page(color_scheme="light", java_script_enabled=False, viewport={"width": WIDTH, "height": WIDTH})
    page.set_content(f"{_SHEET}{drawing}")
    photo = page.locator("svg").screenshot()
    page.close()
    return photo


def packed(photo: bytes) -> bytes:
    """Returns a PNG with a palette of few colours."""
    image = Image.open(io.BytesIO(photo)).convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def main() -> int:
    """Writes a PNG beside each SVG; returns the exit code."""
    try:
        with chromium() as browser:
            for path in sorted(FOLDER.glob("*.svg")):
                picture = path.with_suffix(".png")
                picture.write_bytes(packed(rendered(browser, path.read_text(encoding="utf-8"))))
                print(f"Written: {picture.relative_to(ROOT)}, {picture.stat().st_size / 1000:.0f} kB")
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Finds the browser that tests, screenshots and benchmarks drive."""

import os
import shutil

from tools.running import StartError


def chromium() -> str:
    """Returns the path of Chromium: the one that ``CHROMIUM`` names, else the one on PATH.

    Raises:
        StartError: there is none.
    """
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        raise StartError("There is no Chromium here; install Debian's package chromium, or name one in CHROMIUM.")
    return path

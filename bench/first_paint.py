"""Times the web widget from pressing send to the answer's first paint: ``python -m bench.first_paint``.

Chromium talks to the started assistant, one message after the other. Ends with one JSON line, times in milliseconds.
"""

import json
import statistics
import sys

from bench.figures import conditions, describe, publish
from bench.timing import MESSAGES, p95
from tools.assistant_process import StartError
from tools.browser import assistant_in_browser

_ROUNDS = 5
_TIMED = """text => new Promise((done) => {
  const root = document.querySelector("knee-chat").shadowRoot;
  const log = root.querySelector("deep-chat").shadowRoot.getElementById("messages");
  const before = log.querySelectorAll(".said.theirs").length;
  const field = root.querySelector("textarea");
  const watch = new MutationObserver(() => {
    if (log.querySelectorAll(".said.theirs").length === before) return;
    watch.disconnect();
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)));  // the frame has been painted
  });
  watch.observe(log, { childList: true, subtree: true });
  field.value = text;
  const begun = performance.now();
  root.querySelector("form .send").click();
})"""


def main() -> int:
    """Prints the times; returns the exit code."""
    times = []
    try:
        with assistant_in_browser() as (server, browser):
            page = browser.new_page()
            page.goto(f"{server.address}/")
            page.locator("knee-chat .said.theirs").first.wait_for()
            for number in range(_ROUNDS * len(MESSAGES)):
                times.append(page.evaluate(_TIMED, MESSAGES[number % len(MESSAGES)]))
                page.wait_for_timeout(300)
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    times = times[len(MESSAGES) :]
    results = {"median": round(statistics.median(times)), "p95": round(p95(times)), "messages": len(times)}
    print(json.dumps(results))
    return publish("first_paint", summary(results))


def summary(results: dict[str, int]) -> str:
    """Returns the section of bench/README.md.

    Args:
        results: ``median`` and ``p95`` in milliseconds, and how many ``messages`` were timed.
    """
    return (
        f"{describe(conditions())} {results['median']} ms at the median and {results['p95']} ms at the 95th percentile "
        f"of {results['messages']} messages."
    )


if __name__ == "__main__":
    sys.exit(main())

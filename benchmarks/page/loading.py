"""How soon each page is there: from the navigation to the first content, and until it shows the lab.

Each time in a new context of the browser, whose cache is empty, on the lab's own machine; the median counts.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Browser

from benchmarks.page.browser import chromium
from benchmarks.page.busy_lab import Lab, lab
from benchmarks.page.watching import READY, VIEWPORT

FEW_NODES = 15
ROUNDS = 5
MOST_MS = 60_000
NETWORK = "[data-testid=svg-graph] line, [data-drawn]"
NOTE_DRAWING = """const ways = ['drawElements', 'drawArrays', 'drawElementsInstanced', 'drawArraysInstanced'];
for (const name of ways) {
  const draw = WebGL2RenderingContext.prototype[name];
  WebGL2RenderingContext.prototype[name] = function (...rest) {
    draw.apply(this, rest);
    document.documentElement.dataset.drawn = 'yes';
  };
}"""
"""Marks the page once WebGL has drawn something."""
PAGES = {
    "/": NETWORK,
    "/dashboard": READY["/dashboard"],
    "/tasks": "[data-testid=task-rows]",
    "/executors": READY["/executors"],
    "/experiments": "main h2",
    "/guide": "main h2",
}
"""Pages, and what of each is there once one can work with it."""
CONNECTED = "[data-testid=connection][data-link=open]"
NOTE_USABLE = """const wanted = %s;
const look = () => {
  if (wanted.every((each) => document.querySelector(each))) {
    // A task after the frame in which it is drawn.
    requestAnimationFrame(() => setTimeout(() => {
      window.usable = performance.now();
      document.documentElement.dataset.usable = 'yes';
    }));
  } else requestAnimationFrame(look);
};
requestAnimationFrame(look);"""
"""Notes in the page itself when it can be used: asking it from here would take time of its own."""
SEEN = """() => {
  const paint = performance.getEntriesByName('first-contentful-paint')[0];
  const all = performance.getEntriesByType('resource');
  const files = all.filter(({ name }) => /\\.(js|css|woff2)$/.test(name));
  const bytes = (some) => some.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
  return {
    usable: window.usable, content: paint ? paint.startTime : performance.now(), files: files.length,
    sent: bytes(files), scripts: bytes(files.filter(({ name }) => name.endsWith('.js'))),
  };
}"""


@dataclass(frozen=True)
class Loaded:
    """One time that a page was opened: times from the navigation (ms), and what came (bytes)."""

    content: float
    usable: float
    files: int
    sent: int
    scripts: int


def load(nodes: int, tell: Callable[..., None]) -> None:
    """Open each page several times, with few nodes and with many; `tell` gets the columns of a row."""
    for count in (FEW_NODES, nodes):
        with lab(count) as running, chromium(card=True) as browser:
            for path, ready in PAGES.items():
                rounds = [_load(running, browser, path, ready) for _ in range(ROUNDS)]
                tell(
                    f"{path}, {count:,} nodes",
                    f"{statistics.median(each.content for each in rounds):.0f}",
                    f"{statistics.median(each.usable for each in rounds):.0f}",
                    str(rounds[-1].files),
                    f"{rounds[-1].sent / 1000:.0f}",
                    f"{rounds[-1].scripts / 1000:.0f}",
                )


def _load(running: Lab, browser: Browser, path: str, ready: str) -> Loaded:
    context = browser.new_context(viewport=VIEWPORT, locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(MOST_MS)
    page.add_init_script(NOTE_DRAWING)
    page.add_init_script(NOTE_USABLE % json.dumps([ready, CONNECTED]))
    page.goto(running.page_url + path, wait_until="commit")
    page.wait_for_selector("[data-usable]", state="attached")
    found = Loaded(**page.evaluate(SEEN))
    context.close()
    return found

"""How smooth it is to go through a run at `/lab`: frames a second, and the time from a click to the picture.

Each run is a trace of Phase in virtual time, opened as a file in the page of `topowave lab`; then it is
dragged through from its begin to its end, and played. A session of one's own is stepped: its event comes from
the server. The graphics card is emulated, so drawing is work of the processor here.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from benchmarks.page.browser import chromium
from topowave import simulate

PORT = 31_009
RUNS = ((15, 300), (200, 10_000), (1000, 10_000), (1000, 100_000))
"""Nodes of a grid, and at how many events its run ends."""
FRAMES = 240
"""Of each drag, from end to end."""
STEPS = 40
PLAYED_MS = 4_000
MOST_MS = 120_000
VIEWPORTS = {"laptop": (1280, 800), "projector": (1920, 1080)}
DRAG = """(frames) => new Promise((done) => {
  const slider = document.querySelector('.run-place');
  const { left, width, top } = slider.getBoundingClientRect();
  const send = (to, kind, x) => {
    to.dispatchEvent(new MouseEvent(kind, { bubbles: true, clientX: x, clientY: top + 5, view: window }));
  };
  const times = [];
  let frame = 0;
  send(slider.querySelector('.mantine-Slider-trackContainer') ?? slider, 'mousedown', left);
  requestAnimationFrame(function next(now) {
    times.push(now);
    if (frame === frames) { send(document, 'mouseup', left + width); done(times); return; }
    frame += 1;
    send(document, 'mousemove', left + (width * frame) / frames);
    requestAnimationFrame(next);
  });
})"""
"""Drags the slider from end to end, one way a frame; gives the times of the frames (ms)."""
WATCH = """(ms) => new Promise((done) => {
  const times = [];
  requestAnimationFrame(function next(now) {
    times.push(now);
    if (now - times[0] >= ms) done(times); else requestAnimationFrame(next);
  });
})"""
CLICK = """(name) => new Promise((done) => {
  const place = () => document.querySelector('.run-inspector h2')?.textContent;
  const before = place();
  const begun = performance.now();
  document.querySelector(`[data-testid=${name}]`).click();
  requestAnimationFrame(function look() {
    if (place() === before) { requestAnimationFrame(look); return; }
    // The canvas is drawn in the frame behind, and a task after that it is seen.
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)));
  });
})"""
"""Presses a button that goes to another step; gives the time until it is drawn (ms)."""
AT_REST = "() => document.querySelector('[data-testid=session-coming]') !== null"


@dataclass(frozen=True)
class Smooth:
    """How a run was gone through."""

    frames: list[float]
    """The times of frames (ms)."""

    @property
    def per_s(self) -> float:
        """Frames a second."""
        return 1000 * (len(self.frames) - 1) / (self.frames[-1] - self.frames[0])

    @property
    def longest_ms(self) -> float:
        """Between two frames."""
        return max(b - a for a, b in zip(self.frames, self.frames[1:], strict=False))


@contextmanager
def laboratory() -> Generator[str]:
    """Run `topowave lab`; gives the address of its page, with its token."""
    command = [sys.executable, "-m", "topowave", "lab", "--port", str(PORT), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())["page"]
        finally:
            process.terminate()


def scrub(tell: Callable[..., None]) -> None:
    """Go through each run; `tell` gets the columns of a row."""
    with laboratory() as url, tempfile.TemporaryDirectory() as folder, chromium(card=True) as browser:
        for nodes, events in RUNS:
            file = Path(folder, f"{nodes}-{events}.jsonl")
            simulate("phase", f"grid:{nodes}", seed=1, delay="uniform:1,5", max_events=events, trace=file)
            for window, (width, height) in VIEWPORTS.items():
                page = _page(browser, url, width, height)
                _open(page, file)
                dragged = Smooth(page.evaluate(DRAG, FRAMES))
                page.get_by_test_id("run-first").click()
                page.locator(".run-controls select").select_option("100")
                page.get_by_test_id("run-play").click()
                played = Smooth(page.evaluate(WATCH, PLAYED_MS))
                page.get_by_test_id("run-first").click()
                clicks = [page.evaluate(CLICK, "run-step") for _ in range(STEPS)]
                tell(
                    f"{nodes:,} nodes, {events:,} events, {window}",
                    *(f"{each.per_s:.0f} ({each.longest_ms:.0f} ms)" for each in (dragged, played)),
                    _times(clicks),
                    _times(_session_steps(page, nodes)) if events == RUNS[0][1] or events > 10_000 else "",
                )
                page.context.close()


def _session_steps(page: Page, nodes: int) -> list[float]:
    """Step through a session of the page's own; returns the time of each step (ms)."""
    page.get_by_test_id("run-close").click()
    page.get_by_label("Network").fill(f"grid:{nodes}")
    page.get_by_test_id("session-begin").click()
    page.wait_for_function(AT_REST)
    page.get_by_test_id("run-step").click()
    page.get_by_text("Step 1 of").wait_for()
    return [page.evaluate(CLICK, "run-step") for _ in range(STEPS)]


def _page(browser: Browser, url: str, width: int, height: int) -> Page:
    page = browser.new_context(viewport={"width": width, "height": height}, locale="en-GB").new_page()
    page.set_default_timeout(MOST_MS)
    page.goto(url)
    return page


def _open(page: Page, file: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_test_id("open-trace").click()
    chooser.value.set_files(file)
    page.wait_for_selector(".run-place")


def _times(found: list[float]) -> str:
    return f"{statistics.median(found):.0f} ({max(found):.0f})"

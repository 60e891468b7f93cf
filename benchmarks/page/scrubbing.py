"""How smooth it is to go through a run at `/lab`: frames a second, and the time from a click to the picture.

Each run is a trace of Phase in virtual time, opened as a file in the page of `topowave lab`; then it is
dragged through from its begin to its end, and played. A session of one's own is stepped: its event comes from
the server. A graphics card is emulated, or there is none; in either case drawing is work of the processor.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from playwright.sync_api import Page

from benchmarks.page.browser import GPU, RENDERER, Processes, chromium
from benchmarks.page.watching import VIEWPORT
from topowave import simulate

PORT = 23_009
RUNS = ((15, 300), (200, 10_000), (1000, 10_000), (1000, 100_000))
"""Nodes of a grid, and at how many events its run ends."""
FRAMES = 120
"""Of each drag, from end to end."""
STEPS = 20
PLAYED_MS = 4_000
MOST_MS = 120_000
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
    """How a run was gone through.

    Attributes:
        times: of the frames (ms).
        page_s: CPU time of the page meanwhile (s).
        drawing_s: that of the process that draws (s).
    """

    times: list[float]
    page_s: float
    drawing_s: float

    def columns(self) -> tuple[str, ...]:
        """Return frames a second, the longest frame, and what each takes of a processor (ms)."""
        frames = len(self.times) - 1
        longest = max(b - a for a, b in pairwise(self.times))
        per_s = 1000 * frames / (self.times[-1] - self.times[0])
        shares = (1000 * self.page_s / frames, 1000 * self.drawing_s / frames)
        return (f"{per_s:.0f}", f"{longest:.0f}", *(f"{each:.1f}" for each in shares))


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
    with laboratory() as url, tempfile.TemporaryDirectory() as folder:
        for card in (False, True):
            with chromium(card=card) as browser:
                processes = Processes(browser)
                for nodes, events in RUNS:
                    file = Path(folder, f"{nodes}-{events}.jsonl")
                    if not file.exists():
                        simulate(
                            "phase",
                            f"grid:{nodes}",
                            seed=1,
                            delay="uniform:1,5",
                            max_events=events,
                            trace=file,
                        )
                    with closing(browser.new_context(viewport=VIEWPORT, locale="en-GB")) as context:
                        page = context.new_page()
                        page.set_default_timeout(MOST_MS)
                        page.goto(url)
                        what = f"{nodes:,} nodes, {events:,} events, card {'emulated' if card else 'none'}"
                        _go_through(page, processes, file, what, tell)
                        if events != RUNS[1][1] or nodes == RUNS[1][0]:
                            tell(f"{what}: session", *[""] * 4, _session_steps(page, nodes))


def _go_through(page: Page, processes: Processes, file: Path, what: str, tell: Callable[..., None]) -> None:
    _open(page, file)

    def measured(script: str, argument: int) -> tuple[str, ...]:
        before = processes.cpu_s()
        times = page.evaluate(script, argument)
        after = processes.cpu_s()
        return Smooth(times, *(after[kind] - before[kind] for kind in (RENDERER, GPU))).columns()

    tell(f"{what}: dragged", *measured(DRAG, FRAMES), "")
    page.get_by_test_id("run-first").click()
    page.locator(".run-controls select").select_option("100")
    page.get_by_test_id("run-play").click()
    tell(f"{what}: played", *measured(WATCH, PLAYED_MS), "")
    page.get_by_test_id("run-first").click()
    tell(f"{what}: stepped", *[""] * 4, _times([page.evaluate(CLICK, "run-step") for _ in range(STEPS)]))


def _session_steps(page: Page, nodes: int) -> str:
    """Step through a session of the page's own; returns how long a step takes."""
    page.get_by_test_id("run-close").click()
    page.get_by_label("Network").fill(f"grid:{nodes}")
    page.get_by_test_id("session-begin").click()
    page.wait_for_function(AT_REST)
    page.get_by_test_id("run-step").click()
    page.get_by_text("Step 1 of").wait_for()
    return _times([page.evaluate(CLICK, "run-step") for _ in range(STEPS)])


def _open(page: Page, file: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_test_id("open-trace").click()
    chooser.value.set_files(file)
    page.wait_for_selector(".run-place")


def _times(found: list[float]) -> str:
    return f"{statistics.median(found):.0f} ({max(found):.0f})"

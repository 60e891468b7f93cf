"""What a browser takes that watches a busy lab: each page open and visible for a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Browser, ViewportSize

from benchmarks.page.browser import GPU, OTHERS, RENDERER, Processes, chromium
from benchmarks.page.busy_lab import Lab, busy, lab
from benchmarks.probes import cpu_s

NOBODY = "about:blank"
READY = {
    NOBODY: "body",
    "/dashboard": "[data-testid=chart-heat] canvas",
    "/tasks": "[data-testid=task-rows] [role=row] [role=rowheader]",
    "/executors": "[data-testid=executors] .rows [role=row]",
    "/": "canvas",
}
"""Pages, and what of each is there once it has the lab's data."""
WATCHED = (
    (NOBODY, False),
    ("/dashboard", False),
    ("/dashboard", True),
    ("/tasks", False),
    ("/executors", False),
    ("/", True),
)
"""Pages that are watched one after another, and whether the browser has an (emulated) graphics card."""
SETTLE_S = 8.0
"""Time before the measure begins (s): the page is loaded, and tasks end as fast as they come."""
VIEWPORT = ViewportSize(width=1280, height=800)


@dataclass(frozen=True)
class Watching:
    """One page.

    Attributes:
        page, card: which one, and whether the browser has a graphics card, which is emulated.
        renderer, gpu, others: what its processes take (percent of a core).
        balancer: what the balancer takes for all it does (percent of a core).
        memory_mb: of the whole browser (MB PSS).
        events: tasks that came and that ended in a second.
    """

    page: str
    card: bool
    renderer: float
    gpu: float
    others: float
    balancer: float
    memory_mb: float
    events: float


def watch(nodes: int, rate: int, seconds: float, tell: Callable[[Watching], None]) -> None:
    """Measure each page of a lab of so many nodes, to which so many tasks come every second."""
    with lab(nodes) as running, busy(running.balancer_url, rate):
        for path, card in WATCHED:
            with chromium(card=card) as browser:
                tell(_watched(running, browser, path, card, seconds))


def _watched(running: Lab, browser: Browser, path: str, card: bool, seconds: float) -> Watching:
    processes = Processes(browser)
    page = browser.new_context(viewport=VIEWPORT, locale="en-GB").new_page()
    page.goto(path if path == NOBODY else running.page_url + path)
    page.wait_for_selector(READY[path])
    page.wait_for_timeout(SETTLE_S * 1000)
    assert page.evaluate("document.visibilityState") == "visible"
    cpu_before, balancer_before, events_before, began_s = (
        processes.cpu_s(),
        cpu_s(running.balancer_pid),
        _events(running),
        time.monotonic(),
    )
    page.wait_for_timeout(seconds * 1000)
    took_s = time.monotonic() - began_s
    cpu_after, balancer_after = processes.cpu_s(), cpu_s(running.balancer_pid)
    share = {kind: 100 * (cpu_after[kind] - cpu_before[kind]) / took_s for kind in cpu_after}
    return Watching(
        path,
        card,
        share[RENDERER],
        share[GPU],
        share[OTHERS],
        100 * (balancer_after - balancer_before) / took_s,
        sum(processes.memory_mb().values()),
        (_events(running) - events_before) / took_s,
    )


def _events(running: Lab) -> int:
    requests = running.get("/figures")["requests"]
    return int(requests["submitted"] + requests["by_status"]["completed"])

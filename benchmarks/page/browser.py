"""A headless Chromium, and what its processes take: CPU time and memory, each kind of process by itself.

Where a graphics card is emulated, what a card does elsewhere is work of the process `gpu`; so that is told
apart. A share of CPU time is nearly the same whether other programs run beside it or not; a time is not.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from benchmarks.probes import cpu_s, pss_mb

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-background-networking"]
"""A browser that asks nobody for updates; as it is on a machine without a graphics card."""
EMULATED_CARD = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
"""A graphics card in software: WebGL needs one."""
RENDERER, GPU, OTHERS = "renderer", "gpu", "others"
"""Kinds of processes: what runs the page, what draws it, and all others (window, network, storage)."""
KINDS = {"renderer": RENDERER, "GPU": GPU, "gpu": GPU, "gpu-process": GPU}


@contextmanager
def chromium(*, card: bool) -> Generator[Browser]:
    """Start a browser of its own: TOPOWAVE_CHROMIUM, else the one that is installed, else Playwright's.

    Args:
        card: whether it has a graphics card, which is emulated. Then that draws everything, as the process
            `gpu`; else the page's own process draws most of it.
    """
    names = (os.environ.get("TOPOWAVE_CHROMIUM") or "", *NAMES)
    path = next(filter(None, map(shutil.which, filter(None, names))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=[*ARGUMENTS, *(EMULATED_CARD if card else ())]
        )
        try:
            yield browser
        finally:
            browser.close()


class Processes:
    """The processes of a browser, found anew at each look."""

    def __init__(self, browser: Browser) -> None:
        self._session = browser.new_browser_cdp_session()

    def _by_kind(self) -> list[tuple[str, int]]:
        session: Any = self._session
        found: list[dict[str, Any]] = session.send("SystemInfo.getProcessInfo")["processInfo"]
        return [(KINDS.get(each["type"], OTHERS), int(each["id"])) for each in found]

    def cpu_s(self) -> dict[str, float]:
        """Return the CPU time that each kind has used so far (s)."""
        sums = {RENDERER: 0.0, GPU: 0.0, OTHERS: 0.0}
        for kind, pid in self._by_kind():
            sums[kind] += cpu_s(pid)
        return sums

    def memory_mb(self) -> dict[str, float]:
        """Return the memory of each kind (MB PSS)."""
        sums = {RENDERER: 0.0, GPU: 0.0, OTHERS: 0.0}
        for kind, pid in self._by_kind():
            sums[kind] += pss_mb(pid)
        return sums

"""In each language and at each width every text can be read whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.e2e.conftest import OpenPage
from tests.e2e.texts import FIND_UNREADABLE
from tests.support.live_lab import LiveLab

LANGUAGES = ("en", "ru", "de")
SIZES = ((360, 740), (768, 1024), (1280, 720))
SETTLED_MS = 30_000
"""How long the layout may take to follow the window."""
LAST = "/"
DIALOGS = {
    "[data-testid=alert-bell]": "[data-testid=alert-list]",
    "[data-testid=open-help]": "[data-testid=help]",
}
"""What opens over the lab's page, and what is seen then."""
GO = "(path) => { history.pushState(null, '', path); dispatchEvent(new PopStateEvent('popstate')); }"


def places(lab: LiveLab) -> dict[str, str]:
    """Each place of the page, and what is seen there once it is shown."""
    node = str(lab.get("/status")["nodes"][-1]["name"])
    wave = lab.get("/waves")["waves"][0]
    script = lab.get("/tasks?kind=script&status=failed")["tasks"][0]["id"]
    tabs = ("actions", "nodes", "waves", "tasks", "events", "timeline")
    return {
        **{f"/?tab={tab}": "[data-testid=canvas]" for tab in tabs},
        "/?tab=tasks&taskView=executors": "[data-testid=executors]",
        "/?tab=tasks&taskView=submit": "[data-testid=form-send]",
        f"/?selection=node:{node}": "[data-testid=drawer]",
        f"/?selection=wave:{wave['id']}&wave={wave['id']}": "[data-testid=drawer]",
        f"/?selection=task:{script}": "[data-testid=drawer]",
        "/?stage=1": "[data-testid=canvas]",
        "/dashboard": "[data-testid=dashboard] canvas, .uplot",
        "/tasks": "[data-testid=task-rows] [role=row]",
        "/tasks?submit=1": "[data-testid=form-send]",
        f"/tasks/{script}": "[data-testid=task-life]",
        "/executors": "[data-testid=executors]",
        f"/executors/{node}": "main h2",
        "/experiments": "[data-testid=experiments]",
        "/experiments/quick": "[data-testid=report-table]",
        "/experiments/quick?against=slow": "[data-testid=compared-table]",
        **{f"/guide/{step}": "[data-testid=guide-step]" for step in ("network", "kill", "numbers")},
        "/guide/glossary": "[data-testid=guide-glossary]",
        "/lab": "[data-testid=run-opening]",
        f"/lab?trace={wave['id']}": "[data-testid=run-said]",
        "/workshop": "[data-testid=workshop-drawing]",
        "/nowhere": "[data-testid=missing]",
        "/guide/wave?present=1": "[data-testid=guide-step]",
        LAST: "[data-testid=canvas]",
    }


@pytest.mark.timeout(900)  # some thirty places, in three languages, at three sizes
def test_in_each_language_each_text_can_be_read_whole(
    busy_lab: LiveLab, reports: Path, open_page: OpenPage
) -> None:
    assert reports.is_dir()
    faults: dict[str, list[str]] = {}
    for language in LANGUAGES:
        shown = open_page(f"/?lang={language}")
        for path, seen in places(busy_lab).items():
            shown.page.evaluate(GO, path + ("&" if "?" in path else "?") + f"lang={language}")
            for opener, part in (DIALOGS if path == LAST else {"": seen}).items():
                if opener:
                    shown.page.locator(opener).click()
                expect(shown.page.locator(part).first).to_be_visible()
                where = path + opener
                faults |= unreadable(shown.page, f"{language} {where}")
                if opener:
                    shown.page.keyboard.press("Escape")
    assert not faults, faults


def unreadable(page: Page, where: str) -> dict[str, list[str]]:
    """What cannot be read at each size of the window."""
    found: dict[str, list[str]] = {}
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        try:
            page.wait_for_function(f"() => ({FIND_UNREADABLE})().length === 0", timeout=SETTLED_MS)
        except PlaywrightTimeout:
            found[f"{where}, {width} px"] = list(page.evaluate(FIND_UNREADABLE))
    return {place: faults for place, faults in found.items() if faults}

"""The lanes of the space-time diagram: moved, collapsed and looked for."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenPage
from tests.e2e.test_accessibility import AXE, FIND
from tests.e2e.test_sessions import WINDOWS, begin


@pytest.mark.parametrize("window", WINDOWS)
def test_lanes_are_moved_by_keys_collapsed_and_looked_for(open_page: OpenPage, window: str) -> None:
    width, height = WINDOWS[window]
    shown = open_page("/lab", viewport={"width": width, "height": height})
    begin(shown, "ring:4")
    lanes = shown.part("lanes")
    lanes.click()
    rows = shown.part("lanes-list").locator("li")
    expect(rows).to_have_count(4)
    names = [row.inner_text().strip() for row in rows.all()]
    rows.nth(0).get_by_role("checkbox").focus()
    shown.page.keyboard.press("Alt+ArrowDown")
    expect(rows.nth(0)).to_contain_text(names[1])
    expect(rows.nth(1)).to_contain_text(names[0])
    rows.nth(3).get_by_role("checkbox").uncheck()
    expect(lanes).to_have_text("Lanes: 3 of 4")
    shown.page.add_script_tag(path=str(AXE))
    # Where the pane at the right ends, a button of it may be cut: it is scrolled to.
    assert shown.page.evaluate(FIND, {"but": ["target-size"], "only": None}) == []
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= width
    shown.part("lanes-search").fill(names[2])
    expect(rows).to_have_count(1)
    expect(lanes).to_have_text("Lanes: 1 of 4")
    shown.part("lanes-all").click()
    expect(lanes).to_have_text("Choose lanes")
    expect(rows.nth(0)).to_contain_text(names[0])
    shown.part("lanes-causes").check()
    expect(lanes).to_have_text("Lanes: 0 of 4")
    shown.page.keyboard.press("Escape")
    expect(rows).to_have_count(0)
    shown.part("run-step").click()
    expect(lanes).to_have_text("Lanes: 1 of 4")

"""The code of a class beside its run: the lines that ran in the step at the cursor."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenPage
from tests.e2e.test_accessibility import AXE, FIND
from tests.e2e.test_sessions import WINDOWS, begin


@pytest.mark.parametrize("window", WINDOWS)
def test_the_lines_that_ran_are_marked_in_the_class_and_in_the_pseudocode(
    open_page: OpenPage, window: str
) -> None:
    width, height = WINDOWS[window]
    shown = open_page("/lab", viewport={"width": width, "height": height})
    coming = begin(shown, "path:2")
    shown.part("run-code").check(force=True)
    pane = shown.part("code-pane")
    ran = pane.locator("[data-ran]")
    pseudocode, source = pane.locator("pre").nth(0), pane.locator("pre").nth(1)
    expect(source).to_contain_text("class Echo(Algorithm):")
    expect(ran).to_have_count(0)
    shown.part("run-step").click()
    expect(shown.part("code-handler")).to_have_text("on_start ran here.")
    expect(source.locator("[data-ran]", has_text="self.join(self.id)")).to_have_count(1)
    expect(pseudocode.locator("[data-ran]")).to_have_text(["4upon start" + "\n", "5    join(myself)\n"])
    expect(coming).to_have_count(1)
    shown.part("run-last").click()
    expect(shown.part("code-handler")).to_have_text("on_message ran here.")
    expect(source.locator("[data-ran]", has_text="self.decide(report)")).to_have_count(1)
    shown.part("run-first").click()
    expect(source.locator("[data-ran]", has_text="self.join(self.id)")).to_have_count(1)
    shown.page.add_script_tag(path=str(AXE))
    assert shown.page.evaluate(FIND, {"but": [], "only": None}) == []
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= width

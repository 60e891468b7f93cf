"""A hall guesses what a node will do before its step is shown."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenPage
from tests.e2e.test_accessibility import AXE, FIND
from tests.e2e.test_sessions import WINDOWS, begin


@pytest.mark.parametrize("window", WINDOWS)
def test_the_page_asks_before_a_step_and_shows_it_then(open_page: OpenPage, window: str) -> None:
    width, height = WINDOWS[window]
    shown = open_page("/lab", viewport={"width": width, "height": height})
    coming = begin(shown, "path:2")
    shown.part("run-step").click()
    expect(coming).to_have_count(1)
    step = shown.page.locator(".run-inspector h2").first
    shown.part("run-predict").check(force=True)
    shown.part("run-step").click()
    question = shown.part("predict-question")
    expect(question).to_contain_text("receives Token from root. What will")
    expect(step).to_contain_text("Step 1 of 2")
    hands = shown.part("predict").get_by_role("button", name="It sends one message")
    hands.first.click()
    shown.part("predict").get_by_role("button", name="It decides: 0").click()
    expect(hands.first).to_have_text("It sends one message: 1")
    shown.page.add_script_tag(path=str(AXE))
    # Where the pane at the right ends, a button of it may be cut: it is scrolled to.
    assert shown.page.evaluate(FIND, {"but": ["target-size"], "only": None}) == []
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= width
    shown.part("predict-show").click()
    expect(shown.part("predict-right")).to_have_text(
        "Right: It sends one message. 1 of 2 hands were right so far."
    )
    expect(step).to_contain_text("Step 2 of 2")
    shown.page.keyboard.press("ArrowRight")
    expect(question).to_contain_text("root receives Reply from")
    shown.page.keyboard.press("ArrowRight")
    expect(shown.part("predict-right")).to_contain_text("Right: It decides.")

"""The branches of a session on the page; and a session whose page loses its connection, or is loaded anew."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenPage
from tests.e2e.test_accessibility import AXE, FIND
from tests.e2e.test_sessions import STARTED_MS, begin
from tests.e2e.watched import LabPage

WINDOWS = {"phone": (390, 844), "laptop": (1280, 800), "projector": (1920, 1080)}
NOTE_SOCKETS = """const sockets = [];
const Plain = window.WebSocket;
window.WebSocket = class extends Plain {
  constructor(...given) { super(...given); sockets.push(this); }
};
window.cutSession = () => {
  sockets.filter(({ url }) => url.endsWith('/session')).forEach((each) => each.close());
};"""
"""Lets a test close the WebSocket of a session, as a network does that is gone."""


def place(shown: LabPage, step: int) -> None:
    """Wait for the page to be at a step."""
    expect(shown.page.locator(".run-inspector h2").first).to_contain_text(f"Step {step} of")


def step_to(shown: LabPage, step: int) -> None:
    """Go on event by event."""
    for number in range(1, step + 1):
        shown.part("run-step").click()
        place(shown, number)


@pytest.mark.parametrize("window", WINDOWS)
def test_branches_are_listed_named_compared_and_taken_back(open_page: OpenPage, window: str) -> None:
    width, height = WINDOWS[window]
    shown = open_page("/lab", viewport={"width": width, "height": height})
    begin(shown)
    step_to(shown, 2)
    shown.page.get_by_role("button", name="Lose").first.click()
    branches = shown.part("session-branches").locator("li")
    expect(branches).to_have_count(2)
    expect(branches.nth(0)).to_contain_text("main branch")
    expect(branches.nth(1)).to_contain_text("branch 1")
    expect(branches.nth(1)).to_contain_text("from event 3 on")
    branches.nth(1).get_by_role("button", name="Rename").click()
    shown.part("branch-name").fill("one is lost")
    shown.part("branch-name").press("Enter")
    expect(branches.nth(1)).to_contain_text("one is lost")
    shown.page.get_by_text("Compare two").first.click()
    shown.part("branch-compare").click()
    expect(shown.part("branch-difference")).to_contain_text("They differ first in event")
    shown.page.add_script_tag(path=str(AXE))
    assert shown.page.evaluate(FIND, {"but": [], "only": None}) == []
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= width
    shown.page.locator("main").focus()
    shown.page.keyboard.press("Control+z")
    expect(shown.part("session-branches")).to_have_count(0)
    place(shown, 2)


def test_branches_have_their_names_in_the_language_of_the_page(open_page: OpenPage) -> None:
    shown = open_page("/lab", locale="de-DE")
    shown.part("session-begin").click()
    coming = shown.part("session-coming").locator("li")
    expect(coming).to_have_count(1, timeout=STARTED_MS)
    shown.part("run-step").click()
    expect(coming).to_have_count(2)
    shown.page.get_by_role("button", name="Verlieren").first.click()
    branches = shown.part("session-branches")
    expect(branches).to_contain_text("Hauptzweig")
    expect(branches).to_contain_text("Zweig 1")
    expect(branches).to_contain_text("ab Ereignis 2")


def test_a_page_that_has_lost_its_connection_comes_back_to_its_session(open_page: OpenPage) -> None:
    shown = open_page("/lab", lossy=True)
    shown.page.add_init_script(NOTE_SOCKETS)
    shown.page.reload()
    begin(shown)
    step_to(shown, 2)
    said = shown.part("run-said").inner_text()
    shown.page.evaluate("window.cutSession()")
    expect(shown.part("session-lost")).to_have_count(0)
    expect(shown.part("run-said")).to_have_text(said)
    shown.part("run-step").click()
    place(shown, 3)
    expect(shown.part("session-over")).to_have_count(0)


def test_a_page_that_is_loaded_anew_is_back_in_its_session(open_page: OpenPage) -> None:
    shown = open_page("/lab", lossy=True)
    begin(shown)
    step_to(shown, 2)
    said = shown.part("run-said").inner_text()
    expect(shown.part("session-coming").locator("li").first).to_be_visible()
    shown.page.reload()
    expect(shown.part("run-said")).to_have_text(said)
    place(shown, 2)
    shown.part("run-step").click()
    place(shown, 3)
    shown.part("run-close").click()
    expect(shown.part("run-opening")).to_be_visible()
    shown.page.reload()
    expect(shown.part("run-opening")).to_be_visible()

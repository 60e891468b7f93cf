"""Variables on the stage, breakpoints, what messages carry, and a run of one's own on a file's network."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenPage
from tests.e2e.test_accessibility import AXE, FIND
from tests.e2e.test_session_branches import WINDOWS, place, step_to
from tests.e2e.test_sessions import STARTED_MS, begin


@pytest.mark.parametrize("window", WINDOWS)
def test_a_run_goes_to_a_breakpoint_and_variables_stand_beside_the_nodes(
    open_page: OpenPage, window: str
) -> None:
    width, height = WINDOWS[window]
    shown = open_page("/lab", viewport={"width": width, "height": height})
    begin(shown)
    stops = shown.part("stops")
    stops.get_by_text("Run to a breakpoint").click()
    stops.get_by_label("When it").select_option("decide")
    shown.part("stops-run").click()
    expect(shown.part("run-said")).to_contain_text("decides")
    shown.part("run-first").click()
    place(shown, 1)
    names = stops.get_by_label("At the node").locator("option")
    stops.get_by_label("At the node").select_option(index=2)
    stops.get_by_label("When it").select_option(index=0)
    shown.part("stops-step").click()
    expect(shown.part("run-said")).to_contain_text(f"{names.nth(2).inner_text()} receives")
    shown.part("variables-colour").select_option("parent")
    beside = shown.part("variables-beside")
    beside.locator("summary").press("Enter")
    beside.get_by_label("parent").check()
    expect(beside.locator("summary")).to_have_text("Beside the nodes: parent")
    beside.get_by_label("parent").press("Space")
    expect(beside.locator("summary")).to_have_text("Beside the nodes")
    beside.get_by_label("parent").press("Space")
    expect(beside.locator("summary")).to_have_text("Beside the nodes: parent")
    expect(shown.part("session-variables").first).to_be_visible()
    shown.page.add_script_tag(path=str(AXE))
    assert shown.page.evaluate(FIND, {"but": [], "only": None}) == []
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_breakpoint_that_is_none_is_refused_and_one_that_is_not_met_is_told(open_page: OpenPage) -> None:
    shown = open_page("/lab")
    begin(shown, "ring:3")
    stops = shown.part("stops")
    stops.get_by_text("Run to a breakpoint").click()
    stops.get_by_label("While a variable is").fill("parent is nobody")
    shown.part("stops-run").click()
    expect(shown.part("session-problems")).to_contain_text("parent is nobody")
    stops.get_by_label("While a variable is").fill("")
    stops.get_by_label("When it").select_option("crash")
    shown.part("stops-run").click()
    expect(stops).to_contain_text("The run has ended before that.")


def test_what_a_message_carries_is_shown_where_it_is_pointed_at(open_page: OpenPage) -> None:
    shown = open_page("/lab")
    begin(shown, "path:2")
    step_to(shown, 2)
    diagram = shown.part("spacetime")
    # Two lanes 26 px apart: the arrow between the first two steps goes through the middle between both.
    diagram.hover(position={"x": 118 + 22 + 17, "y": 22 + 13})
    expect(shown.part("carried")).to_contain_text("Token")
    diagram.hover(position={"x": 60, "y": 60})
    expect(shown.part("carried")).to_have_count(0)


def test_a_run_of_ones_own_takes_a_network_of_a_file_and_the_events_it_may_have(
    open_page: OpenPage, tmp_path: Path
) -> None:
    file = tmp_path / "triangle.edges"
    file.write_text("amber basil\nbasil cedar\ncedar amber\n", "utf-8")
    shown = open_page("/lab")
    new = shown.part("session-new")
    new.get_by_text("Further settings").click()
    new.get_by_label("Inputs").fill("{")
    shown.part("session-begin").click()
    expect(shown.part("session-refused")).to_contain_text("Inputs: this is no JSON.")
    new.get_by_label("Inputs").fill("")
    with shown.page.expect_file_chooser() as chooser:
        shown.part("further-network").click()
    chooser.value.set_files(file)
    new.get_by_label("Initiators").fill("cedar")
    new.get_by_label("Events at most").fill("3")
    shown.part("session-begin").click()
    coming = shown.part("session-coming").locator("li")
    expect(coming).to_have_count(1, timeout=STARTED_MS)
    expect(coming).to_contain_text("cedar begins")
    shown.part("run-last").click()
    expect(shown.page.locator(".run-inspector h2").first).to_contain_text("Step 3 of 3")

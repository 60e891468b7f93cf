"""The page shows the network: as a drawing in WebGL or SVG, and as a table; on a projector and on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NODES, OpenPage
from tests.e2e.watched import LabPage

IDLE_NODE = (0, 34, 78)
"""The dark end of the scale: a node without tasks."""
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


REFUSE_WEBGL = """
const before = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return kind.startsWith("webgl") ? null : before.call(this, kind, ...rest);
};
"""


LOSE_WEBGL = """() => document.querySelector("[data-testid=canvas] canvas")
  .getContext("webgl2").getExtension("WEBGL_lose_context").loseContext()"""


def expect_nodes_drawn(shown: LabPage) -> None:
    """Wait until the drawing is there: many pixels in the colour of idle nodes."""
    expect(shown.page.locator(".label")).to_have_count(NODES)
    shown.lab.until(lambda: shown.pixels(*IDLE_NODE), lambda found: found > 40 * NODES)


def test_every_node_is_in_the_table_and_on_the_drawing(open_page: OpenPage) -> None:
    shown = open_page("/?renderer=webgl")
    shown.wait_for_nodes(NODES)
    for name in shown.names:
        expect(shown.row(name)).to_be_visible()
    expect(shown.part("connection")).to_have_attribute("data-link", "open")
    expect(shown.page.locator(".stage")).to_have_attribute("data-renderer", "webgl")
    expect_nodes_drawn(shown)
    shown.page.evaluate(
        LOSE_WEBGL
    )  # as by a driver that starts anew: the SVG takes over, and nothing is lost
    expect(shown.page.locator(".stage")).to_have_attribute("data-renderer", "svg")
    expect_nodes_drawn(shown)


def test_without_webgl_the_same_network_is_drawn_as_svg(open_page: OpenPage) -> None:
    shown = open_page("/?renderer=svg")
    shown.wait_for_nodes(NODES)
    expect(shown.part("svg-graph").locator("[data-condition]")).to_have_count(NODES)
    expect(shown.part("svg-graph").locator("line")).to_have_count(NODES - 1)
    expect_nodes_drawn(shown)
    shown.note("[data-testid=svg-flights] path")
    shown.part("start-echo").click()
    shown.expect_noted("[data-testid=svg-flights] path")
    shown.wait_for_end_of_playback()


def test_a_browser_that_has_no_webgl_gets_the_svg_by_itself(open_page: OpenPage) -> None:
    shown = open_page()
    shown.page.add_init_script(REFUSE_WEBGL)
    shown.page.reload()
    shown.wait_for_nodes(NODES)
    expect(shown.page.locator(".stage")).to_have_attribute("data-renderer", "svg")


def test_on_a_phone_the_canvas_is_on_top_and_the_panels_are_tabs(open_page: OpenPage) -> None:
    shown = open_page(**PHONE)
    shown.wait_for_nodes(NODES)
    canvas, tabs = shown.part("canvas").bounding_box(), shown.part("tab-actions").bounding_box()
    assert canvas is not None
    assert tabs is not None
    assert canvas["height"] > 250
    assert canvas["y"] + canvas["height"] <= tabs["y"]
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(shown.page.get_by_role("button", name="Keyboard and help")).to_be_in_viewport(ratio=1)
    shown.part("tab-actions").tap()
    shown.part("start-echo").tap()
    shown.wait_for_end_of_playback()
    for tab in ("waves", "events", "timeline", "nodes"):
        shown.part(f"tab-{tab}").tap()
        expect(shown.part(f"tab-{tab}")).to_have_attribute("aria-selected", "true")
    expect(shown.rows).to_have_count(NODES)


def test_a_node_shows_its_figures_when_it_is_picked_on_the_drawing(page_shown: LabPage) -> None:
    expect_nodes_drawn(page_shown)
    root = page_shown.names[0]
    label = page_shown.page.locator(".label", has_text=re.compile(rf"^{root}:")).bounding_box()
    assert label is not None
    page_shown.page.mouse.click(label["x"] + label["width"] / 2, label["y"] - 18)
    expect(page_shown.part("drawer")).to_contain_text(root)
    expect(page_shown.row(root)).to_have_attribute("aria-selected", "true")
    page_shown.page.keyboard.press("Escape")
    expect(page_shown.part("drawer")).to_have_count(0)


def test_searching_and_filtering_narrow_the_table(page_shown: LabPage) -> None:
    name = page_shown.names[3]
    page_shown.page.keyboard.press("/")
    expect(page_shown.part("node-search")).to_be_focused()
    page_shown.page.keyboard.type(name)
    expect(page_shown.rows).to_have_count(1)
    page_shown.part("node-search").fill("")
    page_shown.part("state-filter").select_option("dead")
    expect(page_shown.rows).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_follows_the_systems_light_and_dark(open_page: OpenPage, scheme: str) -> None:
    shown = open_page(color_scheme=scheme)
    shown.wait_for_nodes(NODES)
    root = shown.page.locator("html")
    expect(root).to_have_attribute("data-mantine-color-scheme", scheme)
    other = {"light": "dark", "dark": "light"}[scheme]
    shown.part("theme").select_option(other)
    expect(root).to_have_attribute("data-mantine-color-scheme", other)


def test_the_page_speaks_german_and_remembers_it(page_shown: LabPage) -> None:
    page_shown.part("language").select_option("de")
    expect(page_shown.part("start-echo")).to_have_text("Echo-Welle")
    page_shown.page.reload()
    expect(page_shown.part("start-echo")).to_have_text("Echo-Welle")
    expect(page_shown.page.locator("html")).to_have_attribute("lang", "de")


def test_the_charts_can_be_read_as_a_table(page_shown: LabPage) -> None:
    page_shown.part("add-tasks").click()
    page_shown.part("chart-table").click()
    expect(page_shown.part("history-table").locator("tbody tr").first).to_be_visible()

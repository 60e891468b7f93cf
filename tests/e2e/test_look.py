"""How all pages look: what axe says of them, what they load, and how they are shown in a hall."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenPage
from tests.e2e.test_accessibility import AXE, FIND

PAGES = ("/guide/wave", "/guide/numbers", "/guide/glossary", "/experiments", "/lab", "/workshop")
WINDOWS = {"phone": (360, 740), "laptop": (1280, 720), "projector": (1920, 1080)}
GROUND = "(part) => getComputedStyle(part).backgroundColor"
WEBGL = ("webgl", "three", "reagraph")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("theme", "window"), [("light", "laptop"), ("dark", "phone"), ("dark", "projector")])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(
    open_page: OpenPage, path: str, theme: str, window: str
) -> None:
    width, height = WINDOWS[window]
    shown = open_page(f"{path}?lang=ru", viewport={"width": width, "height": height}, color_scheme=theme)
    expect(shown.page.locator("main h2").first).to_be_visible()
    if path.startswith("/guide"):
        expect(shown.page.locator(".svg-graph")).to_be_visible()
    shown.page.add_script_tag(path=str(AXE))
    assert shown.page.evaluate(FIND, {"but": [], "only": None}) == []
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(
    "path", ["/guide", "/experiments", "/dashboard", "/tasks", "/executors", "/lab", "/workshop"]
)
def test_a_page_that_is_not_about_the_drawing_loads_no_webgl(open_page: OpenPage, path: str) -> None:
    shown = open_page(path)
    expect(shown.part("connection")).to_have_attribute("data-link", "open")
    # What a page shows by itself has come with its heading, and the drawing of the guide with it.
    expect(shown.page.locator("main h2").first).to_be_visible()
    if path == "/guide":
        expect(shown.page.locator(".svg-graph")).to_be_visible()
    loaded = shown.page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
    assert [name for name in loaded if any(word in name.lower() for word in WEBGL)] == []


@pytest.mark.parametrize("path", ["/", "/guide/wave"])
def test_a_presentation_has_larger_type_and_stands_in_the_address(open_page: OpenPage, path: str) -> None:
    shown = open_page(path, viewport={"width": 1920, "height": 1080})
    size = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
    expect(shown.part("connection")).to_have_attribute("data-link", "open")  # by then the keys are heard
    expect(shown.part("present")).to_have_attribute("aria-pressed", "false")
    before = shown.page.evaluate(size)
    shown.page.keyboard.press("b")
    expect(shown.part("present")).to_have_attribute("aria-pressed", "true")
    shown.page.wait_for_function(f"{size} > {before}")
    expect(shown.page).to_have_url(re.compile("present=1"))
    shown.page.wait_for_function("document.fullscreenElement !== null")
    shown.part("page-experiments").click()
    expect(shown.part("no-experiments")).to_be_visible()
    expect(shown.page).to_have_url(re.compile("present=1"))
    shown.part("present").click()
    shown.page.wait_for_function("document.fullscreenElement === null")
    shown.page.wait_for_function(f"{size} === {before}")
    expect(shown.page).not_to_have_url(re.compile("present"))


def test_a_link_opens_the_presentation(open_page: OpenPage) -> None:
    shown = open_page("/?present=1", viewport={"width": 1920, "height": 1080})
    expect(shown.part("present")).to_have_attribute("aria-pressed", "true")
    expect(shown.page.locator("html")).to_have_attribute("data-present", "true")


def test_the_keys_own_letter_writes_in_a_field_and_presents_nothing(open_page: OpenPage) -> None:
    shown = open_page("/guide/glossary")
    shown.part("glossary-search").press_sequentially("b")
    expect(shown.part("glossary-search")).to_have_value("b")
    expect(shown.part("present")).to_have_attribute("aria-pressed", "false")


def test_in_forced_colours_the_shown_step_is_told_from_the_others(open_page: OpenPage) -> None:
    for name in ("wave", "glossary"):
        shown = open_page(f"/guide/{name}", forced_colors="active")
        expect(shown.part(f"guide-to-{name}")).to_have_attribute("aria-current", "step")
        here, other = (shown.part(f"guide-to-{one}") for one in (name, "finn"))
        assert here.evaluate(GROUND) != other.evaluate(GROUND)
        assert here.evaluate(GROUND) != here.evaluate("(part) => getComputedStyle(part).color")
        shown.page.add_script_tag(path=str(AXE))
        assert shown.page.evaluate(FIND, {"but": [], "only": None}) == []


def test_in_forced_colours_bars_are_seen_and_one_page_alone_is_marked(open_page: OpenPage) -> None:
    shown = open_page("/dashboard", forced_colors="active")
    track = shown.part("bars-role").locator(".bar-track").first
    expect(track).to_be_visible()
    assert track.locator("span span").first.evaluate(GROUND) != track.evaluate(GROUND)
    edge = "(links) => links.map((link) => getComputedStyle(link).borderBottomColor)"
    links = shown.page.locator(".navigation")
    assert (
        links.locator("[aria-current]").evaluate_all(edge)
        != links.locator("a:not([aria-current])").evaluate_all(edge)[:1]
    )

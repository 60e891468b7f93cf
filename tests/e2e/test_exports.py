"""A run that is taken along: what the page saves, opened and read again without a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import PATIENCE_MS, OpenPage
from tests.e2e.test_accessibility import AXE, FIND
from tests.e2e.test_sessions import GRID_LINKS, WINDOWS, begin
from tests.e2e.test_traces import choose
from tests.e2e.watched import LabPage
from topowave import simulate

OpenFile = Callable[..., Page]
LEAST_BYTES = 100_000
MOST_BYTES = 1_000_000
"""Of the file without its run it is what the browser reads at most: the budget of its code."""


def save(shown: LabPage, name: str, folder: Path) -> Path:
    """Save the run that is open in a format; returns the file."""
    shown.part("run-save").click()
    with shown.page.expect_download() as download:
        shown.part(f"save-{name}").click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    expect(shown.part("save-told")).to_contain_text(file.name)
    return file


@pytest.fixture
def open_file(browser: Browser) -> Iterator[OpenFile]:
    """Opens a file from disk in a browser without a network; afterwards it must not have complained."""
    said: list[str] = []
    pages: list[Page] = []

    def open_it(file: Path, width: int, height: int, locale: str = "en-GB") -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, locale=locale)
        context.set_offline(True)
        page = context.new_page()
        pages.append(page)
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(file.as_uri())
        return page

    yield open_it
    for page in pages:
        page.context.close()
    assert said == []


def part(page: Page, name: str) -> Locator:
    return page.get_by_test_id(name)


def step_of(page: Page) -> Locator:
    return page.locator(".run-inspector h2").first


@pytest.fixture
def branched(open_page: OpenPage) -> LabPage:
    """A run of echo on a grid, of which a message was held back in its second step, up to its end."""
    shown = open_page("/lab")
    coming = begin(shown)
    shown.part("run-step").click()
    expect(coming).to_have_count(2)
    shown.part("run-step").click()
    expect(shown.part("run-said")).to_contain_text("receives Token from root")
    expect(shown.part("session-variables")).to_contain_text("parent")
    shown.page.get_by_role("button", name="Later").first.click()
    expect(shown.part("session-branches").locator("li")).to_have_count(2)
    shown.part("run-last").click()
    expect(shown.part("run-said")).to_contain_text("root receives Reply")
    expect(shown.part("run-messages")).to_have_text(str(2 * GRID_LINKS))
    shown.part("run-back").click()
    expect(step_of(shown.page)).to_contain_text("Step 24 of 25")
    return shown


@pytest.mark.parametrize("window", WINDOWS)
def test_a_session_is_one_file_that_opens_where_it_was_left_without_a_server(
    branched: LabPage, open_file: OpenFile, tmp_path: Path, window: str
) -> None:
    file = save(branched, "html", tmp_path)
    assert (file.name, LEAST_BYTES < file.stat().st_size < MOST_BYTES) == ("echo.html", True)
    width, height = WINDOWS[window]
    page = open_file(file, width, height)
    said, branches = part(page, "run-said"), part(page, "session-branches").get_by_role("button")
    expect(step_of(page)).to_contain_text("Step 24 of 25")
    expect(part(page, "session-variables")).to_contain_text("parent")
    page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("root receives Reply")
    expect(said).to_contain_text("decides")
    part(page, "run-first").click()
    expect(said).to_contain_text("root begins the wave")
    branches.nth(0).click()
    expect(page.get_by_text("It differs from the branch that it left")).to_have_count(0)
    expect(step_of(page)).to_contain_text("Step 1 of 25")
    branches.nth(1).click()
    expect(page.get_by_text("It differs from the branch that it left")).to_be_visible()
    expect(step_of(page)).to_contain_text("Step 1 of 25")
    part(page, "run-play").click()
    expect(step_of(page)).not_to_contain_text("Step 1 of")
    part(page, "run-play").click()
    expect(page.get_by_role("button", name="Later")).to_have_count(0)
    page.evaluate(AXE.read_text("utf-8"))
    assert page.evaluate(FIND, {"but": [], "only": None}) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_file_speaks_the_language_of_its_reader_or_the_one_that_is_chosen(
    branched: LabPage, open_file: OpenFile, tmp_path: Path
) -> None:
    page = open_file(save(branched, "html", tmp_path), 1280, 720, locale="ru-RU")
    expect(step_of(page)).to_contain_text("Шаг 24 из 25")
    part(page, "viewer-language").select_option("de")
    expect(step_of(page)).to_contain_text("Schritt 24 von 25")
    expect(page.locator("html")).to_have_attribute("lang", "de")


def test_a_trace_that_was_opened_is_saved_as_a_file_too(
    open_page: OpenPage, open_file: OpenFile, tmp_path: Path
) -> None:
    trace = tmp_path / "grid.jsonl"
    simulate("echo", "grid:9:1", seed=1, delay="uniform:1,10", trace=trace)
    shown = open_page("/lab")
    choose(shown, trace)
    shown.part("run-decision").click()
    expect(shown.part("run-said")).to_contain_text("decides")
    file = save(shown, "html", tmp_path)
    assert file.name == "grid.html"
    page = open_file(file, 1280, 720)
    expect(part(page, "run-said")).to_contain_text("decides")
    page.keyboard.press("ArrowLeft")
    expect(part(page, "run-said")).not_to_contain_text("decides")

"""A run that is taken along: what the page saves, opened and read again without a server."""

from __future__ import annotations

import csv
import re
import struct
import xml.etree.ElementTree as ElementTree
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from PIL import Image
from playwright.sync_api import Browser, Download, Locator, Page, expect

from tests.e2e.conftest import PATIENCE_MS, OpenPage
from tests.e2e.test_accessibility import AXE, FIND
from tests.e2e.test_sessions import GRID_LINKS, WINDOWS, begin
from tests.e2e.test_traces import choose
from tests.e2e.watched import LabPage
from topowave import simulate
from topowave.traces.reader import read_trace
from topowave.traces.shiviz import shiviz_lines

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


SVG_TEXTS = "{http://www.w3.org/2000/svg}text"
INKED = """async (data) => {
  const picture = new Image();
  picture.src = data;
  await picture.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [picture.naturalWidth, picture.naturalHeight];
  const context = canvas.getContext("2d");
  context.drawImage(picture, 0, 0);
  const found = new Set();
  const { data: bytes } = context.getImageData(0, 0, canvas.width, canvas.height);
  for (let at = 0; at < bytes.length; at += 4) found.add(String(bytes.slice(at, at + 3)));
  return found.size;
}"""
"""How many colours a picture has."""


@pytest.fixture
def grid(open_page: OpenPage, tmp_path: Path) -> tuple[LabPage, Path]:
    """A trace of echo on a grid that the page has opened, and its file."""
    trace = tmp_path / "grid.jsonl"
    simulate("echo", "grid:9:1", seed=1, delay="uniform:1,10", trace=trace)
    shown = open_page("/lab")
    choose(shown, trace)
    expect(shown.part("run-said")).to_contain_text("begins the wave")
    return shown, trace


GIVE_UP = """() => {
  new MutationObserver((_, watch) => {
    const cancel = document.querySelector("[data-testid=save-cancel]");
    if (cancel) { watch.disconnect(); cancel.click(); }
  }).observe(document.body, { childList: true, subtree: true });
  document.querySelector("[data-testid=save-gif]").click();
}"""
"""Begins an animated GIF, and gives it up at once."""


def steps_of(shown: LabPage) -> int:
    said = re.search(r"Step 1 of (\d+)", step_of(shown.page).inner_text())
    assert said is not None
    return int(said[1])


def as_data(file: Path, kind: str) -> str:
    return f"data:{kind};base64,{b64encode(file.read_bytes()).decode()}"


@pytest.mark.parametrize("what", ["stage", "diagram"])
def test_a_picture_is_saved_as_png_and_as_svg_with_the_names_of_all_nodes(
    grid: tuple[LabPage, Path], tmp_path: Path, what: str
) -> None:
    shown, trace = grid
    names = set(read_trace(trace).graph().names)
    png = save(shown, f"{what}-png", tmp_path)
    content = png.read_bytes()
    assert (png.name, content[:8]) == (f"grid.{what}.png", b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", content[16:24])
    svg = save(shown, f"{what}-svg", tmp_path)
    picture = ElementTree.parse(svg).getroot()
    size = (float(picture.attrib["width"]), float(picture.attrib["height"]))
    assert (width, height) == (round(size[0] * 2), round(size[1] * 2))
    assert {"".join(text.itertext()) for text in picture.iter(SVG_TEXTS)} == names
    blank = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"
    assert shown.page.evaluate(INKED, f"data:image/svg+xml,{quote(blank)}") == 1
    for file, kind in ((png, "image/png"), (svg, "image/svg+xml")):
        assert shown.page.evaluate(INKED, as_data(file, kind)) > 20


def test_the_events_become_a_table_a_log_for_shiviz_as_python_writes_it_and_tikz(
    grid: tuple[LabPage, Path], tmp_path: Path
) -> None:
    shown, trace = grid
    recorded = read_trace(trace)
    with save(shown, "csv", tmp_path).open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    assert [(float(row["time"]), row["event"], row["node"], row["peer"]) for row in rows] == [
        (event.t, event.event, event.node or "", event.peer or "") for event in recorded.events
    ]
    log = save(shown, "shiviz", tmp_path).read_text("utf-8")
    assert log == "\n".join(shiviz_lines(recorded)) + "\n"
    tikz = save(shown, "tikz", tmp_path).read_text("utf-8")
    assert tikz.count("\\draw[->") == sum(event.event == "receive" for event in recorded.events)
    assert {re.sub(r"\\(.)", r"\1", name) for name in re.findall(r"black\] \{(.*?)\} --", tikz)} == set(
        recorded.graph().names
    )
    assert (tikz.count("\\begin{tikzpicture}"), tikz.count("\\end{tikzpicture}")) == (1, 1)


def test_an_animated_gif_has_a_frame_for_each_step_for_as_long_as_the_speed_says(
    grid: tuple[LabPage, Path], tmp_path: Path
) -> None:
    shown, _ = grid
    steps = steps_of(shown)
    shown.page.locator(".run-controls select").select_option("20")
    file = save(shown, "gif", tmp_path)
    assert (file.name, file.read_bytes()[:6]) == ("grid.gif", b"GIF89a")
    delays: list[int] = []
    with Image.open(file) as film:
        assert (film.size, getattr(film, "n_frames", 1)) == ((1280, 720), steps)
        for number in (0, steps // 2, steps - 1):
            film.seek(number)
            frame = film.convert("RGB")
            for half in ((0, 0, 560, 720), (560, 0, 1280, 720)):
                assert len(frame.crop(half).getcolors(1280 * 720) or []) > 5
        for number in range(steps):
            film.seek(number)
            delays.append(film.info["duration"])
    assert delays == [1000, *[50] * (steps - 2), 1000]


def test_an_animated_gif_shows_nothing_of_what_is_to_be_guessed(
    grid: tuple[LabPage, Path], tmp_path: Path
) -> None:
    shown, _ = grid
    shown.part("run-step").click()
    expect(step_of(shown.page)).to_contain_text("Step 2 of")
    shown.part("run-predict").check(force=True)
    with Image.open(save(shown, "gif", tmp_path)) as film:
        assert getattr(film, "n_frames", 1) == 2


def test_an_animated_gif_that_is_given_up_becomes_no_file(grid: tuple[LabPage, Path]) -> None:
    shown, _ = grid
    files: list[Download] = []
    shown.page.on("download", lambda file: files.append(file))  # noqa: PLW0108 - Playwright marks its handlers
    shown.part("run-save").click()
    # In one turn of the page, so that the file cannot be done before.
    shown.page.evaluate(GIVE_UP)
    expect(shown.part("save-cancel")).to_have_count(0)
    expect(shown.part("save-told")).to_be_empty()
    expect(shown.part("run-save")).to_be_enabled()
    assert files == []


@pytest.mark.parametrize("window", WINDOWS)
def test_the_menu_is_in_view_and_reached_by_keys_on_every_size(
    grid: tuple[LabPage, Path], window: str
) -> None:
    shown, _ = grid
    width, height = WINDOWS[window]
    shown.page.set_viewport_size({"width": width, "height": height})
    shown.part("run-save").focus()
    shown.page.keyboard.press("Enter")
    first = shown.part("save-html")
    expect(first).to_be_focused()
    shown.page.keyboard.press("ArrowDown")
    expect(shown.part("save-stage-png")).to_be_focused()
    expect(shown.part("save-shiviz")).to_be_in_viewport(ratio=1)
    expect(first).to_be_in_viewport(ratio=1)
    shown.page.evaluate(AXE.read_text("utf-8"))
    assert shown.page.evaluate(FIND, {"but": [], "only": None}) == []
    shown.page.keyboard.press("Escape")
    expect(first).to_have_count(0)

"""The dashboard: its figures are the lab's, and what a reader does with its charts stands in the address."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import NODES, OpenPage
from tests.e2e.test_accessibility import AXE, FIND
from tests.e2e.watched import LabPage, number
from tests.support.live_lab import LiveLab

Scheme = Literal["light", "dark"]
SUBMITTED = {"low": 3, "high": 2}
"""Tasks of each priority, few enough that all of them run at once."""
FIGURE = re.compile(r"\d")
YOUNG_S = 10
"""A record that is older has more points than a table needs to show something."""


@pytest.fixture
def busy(lab: LiveLab) -> LiveLab:
    """The lab with a few tasks that run, of two priorities and one category."""
    for priority, count in SUBMITTED.items():
        lab.post("/tasks", {"count": count, "priority": priority, "category": "lecture"})
    lab.until(lambda: lab.get("/figures"), lambda now: now["requests"]["by_status"]["running"] == 5)
    return lab


def opened(open_page: OpenPage, query: str = "", **context: Any) -> LabPage:
    """The dashboard with its figures in view, and the nodes' chart, which moves others as it comes."""
    shown = open_page(f"/dashboard{query}", **context)
    expect(shown.part("tile-executors")).to_have_text(FIGURE)
    expect(shown.part("chart-heat")).to_be_visible()
    return shown


def query_of(page: Page) -> dict[str, list[str]]:
    """What the address says."""
    return parse_qs(urlsplit(page.url).query)


def plot(shown: LabPage, chart: str) -> Locator:
    """Where a chart is drawn."""
    return shown.part(f"chart-{chart}").locator(".u-over")


def brush(shown: LabPage, chart: str, start: float, end: float) -> None:
    """Draws over a part of a chart, from `start` to `end` of its width."""
    over = plot(shown, chart)
    over.scroll_into_view_if_needed()
    box = over.bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    mouse = shown.page.mouse
    mouse.move(box["x"] + start * box["width"], middle)
    mouse.down()
    mouse.move(box["x"] + end * box["width"], middle, steps=4)
    mouse.up()


def test_figures_at_rest_are_those_of_the_lab_and_of_its_tasks(busy: LiveLab, open_page: OpenPage) -> None:
    shown = opened(open_page)
    requests = busy.get("/figures")["requests"]
    for status, count in requests["by_status"].items():
        expect(shown.part(f"bar-status-{status}")).to_have_text(re.compile(rf"^{count:,}$".replace(",", ".")))
        listed = [task for task in _tasks(busy, f"status={status}&") if task["status"] == status]
        assert len(listed) == count
    for priority, counts in requests["by_priority"].items():
        assert number(shown.part(f"bar-priority-{priority}").text_content()) == sum(counts.values())
    expect(shown.part("tile-running")).to_have_text("5")
    expect(shown.part("tile-active")).to_have_text(str(NODES))
    expect(shown.part("bar-state-up")).to_have_text(str(NODES))


def _tasks(lab: LiveLab, query: str) -> list[dict[str, Any]]:
    """All tasks that match, page by page."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = lab.get(f"/tasks?{query}limit=1000{cursor}")
        found += page["tasks"]
        if not page["next"]:
            return found
        cursor = f"&cursor={page['next']}"


def test_the_page_follows_the_lab_until_it_is_paused(lab: LiveLab, open_page: OpenPage) -> None:
    shown = opened(open_page)
    expect(shown.part("tile-running")).to_have_text("0")
    lab.post("/tasks", {"count": 2})
    expect(shown.part("tile-running")).to_have_text("2")
    with shown.page.expect_request(re.compile(r"/figures(\?|$)")) as last:
        shown.part("pause").click()
    expect(shown.page).to_have_url(re.compile("paused="))
    answer = last.value.response()
    assert answer is not None
    answer.finished()
    asked: list[str] = []
    shown.page.on("request", lambda request: asked.append(request.url))
    lab.post("/tasks", {"count": 2})
    lab.until(lambda: lab.get("/figures"), lambda now: now["requests"]["by_status"]["running"] == 4)
    expect(shown.part("tile-running")).to_have_text("2")
    assert not [url for url in asked if "/figures" in url]
    shown.part("resume").click()
    expect(shown.part("tile-running")).to_have_text("4")
    expect(shown.page).not_to_have_url(re.compile("paused="))


def test_a_brush_zooms_all_charts_and_back_undoes_it(busy: LiveLab, open_page: OpenPage) -> None:
    shown = opened(open_page, "?range=1m")
    expect(plot(shown, "load")).to_be_visible()
    brush(shown, "load", 0.45, 0.95)  # near its end: the record of a young lab has nothing earlier
    expect(shown.page).to_have_url(re.compile(r"since=\d+&until=\d+"))
    query = query_of(shown.page)
    assert 20 <= int(query["until"][0]) - int(query["since"][0]) <= 40
    for chart in ("load", "rates", "heat"):
        slider = shown.part(f"chart-{chart}").get_by_role("slider")
        expect(slider).to_have_attribute("aria-valuemin", query["since"][0])
        expect(slider).to_have_attribute("aria-valuemax", query["until"][0])
    shown.page.go_back()
    expect(shown.page).not_to_have_url(re.compile("since="))
    expect(shown.part("range")).to_have_value("1m")


def test_keys_move_the_cursor_of_a_chart_and_zoom(busy: LiveLab, open_page: OpenPage) -> None:
    shown = opened(open_page, "?range=1m")
    slider = shown.part("chart-load").get_by_role("slider")
    expect(slider).to_have_attribute("aria-valuetext", FIGURE)
    slider.focus()
    slider.press("End")
    last = float(slider.get_attribute("aria-valuenow") or "")
    slider.press("ArrowLeft")
    expect(slider).not_to_have_attribute("aria-valuenow", str(last))
    assert float(slider.get_attribute("aria-valuenow") or "") < last
    slider.press("+")
    expect(shown.page).to_have_url(re.compile(r"since=\d+&until=\d+"))


@pytest.mark.parametrize(
    ("language", "said"), [("en", "On a chart"), ("de", "Auf einem Diagramm"), ("ru", "На графике")]
)
def test_the_keys_of_charts_are_in_the_help(
    lab: LiveLab, open_page: OpenPage, language: str, said: str
) -> None:
    shown = opened(open_page, locale=language)
    expect(shown.part("chart-load").get_by_role("slider")).to_be_attached()
    shown.page.keyboard.press("?")
    expect(shown.part("help").get_by_text(said)).to_have_count(3)
    shown.page.keyboard.press("Escape")
    expect(shown.part("help")).to_be_hidden()


def test_a_filter_narrows_what_is_shown_and_stands_in_the_address(busy: LiveLab, open_page: OpenPage) -> None:
    shown = opened(open_page)
    expect(shown.part("tile-running")).to_have_text("5")
    shown.choose("filter-priority", "high")
    expect(shown.part("tile-running")).to_have_text(str(SUBMITTED["high"]))
    assert query_of(shown.page)["priority"] == ["high"]
    shown.page.reload()
    expect(shown.part("filter-priority")).to_have_attribute("data-chosen", "high")
    expect(shown.part("tile-running")).to_have_text(str(SUBMITTED["high"]))
    shown.part("clear-filters").click()
    expect(shown.part("tile-running")).to_have_text("5")
    leaf = shown.names[-1]
    shown.choose("filter-node", leaf)
    expect(shown.part("tile-executors")).to_have_text("1")


def test_table_and_csv_hold_what_the_chart_shows(busy: LiveLab, open_page: OpenPage, tmp_path: Path) -> None:
    figures = busy.until(lambda: busy.get("/figures"), lambda now: now["time"] - now["since"] > YOUNG_S)
    # Paused from the start: what is read in parts must not change in between.
    shown = opened(open_page, f"?range=1m&paused={int(figures['time'])}")
    expect(plot(shown, "requests")).to_be_visible()
    shown.part("table-requests").click()
    assert query_of(shown.page)["table"] == ["requests"]
    sheet = shown.part("chart-requests").get_by_test_id("sheet")
    expect(sheet.locator("tbody tr").first).to_be_visible()
    heads = sheet.locator("thead th").all_text_contents()
    rows = [row.locator("th, td").all_text_contents() for row in sheet.locator("tbody tr").all()]
    with shown.page.expect_download() as download:
        shown.part("csv-requests").click()
    file = tmp_path / "chart.csv"
    download.value.save_as(file)
    found = list(csv.reader(io.StringIO(file.read_text("utf-8-sig"))))
    assert found[0] == heads
    assert len(found) - 1 == len(rows) > 5
    for told, row in zip(reversed(found[1:]), rows, strict=True):
        assert told[0][17:19] == row[0][6:8]  # the second of the minute, in any time zone
        assert [round(float(value), 1) for value in told[1:] if value] == [
            round(float(value), 1) for value in row[1:] if value != "–"
        ]


def test_requests_fall_into_small_charts(busy: LiveLab, open_page: OpenPage) -> None:
    shown = opened(open_page, "?range=1m")
    shown.part("split").select_option("priority")
    small = shown.part("chart-requests").locator("figure")
    expect(small.filter(has_text="low")).to_be_visible()
    expect(small.filter(has_text="high")).to_be_visible()
    shown.part("split").select_option("node")
    expect(shown.part("chart-heat").locator("figure").first).to_be_visible()


def test_a_chart_that_has_nothing_says_what_to_do(lab: LiveLab, open_page: OpenPage) -> None:
    shown = opened(open_page, "?role=leaf&priority=high")
    expect(shown.part("chart-requests")).to_contain_text("clear the filters", ignore_case=True)
    shown.part("chart-requests").get_by_role("button", name="Clear the filters").click()
    expect(plot(shown, "requests")).to_be_visible()


@pytest.mark.parametrize(("scheme", "locale"), [("light", "en-GB"), ("dark", "ru-RU")])
def test_axe_finds_nothing(busy: LiveLab, open_page: OpenPage, scheme: Scheme, locale: str) -> None:
    shown = opened(open_page, "?range=1m&table=rates", color_scheme=scheme, locale=locale)
    expect(plot(shown, "heat")).to_be_visible()
    shown.page.add_script_tag(path=AXE)
    assert shown.page.evaluate(FIND, {"but": [], "only": None}) == []


@pytest.mark.parametrize("language", ["en", "de", "ru"])
def test_nothing_is_wider_than_a_phone(busy: LiveLab, open_page: OpenPage, language: str) -> None:
    phone = {"width": 360, "height": 740}
    shown = opened(open_page, "?range=1m&table=rates,heat", viewport=phone, locale=language)
    expect(plot(shown, "load")).to_be_visible()
    wide = shown.page.evaluate(
        """() => [document.documentElement, document.querySelector(".dash-scroll")]
          .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1).length"""
    )
    assert wide == 0

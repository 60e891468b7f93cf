"""The dashboard's filters take several values, by mouse, keys and finger, in all that is shown of them."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenPage
from tests.e2e.test_accessibility import AXE, FIND
from tests.e2e.test_dashboard import opened, plot, query_of
from tests.e2e.watched import LabPage
from tests.support.live_lab import LiveLab

PHONE = {"width": 360, "height": 740}


@pytest.fixture
def category(lab: LiveLab) -> str:
    """A category that no other test has, with a few tasks that run: low, high and critical."""
    name = f"filters-{uuid4().hex[:8]}"
    for priority, count in {"low": 3, "high": 2, "critical": 1}.items():
        lab.post("/tasks", {"count": count, "priority": priority, "category": name})
    lab.until(
        lambda: lab.get(f"/figures?category={name}"), lambda now: now["requests"]["by_status"]["running"] == 6
    )
    return name


def faults(shown: LabPage) -> list[str]:
    """What axe-core finds."""
    shown.page.add_script_tag(path=AXE)
    found: list[str] = shown.page.evaluate(FIND, {"but": [], "only": None})
    return found


def test_several_values_are_in_address_figures_charts_table_and_csv(
    category: str, open_page: OpenPage, tmp_path: Path
) -> None:
    shown = opened(open_page, f"?range=1m&category={category}&table=requests")
    expect(shown.part("tile-running")).to_have_text("6")
    shown.choose("filter-priority", "high", "critical")
    expect(shown.part("tile-running")).to_have_text("3")
    expect(shown.part("filter-priority")).to_have_text("2 chosen")
    assert query_of(shown.page)["priority"] == ["critical,high"]
    asked = "/figures/series?points=60&priority=critical&priority=high"
    shown.lab.until(lambda: shown.lab.get(asked), lambda told: told["series"]["running"][-1] == 3)
    shown.page.go_back()
    shown.page.go_forward()
    expect(shown.part("tile-running")).to_have_text("3")
    # The history of a category is kept of the first ones only; that of priorities is of all.
    shown.page.goto(
        f"http://127.0.0.1:{shown.lab.page_port}/dashboard?range=1m&priority=critical,high&table=requests"
    )
    first = shown.part("chart-requests").get_by_test_id("sheet").locator("tbody tr").first
    expect(first.locator("td").first).to_have_text("3")
    shown.part("pause").click()
    with shown.page.expect_download() as download:
        shown.part("csv-requests").click()
    file = tmp_path / "chart.csv"
    download.value.save_as(file)
    rows = list(csv.reader(io.StringIO(file.read_text("utf-8-sig"))))
    assert [rows[0][1], rows[-1][1]] == ["running (requests)", "3"]


def test_a_filter_is_set_by_keys_alone(category: str, open_page: OpenPage) -> None:
    shown = opened(open_page, f"?category={category}")
    button = shown.part("filter-priority")
    button.focus()
    button.press("Enter")
    boxes = shown.part("filter-priority-list").get_by_role("checkbox")
    expect(boxes.first).to_be_focused()
    shown.page.keyboard.press("Space")
    shown.page.keyboard.press("Tab")
    shown.page.keyboard.press("Space")
    expect(shown.part("tile-running")).to_have_text("3")
    shown.page.keyboard.press("Escape")
    expect(button).to_be_focused()
    expect(button).to_have_attribute("data-chosen", "critical,high")


def test_of_many_names_one_is_searched_and_those_without_are_a_choice(
    category: str, open_page: OpenPage
) -> None:
    shown = opened(open_page, f"?category={category}")
    leaf = shown.names[-1]
    shown.part("filter-node").click()
    expect(shown.part("filter-node-list").get_by_role("checkbox")).to_have_count(len(shown.names) + 1)
    shown.part("filter-node-find").fill(leaf)
    expect(shown.part("filter-node-list").get_by_role("checkbox")).to_have_count(1)
    shown.part("filter-node-list").get_by_label(leaf, exact=True).check()
    shown.part("filter-node-find").fill("on no node")
    shown.part("filter-node-list").get_by_label("on no node").check()
    shown.page.keyboard.press("Escape")
    wanted = f"category={category}&node={leaf}&without=node"
    count = sum(shown.lab.get(f"/figures?{wanted}")["requests"]["by_status"].values())
    expect(shown.part("bar-category-" + category) if count else shown.part("bars-category")).to_have_text(
        str(count) if count else re.compile("Nothing matches")
    )


@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 720}, PHONE], ids=["desk", "phone"])
def test_an_open_choice_is_clean_and_whole(
    category: str, open_page: OpenPage, viewport: dict[str, int]
) -> None:
    shown = opened(open_page, f"?range=1m&category={category}&filters=1", viewport=viewport)
    expect(plot(shown, "load")).to_be_attached()
    shown.part("filter-node").click()
    listed = shown.part("filter-node-list")
    expect(listed).to_be_visible()
    box = listed.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= viewport["width"]
    assert faults(shown) == []
    listed.get_by_role("checkbox").first.check()
    expect(shown.part("tile-executors")).to_have_text("1")

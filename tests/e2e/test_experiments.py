"""The page of experiments: the reports that lie there, one of them, and two side by side."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenPage


def test_without_reports_it_says_how_to_make_one(open_page: OpenPage) -> None:
    shown = open_page("/experiments")
    expect(shown.part("no-experiments")).to_contain_text("topowave experiment run")


def test_reports_are_listed_and_one_is_read_with_its_picture(reports: Path, open_page: OpenPage) -> None:
    shown = open_page("/experiments")
    shown.part("experiment-quick").get_by_role("link").click()
    expect(shown.part("report")).to_contain_text("Rings, quick")
    expect(shown.part("report-table").locator("tbody tr")).to_have_count(6)
    expect(shown.part("report-table")).to_contain_text("64")
    expect(shown.part("picture-quick")).to_have_js_property("complete", value=True)
    shown.part("report-measure").select_option("time")
    expect(shown.page).to_have_url(re.compile("measure=time"))
    shown.page.go_back()
    expect(shown.part("report-measure")).to_have_value("messages")
    assert (reports / "quick" / "summary.csv").is_file()


@pytest.mark.usefixtures("reports")
def test_two_reports_stand_side_by_side_with_intervals_differences_and_pictures(open_page: OpenPage) -> None:
    shown = open_page("/experiments/quick?measure=time&against=slow&lang=ru")
    table = shown.part("compared-table")
    expect(table.locator("tbody tr")).to_have_count(6)
    expect(table.locator("tbody tr").first).to_contain_text("[")
    expect(table.locator(".interval")).to_have_count(12)
    expect(shown.part("picture-quick")).to_be_visible()
    expect(shown.part("picture-slow")).to_be_visible()
    # Only the three seeds that both have make pairs.
    expect(table.locator("tbody tr").first.locator("td").last).to_have_text("3")


def test_a_report_that_is_not_there_is_told(open_page: OpenPage) -> None:
    shown = open_page("/experiments/none", lossy=True)
    expect(shown.part("report-problem")).to_contain_text("no such file")

"""Every page has an address: a link leads there, Back leads back, and what is no page says where they are."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.e2e.conftest import NODES, PATIENCE_MS, OpenPage
from tests.e2e.watched import LabPage
from tests.fuzz.frames import TREE
from tests.support.live_lab import live_lab


def test_the_navigation_leads_from_page_to_page_and_back_leads_back(page_shown: LabPage) -> None:
    shown, page = page_shown, page_shown.page
    shown.part("tab-events").click()
    expect(page).to_have_url(re.compile("tab=events"))
    shown.part("page-tasks").click()
    expect(page).to_have_url(re.compile(r"/tasks$"))
    expect(page).to_have_title("Tasks · Topowave")
    expect(shown.part("page-tasks")).to_have_attribute("aria-current", "page")
    expect(page.locator("main")).to_be_focused()
    shown.part("page-executors").click()
    expect(shown.part("executors")).to_be_visible()
    page.go_back()
    expect(shown.part("task-table")).to_be_visible()
    page.go_back()
    expect(shown.part("tab-events")).to_have_attribute("aria-selected", "true")
    page.go_forward()
    expect(shown.part("task-table")).to_be_visible()
    shown.part("page-lab").click()  # which is as it was left
    expect(page).to_have_url(re.compile("tab=events"))
    expect(shown.part("tab-events")).to_have_attribute("aria-selected", "true")


def test_a_link_and_a_reload_lead_to_the_same_and_the_language_goes_along(open_page: OpenPage) -> None:
    shown = open_page("/tasks?status=failed&sort=finished&lang=de")
    page = shown.page
    for _ in range(2):
        expect(page.get_by_role("heading", level=2)).to_have_text("Aufgaben")
        expect(shown.part("task-status-filter")).to_have_value("failed")
        expect(shown.part("task-sort")).to_have_value("finished")
        page.reload()
    shown.part("page-executors").click()
    expect(page).to_have_url(re.compile(r"/executors\?lang=de$"))
    page.goto(f"http://127.0.0.1:{shown.lab.page_port}/app")
    shown.wait_for_nodes(NODES)


def test_what_is_no_page_says_where_the_pages_are(open_page: OpenPage) -> None:
    shown = open_page("/nowhere", lossy=True)
    page = shown.page
    answer = page.reload()
    assert answer is not None
    assert answer.status == 404
    expect(shown.part("missing")).to_contain_text("Nothing is at /nowhere")
    shown.part("missing").get_by_role("link", name="Executors").click()
    expect(shown.part("executors")).to_be_visible()


def test_only_the_lab_loads_what_draws_it(open_page: OpenPage) -> None:
    shown = open_page("/executors")
    expect(shown.part("executors")).to_be_visible()
    loaded = "() => performance.getEntriesByType('resource').map(({ name }) => name).join(' ')"
    assert "WebGl" not in str(shown.page.evaluate(loaded))
    assert "LabPage" not in str(shown.page.evaluate(loaded))


def test_on_a_phone_the_pages_are_in_a_menu(open_page: OpenPage) -> None:
    shown = open_page("/tasks", viewport={"width": 360, "height": 740})
    shown.part("open-navigation").click()
    shown.part("page-executors").click()
    expect(shown.part("executors")).to_be_visible()
    assert shown.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_link_with_the_token_leads_to_its_page(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "wanted.json"
    file.write_text(json.dumps(TREE), "utf-8")
    with live_lab(tmp_path, file, host="0.0.0.0", rebalance_interval=0) as lab:
        context = browser.new_context(viewport={"width": 1280, "height": 720}, locale="en-GB")
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        address = f"http://127.0.0.1:{lab.page_port}/tasks?status=failed"
        page.goto(f"{address}&token={lab.token}")
        page.wait_for_url(address)
        expect(page.get_by_test_id("task-status-filter")).to_have_value("failed")
        expect(page.get_by_test_id("connection")).to_have_text("connected")
        context.close()

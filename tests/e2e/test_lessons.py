"""A counterexample of the checker as a lesson: from the command, and looked for on the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import PATIENCE_MS
from tests.e2e.test_accessibility import AXE, FIND
from tests.e2e.test_sessions import STARTED_MS, WINDOWS, served
from tests.unit.sessions.test_checking import HASTY


def shows_the_lesson(page: Page) -> None:
    """Expect the witness, the pause at the break, the kind and the right algorithm."""
    expect(page.get_by_test_id("lesson-broken")).to_contain_text("dependence", timeout=STARTED_MS)
    expect(page.get_by_test_id("lesson-witness")).to_contain_text("Event 3", timeout=PATIENCE_MS)
    expect(page.get_by_test_id("lesson-kind").first).to_contain_text("It decides early")
    expect(page.get_by_text("Step 3 of 3")).to_be_visible(timeout=PATIENCE_MS)


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    file = tmp_path / "hasty.py"
    file.write_text(HASTY, "utf-8")
    return file


@pytest.mark.parametrize("window", WINDOWS)
def test_a_wrong_echo_that_the_checker_opened_stands_where_it_breaks(
    browser: Browser, wrong: Path, window: str
) -> None:
    width, height = WINDOWS[window]
    with served("check", str(wrong), "--all-connected", "3", "--open") as link:
        page = browser.new_page(viewport={"width": width, "height": height})
        try:
            page.goto(link)
            shows_the_lesson(page)
            page.add_script_tag(path=str(AXE))
            assert page.evaluate(FIND, {"but": [], "only": None}) == []
            page.get_by_test_id("lesson-right").click()
            expect(page.get_by_test_id("lesson-right-shown")).to_contain_text("Echo")
            page.get_by_test_id("lesson-right").click()
            page.keyboard.press("ArrowLeft")
            expect(page.get_by_text("Step 2 of 3")).to_be_visible(timeout=PATIENCE_MS)
            page.get_by_test_id("lesson-to-break").click()
            expect(page.get_by_text("Step 3 of 3")).to_be_visible(timeout=PATIENCE_MS)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        finally:
            page.close()


def test_the_page_looks_for_a_failing_order_and_opens_it(browser: Browser, wrong: Path) -> None:
    with served("lab") as link:
        page = browser.new_page()
        try:
            page.goto(link)
            with page.expect_file_chooser() as chosen:
                page.get_by_text("A class of your own (.py)").click()
            chosen.value.set_files(wrong)
            page.get_by_test_id("session-look").click()
            shows_the_lesson(page)
        finally:
            page.close()


def test_where_no_order_fails_the_page_says_over_how_much_it_has_looked(browser: Browser) -> None:
    with served("lab") as link:
        page = browser.new_page()
        try:
            page.goto(link)
            form = page.get_by_test_id("session-new")
            form.get_by_label("Algorithm").fill("polling")
            form.get_by_label("Network").fill("star:4")
            page.get_by_test_id("session-begin").click()
            page.get_by_test_id("lesson-look").click(timeout=STARTED_MS)
            expect(page.get_by_test_id("lesson-none")).to_contain_text("None was found", timeout=STARTED_MS)
            expect(page.get_by_test_id("lesson")).to_have_count(0)
        finally:
            page.close()

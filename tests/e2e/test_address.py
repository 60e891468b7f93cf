"""The page's address holds what is shown: a reload and Back lead to it."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.conftest import NODES, OpenPage
from tests.e2e.watched import LabPage


def expect_tab(shown: LabPage, tab: str) -> None:
    """Wait until this tab is open."""
    expect(shown.part(f"tab-{tab}")).to_have_attribute("aria-selected", "true")


def expect_all(shown: LabPage) -> None:
    """Wait until the page shows the wave at its end and beside it, the tab and the choices of the test."""
    expect_tab(shown, "waves")
    expect(shown.part("drawer").get_by_role("heading", level=2)).to_have_text("Echo")
    shown.wait_for_end_of_playback()
    expect(shown.part("counter")).to_have_text(str(2 * (NODES - 1)))
    expect(shown.part("language")).to_have_value("de")


def test_choices_tab_selection_and_wave_survive_a_reload_and_back(page_shown: LabPage) -> None:
    shown, page = page_shown, page_shown.page
    shown.part("start-echo").click()
    expect(page).to_have_url(re.compile(r"[?&]wave="))
    shown.wait_for_end_of_playback()
    shown.part("tab-waves").click()
    expect(page).to_have_url(re.compile("tab=waves"))
    shown.waves("echo").first.click()
    expect(page).to_have_url(re.compile("selection=wave"))
    shown.part("language").select_option("de")
    expect(page).to_have_url(re.compile("lang=de"))
    expect_all(shown)

    page.reload()
    expect_all(shown)

    page.go_back()  # before the wave was selected, the tab was chosen
    expect(shown.part("drawer")).to_have_count(0)
    expect_tab(shown, "waves")
    page.go_back()
    expect_tab(shown, "nodes")
    shown.wait_for_end_of_playback()
    page.go_back()  # and before the wave there was nothing
    expect(shown.part("playback")).to_have_attribute("data-state", "empty")
    for _ in range(3):
        page.go_forward()
    expect_all(shown)


def test_a_bookmark_of_a_wave_that_the_lab_no_longer_keeps_says_so(open_page: OpenPage) -> None:
    shown = open_page("/?wave=long-gone&tab=events&selection=node:nobody&speed=x", lossy=True)
    expect_tab(shown, "events")
    expect(shown.page).not_to_have_url(re.compile("wave="))
    expect(shown.part("playback")).to_have_attribute("data-state", "empty")
    expect(shown.part("notice-failed")).to_contain_text("The lab does not keep the wave long-gone")
    # A wave that bears the same id in this run of the lab is another one.
    wave = str(shown.lab.get("/echo_ws")["wave"])
    shown.lab.until(lambda: shown.lab.wave(wave)["state"], lambda state: state == "complete")
    shown.page.goto(f"http://127.0.0.1:{shown.lab.page_port}/?wave={wave}%401")
    expect(shown.part("notice-failed")).to_contain_text(f"The lab does not keep the wave {wave}")
    expect(shown.part("playback")).to_have_attribute("data-state", "empty")
    shown.page.goto(f"http://127.0.0.1:{shown.lab.page_port}/?wave={wave}")
    shown.wait_for_end_of_playback()


def test_a_drawer_of_a_wave_of_an_earlier_run_says_that_it_is_gone(open_page: OpenPage) -> None:
    shown = open_page("/?tab=waves&selection=wave:long-gone")
    expect(shown.part("wave-gone")).to_contain_text("The lab does not keep the wave long-gone")
    shown.part("drawer").get_by_role("button", name="Close").click()
    shown.part("start-echo").click()
    shown.waves("echo").first.click()
    expect(shown.page).to_have_url(re.compile(r"selection=wave%3A[^&]+%40\d+"))
    shown.page.reload()
    expect(shown.part("wave-figures")).to_be_visible()
    started = re.search(r"selection=(wave%3A[^&]+%40)\d+", shown.page.url)
    assert started
    # As if the lab had been started anew since, and had given the id to this wave.
    shown.page.goto(f"http://127.0.0.1:{shown.lab.page_port}/?tab=waves&selection={started[1]}1")
    expect(shown.part("wave-gone")).to_be_visible()
    expect(shown.part("wave-figures")).to_have_count(0)

"""The guide: ten steps by their real buttons, noticed by the lab's own state; deep links and the glossary."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenPage
from tests.e2e.watched import LabPage

STEPS = ("network", "wave", "back", "count", "finn", "kill", "heal", "tasks", "rebalance", "numbers")
WAVES_AT_MOST = 4
"""Slow waves in whose middle a node is to be killed: on a machine that stands still a press comes late."""


def step(shown: LabPage, name: str, *, done: bool) -> None:
    """Wait until a step is shown, and is done or is not yet."""
    expect(shown.part("guide-step")).to_have_attribute("data-step", name)
    expect(shown.part("guide-step")).to_have_attribute("data-done", str(done).lower())


def kill_in_mid_wave(shown: LabPage) -> None:
    """Start the slow wave and kill; where that came too late another one is started, as the page says."""
    action = shown.part("guide-action")
    for _ in range(WAVES_AT_MOST):
        action.click()
        # The wave runs, with a second for each message.
        expect(action).to_have_text(re.compile("Kill .+ now"))
        action.click()
        expect(action).to_have_text("Start a slow wave")
        if shown.part("guide-step").get_attribute("data-done") == "true":
            return
    raise AssertionError(f"{WAVES_AT_MOST} waves came back whole, for all that a node was killed")


def test_all_ten_steps_are_done_by_their_buttons_on_the_real_lab(open_page: OpenPage) -> None:
    shown = open_page("/guide")
    action = shown.part("guide-action")
    outcomes = {}
    for name in STEPS:
        step(shown, name, done=False)
        if name == "kill":
            kill_in_mid_wave(shown)
        else:
            action.click()
        step(shown, name, done=True)
        outcomes[name] = shown.part("guide-outcome").inner_text()
        if name != STEPS[-1]:
            shown.part("guide-next").click()
    assert "28 messages" in outcomes["count"]
    assert "393" in outcomes["finn"]
    assert "all 15 nodes" in outcomes["heal"]
    assert shown.lab.get("/config")["link_delay"] == 0
    expect(shown.part("guide-sheet")).to_contain_text("28")
    expect(shown.page.locator(".guide-steps [data-done=true]")).to_have_count(len(STEPS))
    waves = shown.lab.get("/waves")["waves"]
    assert {wave["state"] for wave in waves if wave["algorithm"] == "echo"} >= {"complete", "incomplete"}


def test_a_press_in_the_picture_counts_as_well_as_the_button(open_page: OpenPage) -> None:
    shown = open_page("/guide/network")
    step(shown, "network", done=False)
    box = shown.part("canvas").bounding_box()
    assert box is not None
    root = shown.page.locator(".label", has_text="root").first.bounding_box()
    assert root is not None
    # The name stands below its circle.
    shown.page.mouse.click(root["x"] + root["width"] / 2, root["y"] - 20)
    step(shown, "network", done=True)
    expect(shown.part("guide-outcome")).to_contain_text("root")


def test_each_step_has_an_address_and_back_leads_to_the_one_before(open_page: OpenPage) -> None:
    shown = open_page("/guide/finn?lang=ru")
    step(shown, "finn", done=False)
    expect(shown.page.get_by_role("heading", name="Дорогой способ: алгоритм Финна")).to_be_visible()
    shown.part("guide-to-tasks").click()
    step(shown, "tasks", done=False)
    assert "/guide/tasks" in shown.page.url
    shown.page.go_back()
    step(shown, "finn", done=False)


def test_who_leaves_the_guide_in_the_slow_step_leaves_no_slow_lab(open_page: OpenPage) -> None:
    shown = open_page("/guide/kill")
    step(shown, "kill", done=False)
    shown.part("guide-action").click()
    expect(shown.part("guide-action")).to_have_text(re.compile("Kill .+ now"))
    assert shown.lab.get("/config")["link_delay"] == 1_000
    shown.part("page-lab").click()
    shown.lab.until(lambda: shown.lab.get("/config"), lambda config: config["link_delay"] == 0)


def close(page: Page) -> None:
    """Leave the page, as for another one."""
    page.goto("about:blank")


@pytest.mark.parametrize("leave", [Page.reload, close], ids=["reload", "close"])
def test_who_reloads_or_closes_the_guide_in_the_slow_step_leaves_no_slow_lab(
    open_page: OpenPage, leave: Callable[[Page], object]
) -> None:
    shown = open_page("/guide/kill")
    step(shown, "kill", done=False)
    shown.part("guide-action").click()
    expect(shown.part("guide-action")).to_have_text(re.compile("Kill .+ now"))
    assert shown.lab.get("/config")["link_delay"] == 1_000
    leave(shown.page)
    shown.lab.until(lambda: shown.lab.get("/config"), lambda config: config["link_delay"] == 0)


def test_what_came_of_a_step_is_in_view_on_a_phone(open_page: OpenPage) -> None:
    shown = open_page("/guide/count?lang=ru", viewport={"width": 390, "height": 700})
    step(shown, "count", done=False)
    shown.part("guide-action").click()
    step(shown, "count", done=True)
    expect(shown.part("guide-outcome")).to_be_in_viewport(ratio=1)


def test_the_node_that_a_step_is_about_is_named_in_the_picture_on_a_phone(open_page: OpenPage) -> None:
    shown = open_page("/guide/tasks", viewport={"width": 390, "height": 700})
    step(shown, "tasks", done=False)
    shown.part("guide-action").click()
    name = shown.page.locator(".label", has_text=shown.names[-1])
    expect(name).to_contain_text("overloaded")


def test_no_notice_covers_the_way_on_on_a_phone(open_page: OpenPage) -> None:
    shown = open_page("/guide/tasks", viewport={"width": 390, "height": 700})
    step(shown, "tasks", done=False)
    shown.part("guide-action").click()
    notice = shown.part("notice-done").bounding_box()
    way = shown.part("guide-next").bounding_box()
    assert notice is not None
    assert way is not None
    assert notice["y"] + notice["height"] <= way["y"]


def test_the_glossary_is_searched_in_every_language_and_the_search_has_an_address(
    open_page: OpenPage,
) -> None:
    shown = open_page("/guide/glossary?lang=ru&term=остовное")
    terms = shown.part("guide-glossary").locator("dt")
    expect(terms.first).to_be_visible()
    assert "остовное дерево" in terms.all_inner_texts()
    for language, word, term in (("de", "spannb", "Spannbaum"), ("en", "SPANNING", "spanning tree")):
        shown.part("language").select_option(language)
        shown.part("glossary-search").fill(word)
        expect(terms.filter(has_text=term)).to_have_count(1)
    shown.part("glossary-search").fill("qqqq")
    expect(terms).to_have_count(0)
    expect(shown.page).to_have_url(re.compile("term=qqqq"))

"""Links are made slow from the page, so that somebody can interfere with a real wave while it runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NODES, OpenPage
from tests.e2e.watched import LabPage
from tests.support.live_lab import LiveLab

LONG_MS = 3_000
"""A delay with which a wave takes some 18 s: time to interfere, also on a machine that stands still."""


def set_delay(lab: LiveLab, ms: float) -> None:
    """Set the delay of all links by HTTP."""
    lab.http.patch(f"{lab.balancer}/config", json={"link_delay": ms}).raise_for_status()


@pytest.fixture(autouse=True)
def quick_afterwards(lab: LiveLab) -> Iterator[None]:
    """The lab is shared: the next test finds its links as quick as they were."""
    yield
    set_delay(lab, 0)


def test_a_node_that_is_killed_in_the_middle_of_a_wave_is_named_at_its_end(page_shown: LabPage) -> None:
    lab, killed = page_shown.lab, page_shown.names[1 + NODES // 2]  # the root's second child
    page_shown.part("link-delay").get_by_text("1000").click()
    expect(page_shown.part("stage-delay")).to_have_text("Each link +1 s")
    set_delay(lab, LONG_MS)
    expect(page_shown.part("stage-delay")).to_have_text("Each link +3 s")
    page_shown.part("start-echo").click()
    running = page_shown.part("stage-running")
    expect(running).to_be_visible()
    wave = page_shown.part("playback").get_attribute("data-wave")
    lab.until(
        lambda: lab.get(f"/waves/{wave}"), lambda found: found["messages"] >= 6
    )  # two levels are reached
    page_shown.row(killed).click(button="right")
    page_shown.part("node-menu").get_by_role("menuitem", name="Kill").click()
    expect(page_shown.part("stage-outcome")).to_have_text("Echo: incomplete.")
    expect(page_shown.part("outcome")).to_contain_text(killed)
    assert killed in lab.wave(str(wave))["missing"]
    page_shown.wait_for_nodes(NODES)
    expect(page_shown.part("link-delay").get_by_role("radio", name=str(LONG_MS))).to_be_checked()
    set_delay(lab, 0)
    page_shown.part("start-echo").click()
    page_shown.wait_for_end_of_playback()
    expect(page_shown.part("counter")).to_have_text(str(2 * (NODES - 1)))


def test_every_page_shows_the_delay_whoever_has_set_it(open_page: OpenPage) -> None:
    shown = open_page()
    shown.wait_for_nodes(NODES)
    delay = shown.part("link-delay")
    expect(delay.get_by_role("radio", name="0", exact=True)).to_be_checked()
    expect(shown.part("stage-delay")).to_have_count(0)
    set_delay(shown.lab, 250)
    expect(delay.get_by_role("radio", name="250")).to_be_checked()
    expect(shown.part("stage-delay")).to_have_text("Each link +250 ms")
    delay.get_by_role("radio", name="250").press("ArrowRight")
    expect(delay.get_by_role("radio", name="300")).to_be_checked()
    expect(delay.get_by_role("radio")).to_have_count(4)
    shown.lab.until(lambda: shown.lab.get("/config")["link_delay"] == 300)


def test_the_delay_is_seen_and_set_where_nothing_but_the_network_is_shown(open_page: OpenPage) -> None:
    shown = open_page()
    shown.wait_for_nodes(NODES)
    expect(shown.part("link-delay-bar")).to_have_count(0)
    shown.part("stage-only").click()
    shown.part("link-delay-bar").get_by_text("100", exact=True).click()
    expect(shown.part("stage-delay")).to_have_text("Each link +100 ms")
    shown.page.set_viewport_size({"width": 390, "height": 844})
    expect(shown.part("link-delay-bar")).to_have_count(0)
    expect(shown.part("stage-delay")).to_be_visible()
    shown.part("stage-only").click()
    shown.part("tab-actions").click()
    shown.part("link-delay").get_by_text("0", exact=True).click()
    expect(shown.part("stage-delay")).to_have_count(0)

"""The page survives the death of the balancer: it says so, connects again by itself, keeps the focus."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.conftest import NODES, OpenPage
from tests.e2e.watched import Line
from tests.support.live_lab import LiveLab


def balancer_pid(lab: LiveLab) -> int:
    """The one child of the orchestrator that is no node."""
    orchestrator = lab.process.pid
    children = Path(f"/proc/{orchestrator}/task/{orchestrator}/children").read_text().split()
    nodes = {node["pid"] for node in lab.get("/status")["nodes"]}
    (balancer,) = {int(child) for child in children} - nodes
    return balancer


def test_a_lost_connection_is_told_and_mended_without_a_reload(open_page: OpenPage, lab: LiveLab) -> None:
    shown = open_page(lossy=True)
    shown.wait_for_nodes(NODES)
    shown.page.evaluate("window.stillHere = true")
    # The banner may be there for a moment only: the balancer is started again at once.
    shown.note("[data-testid=banner]")
    os.kill(balancer_pid(lab), signal.SIGKILL)
    shown.expect_noted("[data-testid=banner]")
    expect(shown.part("connection")).to_have_attribute("data-link", "open")
    expect(shown.part("banner")).to_have_count(0)
    shown.wait_for_nodes(NODES)
    shown.part("start-echo").click()
    shown.wait_for_end_of_playback()
    expect(shown.part("counter")).to_have_text(str(2 * (NODES - 1)))
    assert shown.page.evaluate("window.stillHere") is True


def test_while_nobody_answers_the_banner_stays_and_buttons_rest(open_page: OpenPage) -> None:
    shown = open_page(lossy=True)
    shown.wait_for_nodes(NODES)
    shown.page.route_web_socket("**/stream", lambda socket: socket.close())
    shown.page.reload()
    banner = shown.part("banner")
    expect(banner).to_be_visible()
    expect(shown.part("start-echo")).to_be_disabled()
    expect(banner).to_contain_text("by itself")
    # Each try keeps the banner as it is, and so the focus on its button.
    again = banner.get_by_role("button", name="Try now")
    banner.evaluate("(banner) => { banner.dataset.same = 'yes'; }")
    again.press("Enter")
    expect(banner).to_contain_text("next try in")
    expect(banner).to_have_attribute("data-same", "yes")
    expect(again).to_be_focused()


def test_what_rests_while_the_line_is_dead_keeps_the_focus(open_page: OpenPage) -> None:
    shown = open_page(lossy=True)
    shown.wait_for_nodes(NODES)
    line = Line(shown.page)
    shown.page.reload()
    shown.wait_for_nodes(NODES)
    before = len(shown.lab.get("/waves")["waves"])
    delay = shown.part("link-delay").get_by_role("radio", name="0", exact=True)
    shown.row(shown.names[-1]).press("Enter")
    stop = shown.part("drawer").get_by_role("button", name="Stop")

    delay.focus()
    line.die()
    expect(shown.part("banner")).to_be_visible()
    expect(shown.part("link-delay")).to_have_attribute("aria-disabled", "true")
    expect(delay).to_be_focused()
    shown.page.keyboard.press("ArrowRight")  # which asks nothing of the lab
    expect(delay).to_be_checked()
    stop.focus()
    expect(stop).to_be_disabled()
    line.dead = False
    expect(stop).to_be_enabled()
    expect(stop).to_be_focused()
    assert shown.lab.get("/config")["link_delay"] == 0

    shown.page.keyboard.press("Escape")
    expect(shown.part("drawer")).to_have_count(0)
    shown.row(shown.names[1]).press("Shift+F10")
    items = shown.part("node-menu").get_by_role("menuitem")
    expect(items.first).to_be_focused()
    item = items.filter(has_text="Stop")
    item.focus()
    line.die()
    expect(shown.part("banner")).to_be_visible()
    expect(item).to_be_disabled()
    expect(item).to_be_focused()
    shown.page.keyboard.press("Enter")
    shown.page.keyboard.press("Escape")
    expect(items).to_have_count(0)
    shown.page.keyboard.press("e")  # a key does no more than its button
    expect(shown.part("notice-failed")).to_contain_text("Connection to the lab lost")
    line.dead = False
    expect(shown.part("start-echo")).to_be_enabled()
    shown.wait_for_nodes(NODES)  # none was stopped
    assert len(shown.lab.get("/waves")["waves"]) == before

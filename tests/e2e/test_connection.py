"""The page survives the death of the balancer: it says so, connects again by itself and needs no reload."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.conftest import NODES, OpenPage
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
    shown.page.evaluate(
        """() => new MutationObserver(() => {
          if (document.querySelector("[data-testid=banner]")) window.bannerSeen = true;
        }).observe(document.body, { childList: true, subtree: true })"""
    )
    os.kill(balancer_pid(lab), signal.SIGKILL)
    shown.page.wait_for_function("window.bannerSeen === true")
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
    expect(shown.part("banner")).to_be_visible()
    expect(shown.part("start-echo")).to_be_disabled()
    expect(shown.part("banner")).to_contain_text("by itself")

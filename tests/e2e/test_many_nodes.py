"""Many nodes in few processes: an overview, names on demand, and a process that is killed as a whole."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.conftest import MOST_NODES, OpenPage
from tests.e2e.watched import LabPage
from tests.support.live_lab import LiveLab

MANY = MOST_NODES
ON_A_PAGE = 100
NAMED_IN_VIEW = 40
IDLE_NODE = (0, 34, 78)


def show_many(lab: LiveLab, open_page: OpenPage) -> LabPage:
    lab.post("/topology", {"shape": "binary", "nodes": MANY, "seed": 1})
    lab.until(lambda: lab.get("/health"), lambda health: health["nodes_up"] == MANY)
    shown = open_page()
    expect(shown.part("nodes-up")).to_contain_text(re.compile(rf"^{MANY} "))
    return shown


def test_many_nodes_are_an_overview_whose_names_appear_on_demand(lab: LiveLab, open_page: OpenPage) -> None:
    shown = show_many(lab, open_page)
    labels = shown.page.locator(".label")
    expect(shown.page.locator(".stage")).to_have_attribute("data-layout", "radial")
    lab.until(lambda: shown.pixels(*IDLE_NODE), lambda found: found > MANY)
    expect(labels).to_have_count(0)
    expect(shown.rows).to_have_count(ON_A_PAGE)
    shown.page.get_by_role("button", name="Next", exact=True).click()
    expect(shown.row(shown.names[ON_A_PAGE])).to_be_visible()
    for _ in range(7):
        shown.page.get_by_role("button", name="Zoom in").click()
    expect(labels).not_to_have_count(0)
    assert labels.count() <= NAMED_IN_VIEW
    shown.page.get_by_role("button", name=re.compile("fit|Show all", re.IGNORECASE)).first.click()
    expect(labels).to_have_count(0)
    shown.part("start-echo").click()
    shown.wait_for_end_of_playback()
    expect(shown.part("counter")).to_have_text(re.compile(rf"^{2 * (MANY - 1)}$"))


def test_the_page_tells_who_shares_the_process_that_is_killed(lab: LiveLab, open_page: OpenPage) -> None:
    shown = show_many(lab, open_page)
    others = len(lab.post("/nodes/root/stop")["others"])
    assert others > 0
    lab.post("/nodes/root/continue")
    lab.until(lambda: lab.get("/health"), lambda health: health["nodes_up"] == MANY)
    shown.row("root").click(button="right")
    shown.part("node-menu").get_by_role("menuitem", name="Kill").click()
    expect(shown.page.get_by_text(f"root killed, and {others} more nodes of its process.")).to_be_visible()
    restarts = lab.until(
        lambda: [node["restarts"] for node in lab.get("/status")["nodes"]],
        lambda found: found.count(1) == others + 1,
    )
    assert restarts.count(0) == MANY - others - 1
    lab.until(lambda: lab.get("/health"), lambda health: health["nodes_up"] == MANY)

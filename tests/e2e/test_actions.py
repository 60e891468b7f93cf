"""What the buttons and menus do to the lab, seen in the browser."""

from __future__ import annotations

import re
from math import ceil

from playwright.sync_api import Route, expect

from tests.e2e.conftest import NODES, OpenPage
from tests.e2e.watched import LabPage

TASKS = 20
LONG_CUT_S = 15


def add_tasks(shown: LabPage, node: str, count: int) -> None:
    """Give tasks to a node by the form at the left."""
    shown.part("task-node").select_option(node)
    shown.part("task-count").fill(str(count))
    shown.part("add-tasks").click()


def loads(shown: LabPage) -> list[int]:
    """The load of every node, by the table."""
    return [int(row.get_attribute("data-load") or 0) for row in shown.rows.all()]


def test_tasks_given_to_one_node_are_spread_by_rebalancing(page_shown: LabPage) -> None:
    leaf = page_shown.names[-1]
    add_tasks(page_shown, leaf, TASKS)
    expect(page_shown.row(leaf)).to_have_attribute("data-load", str(TASKS))
    expect(page_shown.row(leaf)).to_have_attribute("data-condition", "overloaded")
    page_shown.note("[data-testid=move]")
    page_shown.part("rebalance").click()
    page_shown.expect_noted("[data-testid=move]", r"^\d+$")  # tasks on their way, with their number
    expect(page_shown.part("notice-done").last).to_contain_text(re.compile(r"^\d+ tasks moved\.$"))
    # What waited is spread over the others, then what runs beyond max_cpu percent, and none is lost.
    most = page_shown.lab.get("/status")["nodes"][-1]["cpu"] * page_shown.lab.get("/config")["max_cpu"] / 100
    expect(page_shown.row(leaf)).to_have_attribute("data-load", str(ceil(most) - 1))
    page_shown.lab.until(lambda: loads(page_shown), lambda seen: sum(seen) == TASKS)
    assert sum(load > 0 for load in loads(page_shown)) > 2
    expect(page_shown.part("law")).to_have_attribute("data-lawful", "true")
    expect(page_shown.part("law")).to_contain_text(
        f"{page_shown.lab.get('/status')['tasks']['submitted']} submitted = "
    )
    page_shown.part("tab-events").click()
    expect(page_shown.page.locator('[data-testid=events] [data-kind="move"]').first).to_be_visible()


def test_another_network_replaces_this_one_without_a_reload(page_shown: LabPage) -> None:
    page_shown.page.evaluate("window.stillHere = true")
    page_shown.part("shape").select_option("ring")
    page_shown.part("size").fill("8")
    page_shown.part("seed").fill("3")
    page_shown.part("regenerate").click()
    page_shown.wait_for_nodes(8)
    expect(page_shown.page.locator(".stage")).to_have_attribute("data-layout", "circle")
    page_shown.part("start-echo").click()
    page_shown.wait_for_end_of_playback()
    expect(page_shown.part("counter")).to_have_text("16")
    assert page_shown.page.evaluate("window.stillHere") is True


def test_a_killed_node_is_shown_and_comes_back(page_shown: LabPage) -> None:
    leaf = page_shown.names[-1]
    page_shown.row(leaf).click(button="right")
    page_shown.part("node-menu").get_by_role("menuitem", name="Kill").click()
    page_shown.part("tab-events").click()
    expect(page_shown.part("events")).to_contain_text(leaf)
    page_shown.part("tab-nodes").click()
    page_shown.row(leaf).click()
    expect(page_shown.part("drawer").locator("div", has_text="Restarts").locator("dd").last).to_be_visible()
    page_shown.lab.until(
        lambda: page_shown.lab.get("/status")["nodes"][-1], lambda node: node["restarts"] == 1
    )
    page_shown.wait_for_nodes(NODES)


def test_a_stopped_node_is_missing_in_a_wave_and_continues_when_told(page_shown: LabPage) -> None:
    leaf = page_shown.names[-1]
    page_shown.row(leaf).press("Shift+F10")
    page_shown.part("node-menu").get_by_role("menuitem", name="Stop").click()
    expect(page_shown.row(leaf)).to_have_attribute("data-condition", "stopped")
    page_shown.part("start-echo").click()
    page_shown.part("tab-waves").click()
    wave = page_shown.page.locator(
        "[data-testid^=wave-][data-algorithm=echo]:not([data-state=running])"
    ).first
    expect(wave).to_contain_text(leaf)
    expect(wave).to_contain_text("Missing")
    page_shown.wait_for_end_of_playback()
    expect(page_shown.part("stage-outcome")).to_have_text("Echo: incomplete.")
    expect(page_shown.part("outcome")).to_have_text(f"incomplete. Missing: {leaf}.")
    drawn = page_shown.page.locator(f'[data-testid=svg-graph] [data-node="{leaf}"]')
    expect(drawn).to_have_attribute("data-phase", "missing")
    page_shown.part("tab-nodes").click()
    page_shown.row(leaf).press("Shift+F10")
    page_shown.part("node-menu").get_by_role("menuitem", name="Continue").click()
    expect(page_shown.row(leaf)).to_have_attribute("data-condition", "up")


def test_a_node_that_is_cut_off_is_missing_in_a_wave_and_takes_part_again_by_itself(
    page_shown: LabPage,
) -> None:
    leaf = page_shown.names[-1]
    page_shown.row(leaf).click(button="right")
    page_shown.part("node-menu").get_by_role("menuitem", name="Cut").click()
    page_shown.part("tab-events").click()
    expect(page_shown.part("events")).to_contain_text(f"{leaf} is cut off from its neighbours for 5 s")
    expect(page_shown.part("cuts").locator("g")).to_have_count(1)
    page_shown.lab.post(f"/nodes/{leaf}/cut", {"seconds": LONG_CUT_S})  # the wave may be late
    page_shown.part("start-echo").click()
    page_shown.part("tab-waves").click()
    wave = page_shown.page.locator(
        "[data-testid^=wave-][data-algorithm=echo]:not([data-state=running])"
    ).first
    expect(wave).to_contain_text(leaf)
    expect(wave).to_contain_text("Missing")
    lab = page_shown.lab
    lab.until(lambda: lab.wave(lab.get("/echo_ws")["wave"])["state"], lambda state: state == "complete")
    expect(page_shown.part("cuts")).to_have_count(0)
    assert lab.get("/status")["nodes"][-1]["restarts"] == 0


def test_a_wave_that_has_to_wait_is_shown_as_asked_for(page_shown: LabPage) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page_shown.page.route("**/waves", hold)
    page_shown.part("start-echo").click()
    expect(page_shown.part("stage-asked")).to_have_text("Echo: asked for, not begun yet")
    held.pop().continue_()
    expect(page_shown.part("stage-asked")).to_have_count(0)
    page_shown.wait_for_end_of_playback()


def test_an_action_that_gets_no_answer_says_so(open_page: OpenPage) -> None:
    shown = open_page(lossy=True)
    shown.wait_for_nodes(NODES)
    shown.page.route("**/rebalance", lambda route: route.abort())
    shown.part("rebalance").click()
    expect(shown.part("notice-failed")).to_contain_text("did not answer")
    expect(shown.part("notice-failed")).to_contain_text("It may have been done all the same")


def test_tasks_whose_answer_was_lost_are_asked_for_again_and_added_once(open_page: OpenPage) -> None:
    shown = open_page(lossy=True)
    shown.wait_for_nodes(NODES)
    keys: list[str] = []

    def lose_the_first(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        keys.append(route.request.headers["idempotency-key"])
        answer = route.fetch()
        if len(keys) == 1:
            route.abort()
        else:
            route.fulfill(response=answer)

    shown.page.route("**/tasks", lose_the_first)
    add_tasks(shown, shown.names[-1], TASKS)
    expect(shown.part("notice-done")).to_be_visible()
    assert len(keys) == 2
    assert keys[0] == keys[1]
    leaf = shown.lab.get("/status")["nodes"][-1]
    assert leaf["assigned"] + leaf["running"] == TASKS


def test_a_refusal_of_the_balancer_is_told_in_its_own_words(open_page: OpenPage) -> None:
    shown = open_page(lossy=True)
    shown.wait_for_nodes(NODES)
    leaf = shown.names[-1]
    shown.lab.post("/topology", {"shape": "ring", "nodes": 4, "seed": 1})
    assert leaf not in [node["name"] for node in shown.lab.get("/status")["nodes"]]
    # This page asks for a node that has just gone.
    shown.page.route("**/tasks", lambda route: route.continue_(post_data=f'{{"node": "{leaf}", "count": 1}}'))
    shown.part("add-tasks").click()
    expect(shown.part("notice-failed")).to_contain_text("No such node")
    expect(shown.part("notice-failed")).to_contain_text(leaf)


def test_another_policy_balances_at_once_and_the_last_round_says_whose_it_was(page_shown: LabPage) -> None:
    shown = page_shown
    chosen = shown.part("rule-policy")
    known = {policy["name"]: policy for policy in shown.lab.get("/policies")}
    expect(chosen).to_have_value(shown.lab.get("/config")["policy"])
    chosen.select_option("tree-exact")
    expect(shown.page.get_by_text(known["tree-exact"]["summary"])).to_be_visible()
    shown.lab.until(lambda: shown.lab.get("/config")["policy"], lambda policy: policy == "tree-exact")
    shown.lab.post("/tasks", {"node": shown.names[-1], "count": 20})
    expect(shown.row(shown.names[-1])).to_have_attribute("data-load", "20")
    shown.part("rebalance").click()
    expect(shown.part("last-round")).to_contain_text(f"{known['tree-exact']['title']}: ")
    expect(shown.part("last-round")).to_contain_text("tasks moved.")
    # By a script: the select follows, and the last round stays the other policy's.
    url = f"{shown.lab.balancer}/config"
    shown.lab.http.patch(url, json={"policy": "max-load-heap"}).raise_for_status()
    expect(chosen).to_have_value("max-load-heap")
    expect(shown.part("last-round")).to_contain_text(f"{known['tree-exact']['title']}: ")


def test_a_forecast_is_chosen_and_a_node_shows_what_it_predicts(page_shown: LabPage) -> None:
    shown = page_shown
    leaf = shown.names[-1]
    expect(shown.part("rule-forecast")).to_have_value("none")
    shown.row(leaf).click()
    expect(shown.part("predicted-load")).to_have_count(0)
    shown.part("rule-forecast").select_option("moving-average")
    shown.lab.until(lambda: shown.lab.get("/config")["forecast"], lambda name: name == "moving-average")
    expect(shown.part("forecast-quality")).to_contain_text("Nothing to compare yet")
    expect(shown.part("predicted-load")).to_contain_text("nothing predicted yet")
    shown.lab.post("/rebalance")
    expect(shown.part("predicted-load")).to_contain_text("0.0 (0.0 to 1.0), little is learnt yet")
    shown.part("rule-forecast").select_option("none")
    expect(shown.part("predicted-load")).to_have_count(0)

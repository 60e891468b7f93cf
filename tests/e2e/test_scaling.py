"""The number of nodes, changed from the page: they come and go, and what is refused is said in words."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NODES, OpenPage
from tests.e2e.watched import LabPage


def deploy(shown: LabPage, replicas: str) -> None:
    """Ask for so many nodes by the form at the left."""
    shown.part("deploy-count").fill(replicas)
    shown.part("deploy").click()


def test_nodes_come_and_go_until_there_are_as_many_as_are_wanted(page_shown: LabPage) -> None:
    expect(page_shown.part("deploy-count")).to_have_value(str(NODES))
    stays = page_shown.names[0]
    deploy(page_shown, "20")
    expect(page_shown.part("deploy-state")).to_contain_text("settled: 20 of 20")
    page_shown.wait_for_nodes(20)
    drawn = page_shown.part("svg-graph").locator("[data-node]")
    expect(drawn).to_have_count(20)
    page_shown.part("start-echo").click()
    page_shown.wait_for_end_of_playback()
    expect(page_shown.part("counter")).to_have_text("38")
    deploy(page_shown, "10")
    expect(page_shown.part("deploy-state")).to_contain_text("settled: 10 of 10")
    page_shown.wait_for_nodes(10)
    expect(drawn).to_have_count(10)
    expect(page_shown.row(stays)).to_be_visible()
    expect(page_shown.part("stage-deploy")).to_have_count(0)
    page_shown.part("tab-events").click()
    expect(page_shown.part("events")).to_contain_text("Deploy: 20 nodes are wanted, 15 are there")
    expect(page_shown.part("events")).to_contain_text("the deepest and least loaded leave")


@pytest.mark.parametrize("replicas", ["", "0", "-3", "2.5", "1001", "9" * 30])
def test_what_is_no_number_of_nodes_is_refused_in_words_beside_its_field(
    page_shown: LabPage, replicas: str
) -> None:
    deploy(page_shown, replicas)
    field = page_shown.part("deploy-count")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description("It takes a whole number from 1 to 1\u202f000.")
    assert page_shown.lab.get("/deploy")["desired_replicas"] is None
    field.fill("15")
    expect(field).not_to_have_attribute("aria-invalid", "true")
    field.press("Enter")
    expect(page_shown.part("deploy-state")).to_contain_text("settled: 15 of 15")


def test_a_node_joins_below_another_one_and_leaves_again(open_page: OpenPage) -> None:
    shown = open_page(lossy=True)  # what is refused is a failed request, too
    shown.wait_for_nodes(NODES)
    parent = shown.names[1]
    shown.row(parent).click()
    expect(shown.part("let-leave")).to_have_count(0)  # others hang from it
    shown.part("add-node").locator("summary").click()
    shown.part("new-node-name").fill(shown.names[2])
    shown.part("new-node-add").click()
    expect(shown.part("new-node-name")).to_have_accessible_description(re.compile("is a node .* already"))
    shown.part("new-node-name").fill("gpu-1")
    shown.part("new-node-cpu").fill("many")
    shown.part("new-node-add").click()
    expect(shown.part("new-node-cpu")).to_have_attribute("aria-invalid", "true")
    shown.part("new-node-cpu").fill("8")
    shown.part("new-node-role").fill("gpu")
    shown.part("new-node-add").click()
    expect(shown.part("notice-done").last).to_contain_text(f"gpu-1 has joined below {parent}, on port ")
    shown.page.keyboard.press("Escape")
    shown.wait_for_nodes(NODES + 1)
    shown.row("gpu-1").click()
    expect(shown.part("drawer")).to_contain_text("gpu")
    expect(shown.part("drawer")).to_contain_text("8 cores")
    shown.part("let-leave").click()
    expect(shown.part("drawer")).to_have_count(0)
    shown.wait_for_nodes(NODES)


def test_a_node_that_is_to_leave_is_marked_and_says_what_it_waits_for(page_shown: LabPage) -> None:
    leaf = page_shown.names[-1]
    page_shown.lab.post("/tasks", {"node": leaf, "count": 1})
    expect(page_shown.row(leaf)).to_have_attribute("data-load", "1")
    page_shown.row(leaf).press("Shift+F10")
    page_shown.part("node-menu").get_by_role("menuitem", name="Let it leave").click()
    expect(page_shown.row(leaf)).to_have_attribute("data-condition", "leaving")
    drawn = page_shown.part("svg-graph").locator(f'[data-node="{leaf}"]')
    expect(drawn).to_have_attribute("data-condition", "leaving")
    expect(page_shown.part("stage-deploy")).to_have_text("shrinking: 1 still to leave")
    expect(page_shown.part("deploy-state")).to_contain_text("1 task runs here")
    page_shown.row(leaf).click()
    expect(page_shown.part("detail-leaving")).to_contain_text("1 task runs here")
    expect(page_shown.part("let-leave")).to_have_attribute("aria-disabled", "true")
    page_shown.lab.cancel_tasks()
    expect(page_shown.part("drawer")).to_have_count(0)
    page_shown.wait_for_nodes(NODES - 1)


def test_a_reader_who_has_zoomed_keeps_that_view_while_nodes_come(page_shown: LabPage) -> None:
    world = page_shown.part("svg-graph").locator("> g")
    whole = world.get_attribute("transform") or ""
    page_shown.page.get_by_role("button", name="Zoom in").click()
    expect(world).not_to_have_attribute("transform", whole)
    near = world.get_attribute("transform") or ""
    deploy(page_shown, "18")
    expect(page_shown.part("svg-graph").locator("[data-node]")).to_have_count(18)
    expect(world).to_have_attribute("transform", near)


@pytest.mark.parametrize("renderer", ["svg", "webgl"])
def test_who_has_all_in_view_has_all_in_view_after_nodes_have_come(
    open_page: OpenPage, renderer: str
) -> None:
    shown = open_page(f"/?renderer={renderer}")
    shown.wait_for_nodes(NODES)
    canvas = shown.part("canvas").locator("canvas, svg").first
    canvas.evaluate("(element) => { element.dataset.stays = 'yes'; }")
    deploy(shown, "20")
    shown.wait_for_nodes(20)
    newest = shown.names[-1]
    expect(shown.page.locator(".label", has_text=newest)).to_be_visible()
    for label in shown.page.locator(".label").all():
        expect(label).to_be_in_viewport(ratio=1)
    expect(canvas).to_have_attribute("data-stays", "yes")  # the very same drawing, not a new one


def test_two_nodes_are_linked_beside_the_tree_and_then_not_any_more(page_shown: LabPage) -> None:
    one, other = page_shown.names[-1], page_shown.names[3]
    stage = page_shown.page.locator(".stage")
    expect(stage).to_have_attribute("data-layout", "tidy")
    page_shown.row(one).click()
    page_shown.part("node-links").locator("summary").click()
    page_shown.part("link-to").select_option(other)
    page_shown.part("link-add").click()
    expect(page_shown.part("notice-done").last).to_have_text(re.compile(f"{one} and {other} are linked."))
    expect(page_shown.part("node-links").locator("summary")).to_contain_text(other)
    expect(stage).to_have_attribute("data-layout", "stress")
    page_shown.page.get_by_role("button", name=f"Take the link to {other} away").click()
    expect(stage).to_have_attribute("data-layout", "tidy")


def test_the_load_decides_between_two_numbers_where_it_is_told_to(open_page: OpenPage) -> None:
    shown = open_page(lossy=True)  # what is refused is a failed request, too
    shown.wait_for_nodes(NODES)
    shown.part("autoscale").locator("summary").click()
    least, most = shown.part("setting-min_replicas"), shown.part("setting-max_replicas")
    try:
        least.fill("17")
        least.press("Enter")
        expect(least).to_have_accessible_description(re.compile("max_replicas"))
        most.fill("20")
        most.press("Enter")
        shown.lab.until(lambda: shown.lab.get("/config"), lambda config: config["max_replicas"] == 20)
        least.fill("17")
        least.press("Enter")
        shown.lab.until(lambda: shown.lab.get("/config"), lambda config: config["min_replicas"] == 17)
        shown.part("autoscale-mode").select_option("measured")
        shown.wait_for_nodes(17)
        expect(shown.part("autoscale-now")).to_contain_text("cores")
        deploy(shown, "30")
        expect(shown.part("deploy-count")).to_have_accessible_description(re.compile("17 to 20"))
        shown.part("autoscale-mode").select_option("off")
        expect(shown.part("autoscale").locator("summary")).to_contain_text("off")
    finally:
        usual = {"autoscale": "off", "min_replicas": 1, "max_replicas": 10}
        shown.lab.http.patch(f"{shown.lab.balancer}/config", json=usual).raise_for_status()

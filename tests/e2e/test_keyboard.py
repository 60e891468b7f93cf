"""By keyboard alone: focus goes into what opens and back where it came from, and is never lost."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.e2e.conftest import NODES, OpenPage
from tests.e2e.watched import LabPage

IN_TABLE = "() => document.activeElement?.matches('[data-testid=node-table] tbody tr') ?? false"
IN_MAIN = "() => document.querySelector('main').contains(document.activeElement)"


def open_menu(shown: LabPage, node: str) -> Locator:
    """Open the menu of a node by keys, and wait until its first item has the focus."""
    shown.row(node).press("Shift+F10")
    menu = shown.part("node-menu")
    expect(menu.get_by_role("menuitem").first).to_be_focused()
    return menu


def test_the_drawer_takes_the_focus_and_gives_it_back(page_shown: LabPage) -> None:
    row, drawer, keys = (
        page_shown.row(page_shown.names[3]),
        page_shown.part("drawer"),
        page_shown.page.keyboard,
    )
    row.press("Enter")
    expect(drawer).to_be_focused()
    keys.press("Tab")
    expect(drawer.get_by_role("button", name="Close")).to_be_focused()
    keys.press("Shift+Tab")
    keys.press("Shift+Tab")  # what the drawer covers is out of reach
    assert (
        page_shown.page.evaluate("() => document.activeElement.closest('[role=tabpanel], [role=tablist]')")
        is None
    )
    drawer.get_by_role("button", name="Close").press("Enter")
    expect(drawer).to_have_count(0)
    expect(row).to_be_focused()
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(drawer).to_be_focused()
    keys.press("Escape")
    expect(page_shown.row(page_shown.names[4])).to_be_focused()


def test_the_menu_of_a_node_gives_the_focus_back(page_shown: LabPage) -> None:
    name, keys = page_shown.names[2], page_shown.page.keyboard
    row = page_shown.row(name)
    menu = open_menu(page_shown, name)
    keys.press("ArrowDown")
    expect(menu.get_by_role("menuitem").nth(1)).to_be_focused()
    keys.press("Escape")
    expect(menu).to_have_count(0)
    expect(row).to_be_focused()
    open_menu(page_shown, name).get_by_role("menuitem", name="Details").press("Enter")
    expect(page_shown.part("drawer")).to_be_focused()
    keys.press("Escape")
    expect(row).to_be_focused()
    open_menu(page_shown, name).get_by_role("menuitem", name="Add a task").press("Enter")
    expect(row).to_be_focused()
    keys.press("?")
    expect(page_shown.page.get_by_role("dialog")).to_be_visible()
    keys.press("Escape")
    expect(page_shown.page.get_by_role("dialog")).to_have_count(0)
    expect(row).to_be_focused()


def test_a_button_that_rests_keeps_the_focus(page_shown: LabPage) -> None:
    leaf = page_shown.names[-1]
    page_shown.row(leaf).press("Enter")
    kill = page_shown.part("drawer").get_by_role("button", name="Kill")
    kill.press("Enter")
    page_shown.lab.until(
        lambda: page_shown.lab.get("/status")["nodes"][-1], lambda node: node["restarts"] == 1
    )
    page_shown.wait_for_nodes(NODES)
    expect(kill).to_be_focused()
    step = page_shown.part("step")
    expect(step).to_be_disabled()
    step.focus()
    page_shown.page.keyboard.press("e")
    page_shown.wait_for_end_of_playback()
    expect(step).to_be_focused()


def test_when_the_network_is_replaced_the_focus_stays_in_its_table(page_shown: LabPage) -> None:
    page_shown.row(page_shown.names[-1]).focus()
    page_shown.lab.post("/topology", {"shape": "ring", "nodes": 5, "seed": 7})
    page_shown.wait_for_nodes(5)
    page_shown.page.wait_for_function(IN_TABLE)
    page_shown.page.keyboard.press("Enter")
    expect(page_shown.part("drawer")).to_be_focused()
    page_shown.lab.post("/topology", {"shape": "star", "nodes": 4, "seed": 8})
    page_shown.wait_for_nodes(4)
    expect(page_shown.part("drawer")).to_have_count(0)
    page_shown.page.wait_for_function(IN_TABLE)  # where the drawer was opened from, or what is there now


def test_without_panels_the_focus_is_on_the_stage(open_page: OpenPage) -> None:
    shown = open_page("/?renderer=svg")
    shown.wait_for_nodes(NODES)
    shown.row(shown.names[1]).press("p")
    shown.page.wait_for_function(IN_MAIN)
    expect(shown.rows).to_have_count(0)
    # Whoever has pressed beside all of it is looking for nothing.
    shown.page.mouse.click(700, 400)
    shown.page.keyboard.press("p")
    expect(shown.rows).to_have_count(NODES)
    assert shown.page.evaluate("() => document.activeElement === document.body")
    # A menu of the drawing came from no control: the stage has the focus, where keys press nothing by chance.
    drawn = shown.page.locator("[data-testid=svg-graph] [data-node]").first
    drawn.click(button="right")
    shown.part("node-menu").get_by_role("menuitem", name="Add a task").click()
    expect(shown.page.locator("main")).to_be_focused()


def test_keys_of_one_character_can_be_switched_off(page_shown: LabPage) -> None:
    page = page_shown.page
    before = len(page_shown.lab.get("/waves")["waves"])
    page.keyboard.press("?")
    switch = page.get_by_role("switch", name="Keys of one character")
    switch.press("Space")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("p")  # which would hide the panels
    page.keyboard.press("e")
    page.reload()
    page_shown.wait_for_nodes(NODES)
    page.keyboard.press("?")
    page.get_by_role("button", name="Keyboard and help").click()
    expect(switch).not_to_be_checked()
    switch.press("Space")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("p")
    expect(page_shown.rows).to_have_count(0)
    assert len(page_shown.lab.get("/waves")["waves"]) == before

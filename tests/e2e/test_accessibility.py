"""axe-core finds nothing in any main state of the page, contrast AA included, in both themes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NODES, OpenPage
from tests.e2e.watched import LabPage, Line
from tests.support.live_lab import ROOT

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
FIND = """async ({ but, only }) => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations } = await axe.run(document, {
    ...(only ? { runOnly: only } : { runOnly: { type: "tag", values: tags } }),
    rules: Object.fromEntries(but.map((rule) => [rule, { enabled: false }])),
    resultTypes: ["violations"], preload: false, selectors: false,
  });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`));
}"""
OF_COLOURS = ["color-contrast", "link-in-text-block"]
"""Rules that depend on the theme and not on the size of the window; all others: the other way round."""


def open_tab(shown: LabPage, name: str) -> None:
    """Opens a tab, where what it holds has no edge of its own."""
    tab = shown.part(f"tab-{name}")
    if tab.count():
        tab.click()


def tab(name: str) -> Callable[[LabPage], None]:
    """What opens a tab."""
    return lambda shown: open_tab(shown, name)


def start(shown: LabPage) -> None:
    """Lets a wave run into a node that does not answer."""
    shown.lab.post(f"/nodes/{shown.names[-1]}/stop")
    open_tab(shown, "actions")
    shown.part("start-echo").click()
    expect(shown.part("stage-running")).to_be_visible()


def end(shown: LabPage) -> None:
    """Waits for its incomplete end."""
    expect(shown.part("stage-outcome")).to_be_visible()


def play(shown: LabPage) -> None:
    """Plays it, and goes back into the midst of it."""
    shown.part("play").click()
    expect(shown.part("stage-recorded")).to_be_visible()
    shown.wait_for_end_of_playback()
    shown.part("step-back").click()
    expect(shown.part("caption")).to_be_visible()


def complete(shown: LabPage) -> None:
    """Plays a wave to its complete end."""
    open_tab(shown, "actions")
    shown.part("start-echo").click()
    shown.wait_for_end_of_playback()


def open_menu(shown: LabPage) -> None:
    """Opens the menu of a node."""
    open_tab(shown, "nodes")
    shown.row(shown.names[1]).press("Shift+F10")
    expect(shown.part("node-menu")).to_be_visible()


def open_node(shown: LabPage) -> None:
    """Opens the drawer of a node."""
    shown.page.keyboard.press("Escape")
    expect(shown.part("node-menu")).to_have_count(0)
    shown.row(shown.names[-1]).click()
    expect(shown.part("drawer")).to_be_visible()


def open_wave(shown: LabPage) -> None:
    """Opens the drawer of a wave."""
    close_drawer(shown)
    open_tab(shown, "waves")
    shown.page.locator("[data-testid^=wave-][data-algorithm=echo]").first.click()
    expect(shown.part("drawer")).to_be_visible()


def close_drawer(shown: LabPage) -> None:
    """Closes the drawer, whatever has the focus."""
    shown.part("drawer").get_by_role("button", name="Close").click()
    expect(shown.part("drawer")).to_have_count(0)


def open_tasks(shown: LabPage) -> None:
    """Opens the list of tasks, with one that has failed and one that runs."""
    close_drawer(shown)
    node = shown.names[0]
    fails = {"script": "faulty", "params": {"reason": "raised"}, "title": "fails"}
    shown.lab.post("/tasks", {"node": node} | fails)
    shown.lab.post("/tasks", {"node": node, "count": 1})
    open_tab(shown, "tasks")
    expect(shown.page.locator(".wave[data-status=failed]").first).to_be_visible()


def open_task(shown: LabPage) -> None:
    """Opens the drawer of a task that has failed."""
    shown.page.locator(".wave[data-status=failed]").first.click()
    expect(shown.part("task-history")).to_be_visible()


def open_executors(shown: LabPage) -> None:
    """Opens the table of executors, one of them inactive."""
    close_drawer(shown)
    shown.part("task-views").get_by_text("Executors").click()
    shown.part(f"executor-{shown.names[1]}").get_by_role("switch").press("Space")
    expect(shown.part(f"executor-{shown.names[1]}")).to_have_attribute("data-status", "inactive")


def open_form(shown: LabPage) -> None:
    """Opens the form for a task, with everything in it and something wrong."""
    shown.part("task-views").get_by_text("New task").click()
    shown.page.get_by_text("More", exact=True).click()
    shown.part("form-params").fill("{")
    expect(shown.part("task-form")).to_contain_text("This is no JSON")


def refuse_number(shown: LabPage) -> None:
    """Asks for no nodes at all, and is refused."""
    open_tab(shown, "actions")
    shown.part("deploy-count").fill("0")
    shown.part("deploy").click()
    expect(shown.part("deploy-count")).to_have_attribute("aria-invalid", "true")


def let_leave(shown: LabPage) -> None:
    """Opens the drawer of a node that cannot leave yet, and the form for another one."""
    open_tab(shown, "nodes")
    leaf = shown.names[-2]
    shown.lab.post("/tasks", {"node": leaf, "count": 1})
    shown.row(leaf).click()
    shown.part("let-leave").click()
    shown.part("add-node").locator("summary").click()
    expect(shown.part("detail-leaving")).to_contain_text("1 task runs here")


def show_history(shown: LabPage) -> None:
    """Shows the history as a table."""
    open_tab(shown, "timeline")
    shown.part("chart-table").click()
    expect(shown.part("history-table")).to_be_visible()


def open_legend(shown: LabPage) -> None:
    """Opens the legend, beside a notice."""
    shown.page.locator(".legend summary").click()
    open_tab(shown, "actions")
    shown.part("rebalance").click()
    expect(shown.part("notice-done").last).to_be_visible()


def leave_panels(shown: LabPage) -> None:
    """Shows the network alone."""
    shown.part("stage-only").click()
    expect(shown.rows).to_have_count(0)


def open_help(shown: LabPage) -> None:
    """Opens the help."""
    shown.page.keyboard.press("?")
    expect(shown.page.get_by_role("dialog", name="Keyboard")).to_be_visible()


WAVE = (start, end, play)
PANELS = (
    *(tab("actions"), tab("waves"), tab("events"), tab("timeline"), open_menu, open_node, open_wave),
    *(open_tasks, open_task, open_executors, open_form),
    *(refuse_number, let_leave, close_drawer),
    *(show_history, open_legend, leave_panels, open_help),
)


def in_both_themes(shown: LabPage) -> list[str]:
    """What axe finds now by all rules, and in the other theme, which stays, by those of colours."""
    found: list[str] = list(shown.page.evaluate(FIND, {"but": [], "only": None}))
    html = shown.page.locator("html")
    was_dark = html.get_attribute("data-mantine-color-scheme") == "dark"
    other: Literal["light", "dark"] = "light" if was_dark else "dark"
    shown.page.emulate_media(color_scheme=other)
    expect(html).to_have_attribute("data-mantine-color-scheme", other)
    return found + list(shown.page.evaluate(FIND, {"but": [], "only": OF_COLOURS}))


def without_colours(shown: LabPage) -> list[str]:
    """What axe finds now by all rules but those of colours."""
    return list(shown.page.evaluate(FIND, {"but": OF_COLOURS, "only": None}))


def open_with_axe(open_page: OpenPage, size: tuple[int, int]) -> LabPage:
    """Open the page with axe in it, and with nothing that moves."""
    width, height = size
    shown = open_page("/?speed=4", reduced_motion="reduce", viewport={"width": width, "height": height})
    shown.wait_for_nodes(NODES)
    shown.page.evaluate(AXE.read_text("utf-8"))
    return shown


def test_axe_finds_nothing_in_any_main_state_in_either_theme(open_page: OpenPage) -> None:
    shown = open_with_axe(open_page, (1280, 720))
    found = in_both_themes(shown)
    for enter in (*WAVE, *PANELS):
        enter(shown)
        found += in_both_themes(shown)
    assert not found, "\n".join(dict.fromkeys(found))


@pytest.mark.parametrize("size", [(360, 740), (740, 360)], ids=["upright", "lying"])
def test_axe_finds_nothing_on_a_phone(open_page: OpenPage, size: tuple[int, int]) -> None:
    shown = open_with_axe(open_page, size)
    found = without_colours(shown)
    for enter in (complete, *PANELS):
        enter(shown)
        found += without_colours(shown)
    assert not found, "\n".join(dict.fromkeys(found))


def test_axe_finds_nothing_while_the_line_is_dead(open_page: OpenPage) -> None:
    shown = open_page(reduced_motion="reduce", lossy=True)
    line = Line(shown.page)
    shown.page.reload()
    shown.wait_for_nodes(NODES)
    shown.page.evaluate(AXE.read_text("utf-8"))
    line.die()
    expect(shown.part("banner")).to_be_visible()
    found = in_both_themes(shown)
    assert not found, "\n".join(found)


def test_what_is_chosen_is_seen_in_the_colours_of_the_system(open_page: OpenPage) -> None:
    shown = open_page(forced_colors="active")
    shown.wait_for_nodes(NODES)
    shown.page.keyboard.press("?")
    switch = shown.page.get_by_role("switch", name="Keys of one character")
    expect(switch).to_be_checked()
    grounds: dict[str, list[str]] = shown.page.evaluate(
        """() => {
          const ground = (found) => getComputedStyle(found).backgroundColor;
          const choices = {
            messages: ".canvas-tools label", delay: "[data-testid=link-delay] label", tabs: "[role=tab]",
          };
          return Object.fromEntries(Object.entries(choices).map(
            ([name, parts]) => [name, [...document.querySelectorAll(parts)].slice(0, 2).map(ground)]));
        }"""
    )
    for name, (chosen, other) in grounds.items():
        assert chosen != other, name
    track = shown.page.locator(".mantine-Switch-track").first
    expect(track).not_to_have_css("border-top-width", "0px")

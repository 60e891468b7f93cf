"""axe-core finds nothing in any main state of the page, contrast AA included, in both themes."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from playwright.sync_api import WebSocketRoute, expect

from tests.e2e.conftest import NODES, OpenPage
from tests.e2e.watched import LabPage
from tests.support.live_lab import ROOT

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
FIND = """async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations } = await axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`));
}"""


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
    """Plays it, and stops in the midst of it."""
    shown.part("play").click()
    expect(shown.part("stage-recorded")).to_be_visible()
    shown.part("play").click()
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


def show_history(shown: LabPage) -> None:
    """Shows the history as a table."""
    close_drawer(shown)
    open_tab(shown, "timeline")
    shown.part("chart-table").click()
    expect(shown.part("history-table")).to_be_visible()


def open_legend(shown: LabPage) -> None:
    """Opens the legend, beside a notice."""
    shown.page.locator(".legend summary").click()
    open_tab(shown, "actions")
    shown.part("rebalance").click()
    expect(shown.part("notice-done")).to_be_visible()


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
    *(tab("actions"), tab("waves"), tab("events"), tab("timeline")),
    *(open_menu, open_node, open_wave, show_history, open_legend, leave_panels, open_help),
)


def find_in(open_page: OpenPage, states: Iterable[Callable[[LabPage], None]], **context: object) -> list[str]:
    """What axe finds on a fresh page, and in each of these states."""
    shown = open_page(reduced_motion="reduce", **context)
    shown.wait_for_nodes(NODES)
    shown.page.evaluate(AXE.read_text("utf-8"))
    found: list[str] = list(shown.page.evaluate(FIND))
    for enter in states:
        enter(shown)
        found += shown.page.evaluate(FIND)
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_any_main_state(open_page: OpenPage, theme: str) -> None:
    found = find_in(open_page, (*WAVE, *PANELS), color_scheme=theme)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("theme", "width", "height"), [("light", 360, 740), ("dark", 740, 360)])
def test_axe_finds_nothing_on_a_phone(open_page: OpenPage, theme: str, width: int, height: int) -> None:
    size = {"width": width, "height": height}
    found = find_in(open_page, (complete, *PANELS), color_scheme=theme, viewport=size)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_while_the_line_is_dead(open_page: OpenPage, theme: str) -> None:
    shown = open_page(lossy=True, color_scheme=theme)
    lines: list[WebSocketRoute] = []

    def connect_once(line: WebSocketRoute) -> None:
        if lines:
            line.close()
        else:
            line.connect_to_server()
        lines.append(line)

    shown.page.route_web_socket("**/stream", connect_once)
    shown.page.reload()
    shown.wait_for_nodes(NODES)
    shown.page.evaluate(AXE.read_text("utf-8"))
    lines[0].close()
    expect(shown.part("banner")).to_be_visible()
    found = shown.page.evaluate(FIND)
    assert not found, "\n".join(found)

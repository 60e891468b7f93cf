"""axe-core finds nothing in any main state of the page, contrast AA included, in both themes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NODES, OpenPage
from tests.e2e.watched import LabPage
from tests.support.live_lab import ROOT

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
FIND = """async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations } = await axe.run(document, { runOnly: tags });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`));
}"""


def tab(name: str) -> Callable[[LabPage], None]:
    """Opens a tab."""
    return lambda shown: shown.part(f"tab-{name}").click()


def open_drawer(shown: LabPage) -> None:
    """Selects a node."""
    shown.part("tab-nodes").click()
    shown.row(shown.names[-1]).click()
    expect(shown.part("drawer")).to_be_visible()


def leave_drawer(shown: LabPage) -> None:
    """Closes the drawer and shows the history as a table."""
    shown.page.keyboard.press("Escape")
    expect(shown.part("drawer")).to_have_count(0)
    shown.part("chart-table").click()


def play(shown: LabPage) -> None:
    """Plays a wave to its end."""
    shown.part("start-echo").click()
    shown.wait_for_end_of_playback()


def projector(shown: LabPage) -> None:
    """Shows the network alone."""
    shown.part("stage-only").click()


def help_(shown: LabPage) -> None:
    """Opens the help."""
    shown.page.keyboard.press("?")
    expect(shown.page.get_by_role("dialog", name="Keyboard")).to_be_visible()


STATES = (play, tab("waves"), tab("events"), open_drawer, leave_drawer, projector, help_)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_any_main_state(open_page: OpenPage, theme: Literal["light", "dark"]) -> None:
    shown = open_page(color_scheme=theme, reduced_motion="reduce")
    shown.wait_for_nodes(NODES)
    shown.page.evaluate(AXE.read_text("utf-8"))
    found: list[str] = list(shown.page.evaluate(FIND))
    for enter in STATES:
        enter(shown)
        found += shown.page.evaluate(FIND)
    assert not found, "\n".join(dict.fromkeys(found))

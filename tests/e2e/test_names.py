"""Names that mean something to a browser or to a terminal are names like any other on the page."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenPage
from tests.e2e.test_sizes import FIND_FAULTS
from tests.e2e.watched import LabPage
from tests.support.live_lab import LiveLab

ROOT, *OTHERS = (
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "valueOf",
    "a b",
    "a  b",
    "<b>a<b>",
    "שלום",
)
WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbea"
LONG = (WORD, "W" * 64, "漢" * 64, "e\u0301" * 32)
"""As long as a name may be, without a place to break it."""
PROTOTYPE = (
    "() => [Object, Array, Map, String].map((made) => Object.getOwnPropertyNames(made.prototype).length)"
)


def use_names(lab: LiveLab, names: Sequence[str] = (ROOT, *OTHERS)) -> None:
    """Replace the network by one with these names: each node below the one before."""
    topology: dict[str, object] = {}
    for number, name in reversed(list(enumerate(names))):
        topology = {
            "name": name,
            "port": lab.base_port + number,
            "cpu": 2,
            "children": [topology] if topology else [],
        }
    lab.post("/topology", {"topology": topology})


def open_named(open_page: OpenPage, path: str) -> LabPage:
    """Open the page when the named network runs."""
    shown = open_page(path)
    shown.wait_for_nodes(1 + len(OTHERS))
    return shown


@pytest.mark.parametrize("renderer", ["svg", "webgl"])
def test_nodes_may_be_called_what_every_object_has(lab: LiveLab, open_page: OpenPage, renderer: str) -> None:
    use_names(lab)
    shown = open_named(open_page, f"/?renderer={renderer}")
    before = shown.page.evaluate(PROTOTYPE)
    expect(shown.page.locator(".stage")).to_have_attribute("data-renderer", renderer)
    for name in (ROOT, *OTHERS):
        expect(shown.page.locator(".label b", has_text=name).first).to_be_visible()
    shown.part("initiator").select_option("constructor")
    shown.part("start-echo").click()
    shown.wait_for_end_of_playback()
    expect(shown.part("counter")).to_have_text(str(2 * len(OTHERS)))
    expect(shown.part("phase-constructor")).to_have_text("decided")
    expect(shown.part("phase-__proto__")).to_have_text("done")
    shown.part("task-node").select_option("toString")
    shown.part("task-count").fill("3")
    shown.part("add-tasks").click()
    expect(shown.row("toString")).to_have_attribute("data-load", "3")
    shown.row("__proto__").press("Shift+F10")
    shown.part("node-menu").get_by_role("menuitem", name="Stop").click()
    expect(shown.row("__proto__")).to_have_attribute("data-condition", "stopped")
    shown.row("__proto__").click()
    expect(shown.page).to_have_url(re.compile("selection=node"))
    shown.page.reload()
    expect(shown.part("drawer").get_by_role("heading", level=2)).to_have_text("__proto__")
    shown.part("drawer").get_by_role("button", name="Continue").click()
    expect(shown.part("detail-condition")).to_have_text("up")
    assert shown.page.evaluate(PROTOTYPE) == before


def test_the_longest_names_fit_into_every_panel_of_a_phone(lab: LiveLab, open_page: OpenPage) -> None:
    use_names(lab, LONG)
    shown = open_page("/?lang=de", viewport={"width": 360, "height": 740})
    shown.wait_for_nodes(len(LONG))
    shown.part("tab-actions").click()
    shown.part("start-echo").click()
    shown.part("rebalance").click()
    lab.post(
        "/tasks",
        {"script": "faulty", "params": {"reason": WORD}, "node": WORD, "title": "W" * 200, "category": WORD},
    )
    shown.wait_for_end_of_playback()
    for tab in ("actions", "nodes", "waves", "tasks", "events", "timeline"):
        shown.part(f"tab-{tab}").click()
        shown.page.wait_for_function(f"() => ({FIND_FAULTS})().length === 0")
    shown.part("tab-nodes").click()
    shown.row(LONG[1]).press("Shift+F10")
    box = shown.part("node-menu").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360


def test_what_a_class_says_steers_nothing_on_the_page(page_shown: LabPage) -> None:
    page_shown.part("other-algorithm").select_option("steerer")
    page_shown.part("start-other").click()
    page_shown.part("tab-waves").click()
    page_shown.waves("steerer", "wrong").first.click()
    expect(page_shown.part("mistakes")).to_contain_text("ValueError: \\u001b[2J \\u202egnp.exe")
    page_shown.wait_for_end_of_playback()
    expect(page_shown.part("outcome")).to_contain_text("\\u001b[2J")
    shown_text = page_shown.page.evaluate("document.body.innerText")
    assert "\x1b" not in shown_text
    assert "\u202e" not in shown_text

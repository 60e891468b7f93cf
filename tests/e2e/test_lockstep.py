"""Two runs in lockstep: echo beside Finn, and one algorithm under two delays."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenPage
from tests.e2e.test_accessibility import AXE, FIND
from tests.e2e.test_sessions import STARTED_MS, WINDOWS, begin
from topowave.simulator import simulate

ECHO, FINN = 28, 393
"""Messages on the binary tree of 15 nodes where each takes one unit (docs/explanation/two-finns.md)."""


@pytest.mark.parametrize("window", WINDOWS)
def test_echo_beside_finn_on_the_binary_tree(open_page: OpenPage, window: str) -> None:
    width, height = WINDOWS[window]
    shown = open_page("/lab", viewport={"width": width, "height": height})
    shown.part("session-new").get_by_label("Delay").fill("constant:1")
    begin(shown, "binary:15")
    shown.part("run-last").click()
    expect(shown.part("run-messages")).to_have_text(str(ECHO))
    shown.part("run-second").check(force=True)
    second = shown.part("lockstep")
    second.get_by_label("Algorithm").fill("finn-full")
    shown.part("lockstep-run").click()
    expect(shown.part("lockstep-title")).to_have_text("Textbook Finn, constant:1", timeout=STARTED_MS)
    shown.part("lockstep-pace").select_option("share")
    messages = shown.part("lockstep-messages")
    expect(messages).to_have_text(str(FINN))
    shown.page.add_script_tag(path=str(AXE))
    assert shown.page.evaluate(FIND, {"but": [], "only": None}) == []
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= width
    shown.part("run-first").click()
    expect(shown.part("lockstep-step")).to_contain_text("Step 1 of")
    shown.part("lockstep-pace").select_option("steps")
    shown.part("run-step").click()
    expect(shown.part("lockstep-step")).to_contain_text("Step 2 of")


def test_a_trace_stands_beside_a_run_and_one_that_is_none_is_refused(
    open_page: OpenPage, tmp_path: Path
) -> None:
    trace = tmp_path / "slow.jsonl"
    simulate("echo", "ring:4", delay="constant:2", trace=trace)
    shown = open_page("/lab")
    begin(shown, "ring:4")
    shown.part("run-second").check(force=True)
    wrong = tmp_path / "wrong.jsonl"
    wrong.write_text("no trace\n", "utf-8")
    for file in (wrong, trace):
        with shown.page.expect_file_chooser() as chooser:
            shown.part("lockstep-file").click()
        chooser.value.set_files(file)
        if file is wrong:
            expect(shown.part("lockstep-refused")).to_contain_text("Line 1")
    expect(shown.part("lockstep-title")).to_have_text("echo")

"""A run of one's own in the browser: stepped, changed, gone back in and tried another way."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.e2e.conftest import PATIENCE_MS, OpenPage
from tests.e2e.test_accessibility import AXE, FIND
from tests.e2e.watched import LabPage
from tests.support.live_lab import LiveLab
from tests.support.ports import free_ports

WINDOWS = {"phone": (390, 844), "laptop": (1280, 720), "projector": (1920, 1080)}
GRID_LINKS = 12
STARTED_MS = 90_000
"""A session is a process of its own, and its start takes a second of a core."""
HASTY = """
from topowave import Algorithm


class Hasty(Algorithm):
    \"\"\"An echo that waits for one neighbour only.\"\"\"

    deciders = "one"

    def setup(self):
        self.parent = None
        self.heard = 0

    def on_start(self):
        self.send_all(self.neighbors, "wave")

    def on_message(self, sender, message):
        self.heard += 1
        if self.id == 0:
            if self.heard == 1:
                self.decide()
        elif self.parent is None:
            self.parent = sender
            self.send_all(self.neighbors, "wave")
"""


@contextmanager
def served(*words: str) -> Generator[str]:
    """Run a command of ours that serves the page; gives its link."""
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "topowave", *words, "--port", str(port), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            told = next(line for line in iter(process.stdout.readline, "") if line.startswith('{"page"'))
            yield json.loads(told)["page"]
        finally:
            process.terminate()


def begin(shown: LabPage, network: str = "grid:9") -> Locator:
    """Begin a session; returns what is to come in it."""
    shown.part("session-new").get_by_label("Network").fill(network)
    shown.part("session-begin").click()
    coming = shown.part("session-coming").locator("li")
    expect(coming).to_have_count(1, timeout=STARTED_MS)
    return coming


@pytest.mark.parametrize("window", WINDOWS)
def test_an_echo_is_stepped_and_a_message_that_is_held_back_makes_a_branch(
    open_page: OpenPage, window: str
) -> None:
    width, height = WINDOWS[window]
    shown = open_page("/lab", viewport={"width": width, "height": height})
    coming = begin(shown)
    expect(coming).to_contain_text("root begins")
    said = shown.part("run-said")
    shown.part("run-step").click()
    expect(said).to_contain_text("root begins the wave, sends to")
    expect(coming).to_have_count(2)
    shown.part("run-step").click()
    expect(said).to_contain_text("receives Token from root")
    expect(shown.part("session-variables")).to_contain_text("parent")
    first = coming.first.inner_text()
    shown.page.get_by_role("button", name="Later").first.click()
    branches = shown.part("session-branches").locator("li")
    expect(branches).to_have_count(2)
    expect(coming.first).not_to_contain_text(first.splitlines()[0])
    shown.part("run-last").click()
    expect(said).to_contain_text("root receives Reply")
    # Echo sends two messages a link (E. J. H. Chang, 1982).
    expect(shown.part("run-messages")).to_have_text(str(2 * GRID_LINKS))
    expect(shown.part("session-meter")).to_contain_text(
        f"Messages: {2 * GRID_LINKS} of at most {2 * GRID_LINKS}"
    )
    shown.part("run-back").click()
    expect(shown.page.locator(".run-inspector h2").first).to_contain_text("Step 24 of 25")
    branches.first.get_by_role("button").first.click()
    expect(shown.page.locator(".run-inspector h2").first).to_contain_text("Step 2 of")
    shown.part("run-step").click()
    expect(shown.page.locator(".run-inspector h2").first).to_contain_text("Step 3 of")
    expect(coming.first).to_be_visible()
    shown.page.add_script_tag(path=str(AXE))
    assert shown.page.evaluate(FIND, {"but": [], "only": None}) == []
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_class_of_ones_own_that_decides_early_is_shown_where_its_condition_breaks(
    lab: LiveLab, browser: Browser, tmp_path: Path
) -> None:
    file = tmp_path / "hasty.py"
    file.write_text(HASTY, "utf-8")
    with served("lab") as link, closing(browser.new_context(locale="en-GB")) as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(link)
        look_for_the_break(LabPage(page, lab), file)


def look_for_the_break(shown: LabPage, file: Path) -> None:
    expect(shown.part("page-traces")).to_be_visible()
    expect(shown.part("page-dashboard")).to_have_count(0)
    with shown.page.expect_file_chooser() as chooser:
        shown.page.get_by_role("button", name="A class of your own").click()
    chooser.value.set_files(file)
    begin(shown, "ring:5")
    shown.part("session-find-break").click()
    expect(shown.part("session-broken")).to_contain_text("dependence")
    expect(shown.part("run-said")).to_contain_text("root receives wave from")


def test_a_network_or_an_algorithm_that_is_none_is_refused_in_words(open_page: OpenPage) -> None:
    shown = open_page("/lab")
    new = shown.part("session-new")
    new.get_by_label("Algorithm").fill("ecco")
    shown.part("session-begin").click()
    expect(shown.part("session-refused")).to_contain_text("echo", timeout=STARTED_MS)
    new.get_by_label("Algorithm").fill("echo")
    new.get_by_label("Network").fill("grid:nine")
    shown.part("session-begin").click()
    expect(shown.part("session-refused")).to_contain_text("grid:nine", timeout=STARTED_MS)
    begin(shown, "ring:3")


@pytest.mark.parametrize("events", [0, 1], ids=["before all", "later"])
def test_a_node_that_crashes_is_seen_and_the_run_goes_on_without_it(open_page: OpenPage, events: int) -> None:
    shown = open_page("/lab")
    coming = begin(shown, "star:4")
    said = shown.part("run-said")
    for _ in range(events):
        shown.part("run-step").click()
        expect(said).to_contain_text("root begins")
        expect(coming).not_to_have_count(1)
    shown.page.get_by_text("Let something go wrong").click()
    shown.page.get_by_label("Node", exact=True).select_option(index=1)
    shown.page.get_by_role("button", name="Crash").click()
    expect(said).to_contain_text("crashes")
    shown.part("run-first").click()
    expect(said).to_contain_text("root begins" if events else "crashes")
    shown.part("run-last").click()
    expect(shown.part("session-coming")).to_be_empty()

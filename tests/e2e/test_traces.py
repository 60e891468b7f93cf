"""The page that looks into a run: a trace of a file, and a wave of the lab, step by step."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenPage
from tests.e2e.test_accessibility import AXE, FIND
from tests.e2e.watched import LabPage
from tests.support.live_lab import LiveLab
from topowave import simulate

WINDOWS = {"phone": (390, 844), "laptop": (1280, 720), "projector": (1920, 1080)}
GRID_LINKS = 12


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """A run of echo on a grid of nine nodes, as the simulator writes it."""
    file = tmp_path / "grid.jsonl"
    simulate("echo", "grid:9:1", seed=1, delay="uniform:1,10", trace=file)
    return file


def choose(shown: LabPage, file: Path) -> None:
    """Opens a file as a reader does."""
    with shown.page.expect_file_chooser() as chooser:
        shown.part("open-trace").click()
    chooser.value.set_files(file)


@pytest.mark.parametrize("window", WINDOWS)
def test_a_run_of_echo_is_gone_through_step_by_step_on_every_size(
    open_page: OpenPage, trace: Path, window: str
) -> None:
    width, height = WINDOWS[window]
    shown = open_page("/lab", viewport={"width": width, "height": height})
    choose(shown, trace)
    said, messages = shown.part("run-said"), shown.part("run-messages")
    expect(said).to_contain_text("root begins the wave, sends to")
    expect(shown.part("spacetime")).to_have_attribute("aria-label", re.compile("9 nodes.*24 messages"))
    shown.part("run-step").click()
    expect(said).to_contain_text("receives Token from root")
    shown.page.keyboard.press("ArrowLeft")
    expect(said).to_contain_text("root begins")
    shown.part("run-decision").click()
    expect(said).to_contain_text("decides")
    # Echo sends two messages a link (E. J. H. Chang, 1982).
    expect(messages).to_have_text(str(2 * GRID_LINKS))
    expect(shown.part("run-waiting").locator("li")).to_have_count(0)
    shown.part("run-cone").press("Space")
    shown.page.add_script_tag(path=str(AXE))
    assert shown.page.evaluate(FIND, {"but": [], "only": None}) == []
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_diagram_follows_the_cursor_and_a_click_on_a_step_goes_there(
    open_page: OpenPage, trace: Path
) -> None:
    shown = open_page("/lab")
    choose(shown, trace)
    expect(shown.part("run-said")).to_contain_text("root begins")
    box = shown.part("spacetime").bounding_box()
    assert box is not None
    shown.part("run-decision").click()
    expect(shown.part("run-said")).to_contain_text("decides")
    # The first step of the first node stands right of the names, on the first lane.
    shown.part("spacetime").click(position={"x": 140, "y": 22})
    expect(shown.part("run-said")).to_contain_text("root begins")


def test_a_file_that_is_no_trace_is_refused_with_the_line(open_page: OpenPage, trace: Path) -> None:
    lines = trace.read_text("utf-8").splitlines()
    shown = open_page("/lab")
    trace.write_text("\n".join([lines[0], lines[1], "{}", *lines[2:]]) + "\n", encoding="utf-8")
    choose(shown, trace)
    expect(shown.part("run-fault")).to_contain_text("Line 3 is no event")
    trace.write_text(json.dumps({"version": 2}) + "\n", encoding="utf-8")
    choose(shown, trace)
    expect(shown.part("run-fault")).to_contain_text("It has version 2 of the format")
    trace.write_text("\n".join(lines) + "\n", encoding="utf-8")
    choose(shown, trace)
    expect(shown.part("run-said")).to_contain_text("root begins")
    expect(shown.part("run-fault")).to_have_count(0)


def test_a_wave_of_the_lab_is_looked_into_from_its_drawer_and_has_its_step_in_the_address(
    lab: LiveLab, page_shown: LabPage
) -> None:
    wave = lab.get("/echo_ws")["wave"]
    ended = lab.wave(wave)
    page_shown.part("tab-waves").click()
    page_shown.part(f"wave-{wave}").click()
    page_shown.part("look-inside").click()
    said = page_shown.part("run-said")
    expect(said).to_contain_text("root begins the wave")
    page_shown.part("run-last").click()
    expect(said).to_contain_text("decides")
    expect(page_shown.part("run-messages")).to_have_text(str(ended["messages"]))
    expect(page_shown.page).to_have_url(re.compile(rf"/lab\?trace={wave}&at=\d+"))
    page_shown.page.reload()
    expect(said).to_contain_text("decides")
    page_shown.page.go_back()
    expect(page_shown.part("canvas")).to_be_visible()


def test_a_wave_that_is_gone_is_told(open_page: OpenPage) -> None:
    shown = open_page("/lab?trace=root-999999", lossy=True)
    expect(shown.part("run-fault")).to_contain_text("there is no wave 'root-999999'")
    expect(shown.part("run-opening")).to_be_visible()

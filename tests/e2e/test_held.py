"""A wave on real servers whose messages are delivered by hand on the page, in any order."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import MOST_NODES, NODES, OpenPage
from tests.e2e.test_accessibility import AXE, FIND
from tests.e2e.test_no_english_left import NAMES, SAME, still
from tests.e2e.texts import READ
from tests.e2e.watched import LabPage
from tests.support.live_lab import PATIENT, LiveLab, live_lab
from topowave.topology import generate

WINDOWS = {"phone": (390, 844), "laptop": (1280, 720), "projector": (1920, 1080)}
LINKS = NODES - 1
HOUR_S = 3_600
PICTURES = os.environ.get("TOPOWAVE_PICTURES")
"""A folder for pictures of the page, where somebody wants to look at them."""


@pytest.fixture(scope="module")
def running_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveLab]:
    """A lab whose held waves wait for as long as a test may take, and give up nobody who is only slow."""
    folder = tmp_path_factory.mktemp("held")
    file = folder / "wanted.json"
    file.write_text(json.dumps(generate("binary", nodes=NODES, seed=1).to_json()), "utf-8")
    settings: dict[str, Any] = PATIENT | {"rebalance_interval": 0, "hold_timeout": HOUR_S}
    with live_lab(folder, file, at=folder, room=MOST_NODES, **settings) as lab:
        yield lab


def waiting(lab: LiveLab, wave: str, number: int) -> list[dict[str, Any]]:
    """Returns what waits in a wave once that many messages do."""
    found: dict[str, Any] = lab.until(
        lambda: lab.get(f"/waves/{wave}/held"), lambda held: len(held["messages"]) == number
    )
    messages: list[dict[str, Any]] = found["messages"]
    return messages


def picture(shown: LabPage, name: str) -> None:
    if PICTURES:
        shown.page.screenshot(path=str(Path(PICTURES) / f"{name}.png"))


@pytest.mark.parametrize("window", WINDOWS)
def test_an_echo_wave_is_delivered_by_hand_in_another_order_and_then_let_go(
    open_page: OpenPage, lab: LiveLab, window: str
) -> None:
    width, height = WINDOWS[window]
    wave = lab.post("/waves", {"algorithm": "echo", "hold": True})["wave"]
    first, second = waiting(lab, wave, 2)
    root = first["peer"]
    shown = open_page(f"/lab?hold={wave}", viewport={"width": width, "height": height})
    held, said, diagram = shown.part("held"), shown.part("run-said"), shown.part("spacetime")
    expect(held).to_have_attribute("data-waiting", "2")
    expect(said).to_contain_text(f"{root} begins the wave")
    shown.part(f"held-deliver-{root}-{second['node']}").click()
    expect(said).to_contain_text(f"{second['node']} receives")
    expect(held).to_have_attribute("data-waiting", "3")
    expect(diagram).to_have_attribute("aria-label", re.compile(" 2 steps and 4 messages"))
    # The keyboard goes on: Space delivers the first that waits.
    shown.page.keyboard.press("Space")
    expect(said).to_contain_text(f"{first['node']} receives")
    expect(held).to_have_attribute("data-waiting", "4")
    shown.page.keyboard.press("ArrowRight")
    expect(diagram).to_have_attribute("aria-label", re.compile(" 4 steps and"))
    shown.page.keyboard.press("ArrowLeft")
    expect(said).to_contain_text(f"{first['node']} receives")
    expect(shown.part("held-left")).to_be_visible()
    shown.page.add_script_tag(path=str(AXE))
    assert shown.page.evaluate(FIND, {"but": [], "only": None}) == []
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= width
    picture(shown, f"held-{window}")
    shown.part("held-let-go").click()
    expect(shown.part("held-over")).to_be_visible()
    # Echo sends two messages a link (E. J. H. Chang, 1982).
    expect(diagram).to_have_attribute("aria-label", re.compile(f" {2 * LINKS} messages"))
    shown.page.keyboard.press("End")
    expect(said).to_contain_text("decides")
    expect(shown.part("run-waiting").locator("li")).to_have_count(0)
    picture(shown, f"held-over-{window}")
    assert lab.wave(wave)["state"] == "complete"
    events = lab.get(f"/waves/{wave}/events")
    received = [
        events["nodes"][n]
        for kind, n in zip(events["event"], events["node"], strict=True)
        if kind == "receive"
    ]
    assert received[:2] == [second["node"], first["node"]]


def test_a_wave_is_held_by_the_switch_and_found_again_in_its_drawer(
    open_page: OpenPage, lab: LiveLab
) -> None:
    shown = open_page("/")
    shown.part("hold-messages").press("Space")
    picture(shown, "hold-switch")
    shown.part("start-echo").click()
    held = shown.part("held")
    expect(held).to_have_attribute("data-waiting", "2")
    wave = shown.page.url.partition("hold=")[2]
    shown.page.goto(f"http://127.0.0.1:{lab.page_port}/")
    shown.part("tab-waves").click()
    shown.part(f"wave-{wave}").click()
    shown.part("deliver-by-hand").click()
    expect(held).to_have_attribute("data-waiting", "2")
    shown.part("held-next").click()
    expect(held).to_have_attribute("data-waiting", "3")
    shown.part("held-let-go").click()
    expect(shown.part("held-over")).to_be_visible()
    assert lab.wave(wave)["state"] == "complete"


def test_a_wave_that_the_lab_does_not_know_is_said_to_be_none(open_page: OpenPage) -> None:
    shown = open_page("/lab?hold=nobody-1", lossy=True)
    expect(shown.part("run-fault")).to_contain_text("there is no wave 'nobody-1'")


def test_nothing_of_a_held_wave_is_left_in_english(open_page: OpenPage, lab: LiveLab) -> None:
    wave = lab.post("/waves", {"algorithm": "echo", "hold": True})["wave"]
    waiting(lab, wave, 2)
    known = [*NAMES, "token", *(str(node["name"]) for node in lab.get("/status")["nodes"])]
    english: list[str] = []
    for language in ("en", "de", "ru"):
        shown = open_page(f"/lab?hold={wave}&lang={language}", viewport={"width": 390, "height": 844})
        expect(shown.part("held-left")).to_be_visible()
        if language == "en":
            english = list(shown.page.evaluate(READ))
        elif language == "de":
            assert still(shown.page, [*known, *SAME], english) == []
        else:
            assert still(shown.page, known, None) == []
    lab.post(f"/waves/{wave}/deliver", {"release": True})

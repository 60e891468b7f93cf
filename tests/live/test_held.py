"""Waves that are held in a real lab: a node that dies, a balancer that dies, and the deadline."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.live_lab import PATIENT, LiveLab, live_lab

LONG_S, SHORT_S = 3_600, 2
TREE = {"name": "root", "port": 8000, "cpu": 1, "children": [
    {"name": "amber", "port": 8001, "cpu": 1}, {"name": "beryl", "port": 8002, "cpu": 1},
]}  # fmt: skip


def lab_with(folder: Path, hold_timeout: float) -> Iterator[LiveLab]:
    file = folder / "wanted.json"
    file.write_text(json.dumps(TREE), "utf-8")
    settings: dict[str, Any] = PATIENT | {"rebalance_interval": 0, "hold_timeout": hold_timeout}
    with live_lab(folder, file, at=folder, **settings) as lab:
        yield lab


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveLab]:
    """A lab whose held waves wait for as long as a test may take."""
    yield from lab_with(tmp_path_factory.mktemp("held"), LONG_S)


def held(lab: LiveLab, wave: str, *wanted: tuple[str, str]) -> dict[tuple[str, str], int]:
    """Return the numbers of what waits, by sender and node, once it is these."""

    def now() -> dict[tuple[str, str], int]:
        messages = lab.get(f"/waves/{wave}/held")["messages"]
        return {(each["peer"], each["node"]): each["number"] for each in messages}

    found: dict[tuple[str, str], int] = lab.until(now, lambda waiting: set(waiting) == set(wanted))
    return found


def start(lab: LiveLab) -> str:
    wave: str = lab.post("/waves", {"algorithm": "echo", "hold": True})["wave"]
    held(lab, wave, ("root", "amber"), ("root", "beryl"))
    return wave


def deliver(lab: LiveLab, wave: str, number: int) -> None:
    assert lab.post(f"/waves/{wave}/deliver", {"message": number})["delivered"] == [number]


def test_messages_are_delivered_in_the_order_that_somebody_chooses(lab: LiveLab) -> None:
    wave = start(lab)
    deliver(lab, wave, held(lab, wave, ("root", "amber"), ("root", "beryl"))["root", "beryl"])
    deliver(lab, wave, held(lab, wave, ("root", "amber"), ("beryl", "root"))["beryl", "root"])
    other = lab.wave(lab.post("/waves", {"algorithm": "echo"})["wave"])
    assert other["state"] == "complete"  # which is not held
    deliver(lab, wave, held(lab, wave, ("root", "amber"))["root", "amber"])
    deliver(lab, wave, held(lab, wave, ("amber", "root"))["amber", "root"])
    over = lab.wave(wave)
    assert (over["state"], over["messages"], over["missing"]) == ("complete", 4, [])


def test_a_node_that_dies_with_what_it_holds_is_missing_and_the_wave_goes_on(lab: LiveLab) -> None:
    wave = start(lab)
    killed = lab.pid("amber")
    lab.post("/nodes/amber/kill")
    deliver(lab, wave, held(lab, wave, ("root", "beryl"))["root", "beryl"])
    deliver(lab, wave, held(lab, wave, ("beryl", "root"))["beryl", "root"])
    over = lab.wave(wave)
    assert (over["state"], over["missing"]) == ("incomplete", ["amber"])
    lab.until_back("amber", killed)


def test_a_balancer_that_is_started_again_knows_what_waits(lab: LiveLab) -> None:
    wave = start(lab)
    lab.kill_balancer()
    lab.until(lambda: lab.http.get(f"{lab.balancer}/waves/{wave}/held").is_success)
    waiting = held(lab, wave, ("root", "amber"), ("root", "beryl"))
    deliver(lab, wave, waiting["root", "amber"])
    lab.post(f"/waves/{wave}/deliver", {"release": True})
    assert lab.wave(wave)["state"] != "running"


def test_the_deadline_lets_all_go(tmp_path: Path) -> None:
    for lab in lab_with(tmp_path, SHORT_S):
        wave = lab.post("/waves", {"algorithm": "echo", "hold": True})["wave"]
        over = lab.wave(wave)
        assert (over["state"], over["messages"]) == ("complete", 4)

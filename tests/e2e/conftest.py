"""A real Chromium before a real lab: what all browser tests share."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.watched import LabPage, Watched
from tests.support.live_lab import ROOT, LiveLab, live_lab
from topowave.experiments.experiment import run_experiment
from topowave.experiments.scenario_file import read_scenario
from topowave.topology import generate

NODES = 15
MOST_NODES = 400
STUDENTS = ROOT / "tests" / "live" / "students.py"
PATIENCE_MS = 60_000
"""How long any wait in these tests may take, on a machine that has other things to do."""
SILENCE_S = 600
"""Longer than a test takes."""
ARGUMENTS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-background-networking",
]
"""WebGL2 in software, and a browser that asks nobody for updates."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")

SCENARIO = """
name: {name}
title: Rings, {name}
kind: waves
topology: [ring:8, ring:16, ring:32]
algorithm: [echo, finn]
delay: uniform:1,2
seeds: {seeds}
measures: [messages, time]
"""
"""A small experiment, whose report a page can show."""

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The Chromium that is there; Playwright's own where there is none."""
    given = os.environ.get("TOPOWAVE_CHROMIUM")
    names = (given, *BROWSERS) if given else BROWSERS
    path = next(filter(None, map(shutil.which, names)), None)
    own = {"executable_path": path} if path else {}
    return {**browser_type_launch_args, **own, "args": ARGUMENTS}


def start_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveLab]:
    """A lab with two students' classes, as long as it is needed; tasks last, and it rebalances when told."""
    folder = tmp_path_factory.mktemp("lab")
    file = folder / "wanted.json"
    file.write_text(json.dumps(generate("binary", nodes=NODES, seed=1).to_json()), "utf-8")
    own = [word for name in ("Divider", "Steerer") for word in ("--algorithm", f"{STUDENTS}:{name}")]
    settings: dict[str, Any] = {"rebalance_interval": 0, "task_time": 600, "wave_timeout": 4}
    with live_lab(folder, file, *own, at=folder, room=MOST_NODES, **settings) as lab:
        yield lab


@pytest.fixture(scope="session")
def running_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveLab]:
    """One lab for all browser tests."""
    yield from start_lab(tmp_path_factory)


@pytest.fixture
def lab(running_lab: LiveLab) -> LiveLab:
    """The lab with a fresh binary tree: no tasks, every node up, whatever the test before has done."""
    running_lab.post("/topology", {"shape": "binary", "nodes": NODES, "seed": 1})
    running_lab.until(
        lambda: running_lab.get("/health"), lambda health: health["nodes_up"] == health["nodes"] == NODES
    )
    running_lab.cancel_tasks()  # the network has those of the one before
    # So have the alerts: a banner that goes in the middle of a test moves what is about to be pressed.
    for alert in running_lab.get("/alerts?state=firing")["alerts"]:
        silence = f"{running_lab.balancer}/alerts/{alert['id']}/silence"
        running_lab.http.post(silence, json={"seconds": SILENCE_S})  # refused if it is over by now
    return running_lab


@pytest.fixture
def busy_lab(lab: LiveLab) -> Iterator[LiveLab]:
    """The lab with much to tell: a stopped node, waves with and without it, more than a page of tasks."""
    lab.wave(lab.get("/echo_ws")["wave"])
    names = [str(node["name"]) for node in lab.get("/status")["nodes"]]
    for order in (
        {"count": 60, "node": names[3], "priority": "high", "category": "lecture"},
        {"script": "pi", "params": {"samples": 1000, "seed": 1}},
        {"script": "faulty", "params": {"reason": "raised"}},
    ):
        lab.post("/tasks", order)
    lab.post("/rebalance")
    lab.post(f"/nodes/{names[-1]}/stop")
    lab.wave(lab.get("/echo_ws")["wave"])
    lab.until(lambda: lab.get("/alerts")["alerts"], lambda alerts: alerts and alerts[0]["state"] == "firing")
    yield lab
    lab.post(f"/nodes/{names[-1]}/continue")


OpenPage = Callable[..., LabPage]


@pytest.fixture
def open_page(lab: LiveLab, browser: Browser) -> Iterator[OpenPage]:
    """Opens the page in a context of its own; afterwards nothing strange may have come from it."""
    opened: list[tuple[Page, Watched]] = []

    def open_it(path: str = "/", *, lossy: bool = False, **context: Any) -> LabPage:
        options: dict[str, Any] = {"viewport": {"width": 1280, "height": 720}, "locale": "en-GB", **context}
        page = browser.new_context(**options).new_page()
        page.set_default_timeout(PATIENCE_MS)
        watched = Watched(page, lossy=lossy)
        opened.append((page, watched))
        page.goto(f"http://127.0.0.1:{lab.page_port}{path}")
        return LabPage(page, lab)

    yield open_it
    for page, watched in opened:
        page.context.close()
        watched.judge()


@pytest.fixture
def page_shown(open_page: OpenPage) -> LabPage:
    """The page with its network in view."""
    shown = open_page()
    shown.wait_for_nodes(NODES)
    return shown


@pytest.fixture
def reports(lab: LiveLab, tmp_path: Path) -> Iterator[Path]:
    """Two reports in the folder of the lab."""
    folder = Path(lab.get("/experiments")["folder"])
    for name, seeds in (("quick", 3), ("slow", 5)):
        file = tmp_path / f"{name}.yaml"
        file.write_text(SCENARIO.format(name=name, seeds=seeds), encoding="utf-8")
        run_experiment(read_scenario(file), folder / name, jobs=1)
    yield folder
    shutil.rmtree(folder)

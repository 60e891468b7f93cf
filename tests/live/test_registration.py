"""The lab course's node joins a lab that runs, takes part in waves, falls silent, comes back, and leaves."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.course import CourseNode, served
from tests.support.live_lab import LiveLab, live_lab
from tests.support.ports import free_ports
from tests.support.waiting import eventually

TREE = {
    "name": "root",
    "port": 1,
    "cpu": 2,
    "children": [{"name": "amber", "port": 2, "cpu": 2}, {"name": "basil", "port": 3, "cpu": 2}],
}


def echo(lab: LiveLab) -> dict[str, Any]:
    wave: dict[str, Any] = lab.wave(lab.post("/waves", {"algorithm": "echo"})["wave"])
    return wave


def is_silent(lab: LiveLab) -> bool:
    return bool(next(node for node in lab.get("/status")["nodes"] if node["name"] == "mine")["silent"])


async def come_and_go(lab: LiveLab) -> None:
    (port,) = free_ports(1)
    mine = {"name": "mine", "port": port, "cpu": 4, "parent": "amber"}
    node = CourseNode("mine", port, 4)

    async def register() -> str:
        return str((await asyncio.to_thread(lab.post, "/register", mine))["status"])

    async with served(node.app, port):
        assert await register() == "joined"
        wave = await asyncio.to_thread(echo, lab)
        assert (wave["state"], wave["nodes"]) == ("complete", 4), wave
        assert await register() == "heard"
        asked = len(node.heard)
        # It says nothing more, though it would answer.
        await asyncio.to_thread(lab.until, lambda: is_silent(lab), bool)
        wave = await asyncio.to_thread(echo, lab)
        assert (wave["state"], wave["missing"]) == ("incomplete", ["mine"]), wave
        assert len(node.heard) == asked  # nobody asked it
        assert wave["duration_ms"] < 30_000  # and nobody waited: only then is anybody asked again
        assert await register() == "heard"
        assert not await asyncio.to_thread(is_silent, lab)
        wave = await asyncio.to_thread(echo, lab)
        assert (wave["state"], wave["nodes"]) == ("complete", 4), wave
        await eventually(lambda: len(node.heard) > asked)
        left = await asyncio.to_thread(lab.http.delete, f"{lab.balancer}/nodes/mine")
        assert left.raise_for_status().json()["status"] == "left"
    wave = await asyncio.to_thread(echo, lab)
    assert (wave["state"], wave["nodes"]) == ("complete", 3), wave


@pytest.mark.slow
def test_a_program_of_others_joins_takes_part_falls_silent_comes_back_and_leaves(tmp_path: Path) -> None:
    (tmp_path / "tree.json").write_text(json.dumps(TREE), "utf-8")
    with live_lab(
        tmp_path,
        tmp_path / "tree.json",
        heartbeat_interval=2,
        rebalance_interval=0,
        wave_timeout=60,
        probe_after=30,
        probe_timeout=30,
    ) as lab:
        asyncio.run(come_and_go(lab))
        assert lab.get("/status")["actual_replicas"] == 3

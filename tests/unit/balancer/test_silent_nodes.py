"""Processes of nodes that are not heard are inactive, and come back at their next word."""

from __future__ import annotations

import json

import pytest

from tests.support.waiting import eventually
from tests.unit.balancer.lab import Bench, bench
from tests.unit.balancer.reported_waves import tree
from topowave.balancer.placements.base import ANYWHERE

pytestmark = pytest.mark.anyio

INTERVAL = 0.1


def load(*nodes: str, **more: object) -> str:
    """A report of a process that runs some nodes."""
    counts = dict.fromkeys(("assigned", "running", "moving", "completed", "submitted"), 0)
    return json.dumps({"about": "nodes", "loads": [{"node": node, **counts} for node in nodes], **more})


def told(lab: Bench, part: str) -> list[str]:
    """The events of the feed with that in their text."""
    return [event.text for event in lab.balancer.feed.between(0, 10**9) if part in event.text]


async def replicas(lab: Bench) -> dict[str, dict[str, object]]:
    found = await lab.get("/status")
    return {each["name"]: each for each in found["replicas"]}


async def test_nodes_that_are_not_heard_are_inactive_and_come_back_at_their_next_word() -> None:
    async with (
        bench(tree(2), run_nodes=False, heartbeat_interval=INTERVAL) as lab,
        lab.connect("/observe") as process,
    ):
        ours = lab.balancer.lab
        for name in ("root0", "root1"):
            ours.set_state(name, "up", 1, 0, None, ("root0", "root1"))
        await process.send(load("root0", "root1"))
        await eventually(lambda: ours.status["root0"].state == "inactive")
        (text,) = told(lab, "inactive")
        assert text.startswith("root0 (with 1 other node in its process) is inactive: not heard for 0.")
        assert not ours.is_up("root1")
        assert ours.states()["inactive"] == 2
        assert lab.balancer.placement.place([ANYWHERE]) == [None]
        shown = (await replicas(lab))["root1"]
        assert (shown["state"], str(shown["reason"])[:13]) == ("inactive", "not heard for")
        await process.send(load("root0"))
        await eventually(lambda: ours.is_up("root0") and ours.is_up("root1"))
        assert told(lab, "is heard again")
        assert lab.balancer.lab.topology.node("root0").executor.active


async def test_a_stopped_node_is_stopped_and_as_a_replica_inactive() -> None:
    async with bench(tree(1), run_nodes=False, heartbeat_interval=INTERVAL) as lab:
        lab.balancer.lab.set_state("root0", "stopped", 1, 0, None)
        await eventually(lambda: lab.balancer.lab.status["root0"].silent)
        shown = (await replicas(lab))["root0"]
        assert shown["state"] == "inactive"
        assert str(shown["reason"]).endswith("since its process is stopped")
        assert lab.balancer.lab.status["root0"].state == "stopped"


async def test_nobody_listens_for_a_node_that_has_died() -> None:
    async with bench(tree(1), run_nodes=False, heartbeat_interval=INTERVAL) as lab:
        lab.balancer.lab.set_state("root0", "up", 1, 0, None)
        await eventually(lambda: lab.balancer.lab.status["root0"].silent)
        lab.balancer.lab.set_state("root0", "dead", None, 0, "was ended by signal 9")
        await eventually(lambda: not lab.balancer.lab.status["root0"].silent)
        assert not told(lab, "heard again")
        shown = (await replicas(lab))["root0"]
        assert (shown["state"], shown["last_heard_s"]) == ("dead", None)
        assert shown["reason"] == "was ended by signal 9"

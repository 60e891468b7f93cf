"""Settings that change while a lab runs reach every process of nodes, and whoever asked knows when."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.support.waiting import eventually
from tests.unit.balancer.lab import Bench, bench, told
from tests.unit.balancer.reported_waves import tree
from topowave.wire.observations import decode_settings

pytestmark = pytest.mark.anyio


def load(node: str, **more: object) -> str:
    """A report of a process that runs one node."""
    counts = dict.fromkeys(("assigned", "running", "moving", "completed", "submitted"), 0)
    return json.dumps({"about": "nodes", "loads": [{"node": node, **counts}], **more})


def change(lab: Bench, **settings: float) -> None:
    """Let the orchestrator say which settings hold now."""
    lab.orchestrator.say(kind="config", settings=settings)


async def configured(lab: Bench, deadline_s: float, **settings: float) -> list[str]:
    """Change settings, and return who has not taken them."""
    change(lab, **settings)
    await eventually(lambda: settings.items() <= lab.balancer.lab.config.model_dump().items())
    return await lab.balancer.node_connections.taken(deadline_s)


async def test_a_process_is_told_the_settings_when_it_comes_and_when_they_change() -> None:
    async with bench(tree(1), run_nodes=False, link_delay=7.0) as lab, lab.connect("/observe") as process:
        first = decode_settings(json.dumps(await told(process)))
        assert first.settings["link_delay"] == 7
        change(lab, link_delay=300.0, task_time=2.0)
        second = decode_settings(json.dumps(await told(process)))
        assert second.number > first.number
        assert (second.settings["link_delay"], second.settings["task_time"]) == (300, 2)


async def test_a_change_is_awaited_from_the_nodes_that_are_up_and_only_from_them() -> None:
    async with (
        bench(tree(2), run_nodes=False) as lab,
        lab.connect("/observe") as awake,
        lab.connect("/observe") as stopped,
        lab.connect("/observe"),  # somebody who never says what nodes it has is waited for by nobody
    ):
        lab.balancer.lab.set_state("root0", "up", 1, 0, None)
        lab.balancer.lab.set_state("root1", "stopped", 2, 0, None)
        await awake.send(load("root0"))
        await stopped.send(load("root1"))
        await eventually(lambda: lab.balancer.node_connections.nodes() == {"root0", "root1"})
        await told(awake)
        asked = asyncio.ensure_future(configured(lab, 60, link_delay=300.0))
        number = (await told(awake))["number"]
        await awake.send(load("root0", settings=number - 1))  # an answer to the settings before
        await asyncio.sleep(0)
        assert not asked.done()
        await awake.send(load("root0", settings=number))
        assert await asked == ["root1"]
        await told(stopped)
        await stopped.send(load("root1", settings=(await told(stopped))["number"]))
        await eventually(lambda: not lab.balancer.node_connections.behind())


async def test_a_process_that_does_not_answer_holds_nothing_up_for_ever() -> None:
    async with bench(tree(1), run_nodes=False) as lab, lab.connect("/observe") as process:
        lab.balancer.lab.set_state("root0", "up", 1, 0, None)
        await process.send(load("root0"))
        await eventually(lambda: lab.balancer.node_connections.nodes() == {"root0"})
        assert await configured(lab, 0.01, link_delay=300.0) == ["root0"]


async def test_a_process_that_leaves_is_not_waited_for() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        lab.balancer.lab.set_state("root0", "up", 1, 0, None)
        async with lab.connect("/observe") as process:
            await process.send(load("root0"))
            await eventually(lambda: lab.balancer.node_connections.nodes() == {"root0"})
            asked = asyncio.ensure_future(configured(lab, 60, link_delay=300.0))
            await told(process)
        assert await asked == []


async def test_real_nodes_take_the_settings_and_say_so() -> None:
    async with bench(tree(2), link_delay=0.0) as lab:
        names = {"root", "root0", "root1"}
        for name in names:
            lab.balancer.lab.set_state(name, "up", 1, 0, None)
        await eventually(lambda: lab.balancer.node_connections.nodes() == names)
        assert await configured(lab, 60, link_delay=20.0, wave_timeout=3.0) == []
        started = await lab.post("/waves", {"algorithm": "echo"})
        wave = await lab.over(started["wave"])
        assert (wave["state"], wave["messages"]) == ("complete", 4)
        assert wave["duration_ms"] >= 2 * 19

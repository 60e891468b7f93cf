"""Settings that change while a lab runs reach every process of nodes, and whoever asked knows when."""

from __future__ import annotations

import asyncio
import json
import time

import msgspec
import pytest

from tests.support.waiting import eventually
from tests.unit.balancer.lab import Bench, bench, told
from tests.unit.balancer.reported_waves import tree
from topowave.wire.machine import boot_id
from topowave.wire.observations import Clock, Settings

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
        first = msgspec.convert(await told(process), Settings)
        assert first.settings["link_delay"] == 7
        change(lab, link_delay=300.0, task_time=2.0)
        second = msgspec.convert(await told(process), Settings)
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


async def test_a_process_on_another_machine_is_told_the_clock_and_its_events_have_our_times() -> None:
    async with bench(tree(1), run_nodes=False) as lab, lab.connect("/observe") as process:
        await told(process)  # the settings
        before_us = time.monotonic_ns() // 1000
        await process.send(load("root", heartbeat={"t_us": 5, "boot": "of another machine"}))
        clock = msgspec.convert(await told(process), Clock)
        assert before_us - 5 <= clock.ahead_us <= time.monotonic_ns() // 1000 - 5
        began = {"node": "root", "wave": "w-1", "algorithm": "echo", "events": [[1_000_000, "start"]]}
        await process.send(json.dumps({"about": "nodes", "events": [began]}))
        record = await eventually(lambda: lab.balancer.waves.get("w-1"))
        assert record is not None
        assert record.events.time(0) == 1_000_000 + clock.ahead_us
        await process.send(
            load("root", heartbeat={"t_us": 7, "boot": "of another machine"})
        )  # all but the same
        change(lab, link_delay=300.0)
        assert (await told(process))["about"] == "settings"


async def test_a_process_on_our_machine_is_told_no_clock_and_its_times_stay() -> None:
    async with bench(tree(1), run_nodes=False) as lab, lab.connect("/observe") as process:
        await told(process)
        await process.send(load("root", heartbeat={"t_us": 5, "boot": boot_id()}))
        began = {"node": "root", "wave": "w-1", "algorithm": "echo", "events": [[1_000_000, "start"]]}
        await process.send(json.dumps({"about": "nodes", "events": [began]}))
        record = await eventually(lambda: lab.balancer.waves.get("w-1"))
        assert record is not None
        assert record.events.time(0) == 1_000_000
        change(lab, link_delay=300.0)
        assert (await told(process))["about"] == "settings"

"""Agents on a real WebSocket to the balancer, and what the orchestrator hears of them; both played here."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Any

import msgspec
import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.support.waiting import PATIENCE_S, eventually
from tests.unit.balancer.lab import Bench, bench, told
from tests.unit.balancer.reported_waves import tree
from topowave.balancer.agents.channel import NORMAL, POLICY, TRY_AGAIN
from topowave.wire.agents import Hello, RunningProcess
from topowave.wire.machine import boot_id, program_version

pytestmark = pytest.mark.anyio

UP = RunningProcess(7, "up", 1, pid=99)
ENDED = RunningProcess(7, "ended", reason="it was told to end")


def hello(name: str = "a1", **other: Any) -> dict[str, Any]:
    said = Hello(name, f"{name} once", "127.0.0.1", 9000, 2, 900.0, 30.0, boot_id(), program_version(), None)
    found: dict[str, Any] = msgspec.to_builtins(said)
    return found | other


async def say(link: ClientConnection, **message: object) -> None:
    await link.send(json.dumps(message))


async def runs(link: ClientConnection, beat: int, *processes: RunningProcess) -> None:
    await say(link, about="running", beat=beat, processes=msgspec.to_builtins(processes))


async def closed(link: ClientConnection) -> int:
    """Return with which code the balancer closes a connection."""
    async with asyncio.timeout(PATIENCE_S):
        with suppress(ConnectionClosed):
            while True:
                await link.recv()
    return link.close_code or 0


@asynccontextmanager
async def agent(lab: Bench, name: str = "a1", **other: Any) -> AsyncGenerator[ClientConnection]:
    """An agent that was taken in, of which the orchestrator has heard."""
    async with lab.connect("/agents") as link:
        await say(link, **hello(name, **other))
        assert (await told(link))["about"] == "welcome"
        here = await lab.orchestrator.asked()
        assert here["kind"] == "agents"
        assert name in [each["name"] for each in here["agents"]]
        yield link


def texts(lab: Bench) -> list[str]:
    return [event.text for event in lab.balancer.feed.between(0, 999)]


def wanted(version: int, session: str = "a1 once") -> dict[str, Any]:
    return {
        "about": "wanted",
        "agent": "a1",
        "session": session,
        "version": version,
        "topology": [{"name": "root"}],
        "settings": {},
        "processes": [{"incarnation": 7, "names": ["root0"], "ports": [9000]}],
    }


async def test_an_agent_is_taken_in_its_heartbeats_are_answered_and_what_it_runs_is_passed_on() -> None:
    async with bench(tree(1), run_nodes=False) as lab, agent(lab) as link:
        await runs(link, 1, UP)
        assert await told(link) == {"about": "beat", "beat": 1}
        passed = await lab.orchestrator.asked()
        assert (passed["kind"], passed["agent"], passed["session"]) == ("agent_runs", "a1", "a1 once")
        assert passed["processes"] == [{"incarnation": 7, "state": "up", "ready": 1, "pid": 99}]
        (seen,) = (await lab.get("/agents"))["agents"]
        assert 0 <= seen.pop("last_heard_s") < PATIENCE_S
        assert seen == {
            "name": "a1",
            "host": "127.0.0.1",
            "port": 9000,
            "state": "alive",
            "replicas": 0,
            "processes": 1,
            "heartbeat_s": 30.0,
            "cores": 2,
            "free_mb": 900.0,
            "workload": None,
        }
        assert "agent a1 registered from 127.0.0.1 (2 cores)" in texts(lab)


async def test_the_first_thing_that_an_agent_is_told_is_what_its_processes_need() -> None:
    async with bench(tree(1), run_nodes=False) as lab, lab.connect("/agents") as link:
        await say(link, **hello())
        welcome = await told(link)
        assert welcome["journal"]["path"] == str(lab.journal)


async def test_what_the_orchestrator_wants_reaches_the_agent_and_again_on_its_next_connection() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        async with agent(lab) as link:
            lab.orchestrator.say(kind="wanted", wanted=wanted(3))
            assert (await told(link))["version"] == 3
            signal = {"about": "signal", "agent": "a1", "session": "a1 once", "incarnation": 7}
            lab.orchestrator.say(kind="agent_signal", signal={**signal, "action": "stop"})
            assert await told(link) == {**signal, "action": "stop"}
            link.transport.abort()  # the connection breaks; the lease goes on
        async with agent(lab) as link:
            assert (await told(link))["version"] == 3
        assert "agent a1 is back" not in texts(lab)


async def test_what_is_wanted_of_a_former_session_is_not_told_to_the_next_one() -> None:
    async with bench(tree(1), run_nodes=False) as lab, agent(lab) as link:
        lab.orchestrator.say(kind="wanted", wanted=wanted(3, "a1 before"))
        lab.orchestrator.say(kind="wanted", wanted=wanted(4))
        assert (await told(link))["version"] == 4


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"version": "0.0"}, "this agent is Topowave 0.0"),
        ({"boot": "elsewhere"}, "PostgreSQL is needed"),
        ({"host": "10.0.0.7"}, "no token"),
    ],
)
async def test_an_agent_that_does_not_fit_is_rejected_with_the_reason(
    other: dict[str, str], said: str
) -> None:
    async with bench(tree(1), run_nodes=False) as lab, lab.connect("/agents") as link:
        await say(link, **hello(**other))
        rejected = await told(link)
        assert rejected["about"] == "rejected"
        assert said in rejected["reason"]
        assert await closed(link) == POLICY
        assert any(said in text for text in texts(lab))


async def test_a_second_agent_of_a_name_is_rejected_and_the_first_goes_on() -> None:
    async with bench(tree(1), run_nodes=False) as lab, agent(lab) as first:
        async with lab.connect("/agents") as second:
            await say(second, **hello(session="another"))
            assert "there is an agent a1 already" in (await told(second))["reason"]
        await runs(first, 1)
        assert (await told(first))["beat"] == 1


async def test_an_agent_that_was_started_again_is_told_to_come_later() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        async with agent(lab) as link:
            link.transport.abort()
        await eventually(lambda: [each.linked for each in lab.balancer.agents] == [False])
        async with lab.connect("/agents") as link:
            await say(link, **hello(session="another"))
            assert await closed(link) == TRY_AGAIN


async def test_an_agent_that_says_nothing_for_its_lease_is_silent_and_comes_back() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        async with agent(lab, heartbeat=0.1) as link:
            assert await closed(link) == TRY_AGAIN
        assert (await lab.orchestrator.asked())["agents"] == []
        assert (await lab.get("/agents"))["agents"][0]["state"] == "silent"
        await eventually(lambda: any(text.startswith("agent a1 is silent") for text in texts(lab)))
        async with agent(lab, session="another"):
            await eventually(lambda: "agent a1 is back" in texts(lab))


async def test_an_agent_that_has_ended_what_it_ran_and_leaves_in_order_is_gone_at_once() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        async with agent(lab) as link:
            await runs(link, 1, ENDED)
            await lab.orchestrator.asked()
            await link.close(NORMAL)
        assert (await lab.orchestrator.asked())["agents"] == []
        await eventually(
            lambda: (
                (list(lab.balancer.agents), texts(lab)[-1]) == ([], "agent a1 has left: somebody ended it")
            )
        )


async def test_an_agent_that_leaves_in_order_but_runs_something_still_has_its_lease() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        async with agent(lab) as link:
            await runs(link, 1, UP)
            await lab.orchestrator.asked()
            await link.close(NORMAL)
        await eventually(lambda: [each.linked for each in lab.balancer.agents] == [False])
        assert [each.name for each in lab.balancer.agents.alive] == ["a1"]


@pytest.mark.parametrize("first", ["{}", "no JSON", '{"about": "running", "beat": 1, "processes": []}'])
async def test_who_does_not_begin_with_a_hello_is_sent_away(first: str) -> None:
    async with bench(tree(1), run_nodes=False) as lab, lab.connect("/agents") as link:
        await link.send(first)
        assert await closed(link) == POLICY


async def test_a_new_balancer_says_nothing_of_agents_that_may_come_back_until_it_knows_them() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        lab.balancer.agents.expect("b2", None, asyncio.get_running_loop().time())
        async with lab.connect("/agents") as link:
            await say(link, **hello())
            await told(link)
            await runs(link, 1, UP)
            assert (await lab.orchestrator.asked())["kind"] == "agent_runs"
            lab.orchestrator.say(kind="agents", agents=[hello("b2")])
            here = await lab.orchestrator.asked()
            assert sorted(each["name"] for each in here["agents"]) == ["a1", "b2"]
            async with agent(lab, "b2"):
                await eventually(lambda: "agent b2 is back" in texts(lab))

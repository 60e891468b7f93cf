"""Nodes join on agents, and move away from those that are gone; orchestrator and agents are played here."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection

from tests.support.waiting import PATIENCE_S, eventually
from tests.unit.balancer.agents.test_channel import ENDED, hello, runs, say
from tests.unit.balancer.lab import Bench, bench, told
from tests.unit.balancer.reported_waves import tree
from topowave.balancer.agents.channel import NORMAL
from topowave.topology.limits import MAX_PORT

pytestmark = pytest.mark.anyio


class Requests:
    """The orchestrator: it notes who is said to be alive, and carries out what is asked."""

    def __init__(self, lab: Bench) -> None:
        self._lab = lab
        self.agents: list[str] = []

    async def carried_out(self, kind: str) -> dict[str, Any]:
        """Carry out what the balancer asks for until it has asked for something of this kind."""
        while True:
            request = await self._lab.orchestrator.asked()
            if request["kind"] == "agents":
                self.agents = [each["name"] for each in request["agents"]]
            if request["kind"] == "change":
                self.say_topology(request["topology"])
            if request["kind"] == "set_executor":
                self._lab.orchestrator.say(kind="executors", executors={request["name"]: request["changes"]})
            if "id" in request:
                self._lab.orchestrator.say(kind="done", id=request["id"])
            if request["kind"] == kind:
                return request

    def say_topology(self, rows: list[dict[str, Any]]) -> None:
        version = self._lab.balancer.lab.version + 1
        self._lab.orchestrator.say(kind="topology", topology=rows, version=version, keeps=True)


async def joined(lab: Bench, stack: AsyncExitStack, *names: str, **other: Any) -> list[ClientConnection]:
    """Let agents register, each with a hundred ports of its own from 9000 on."""
    links: list[ClientConnection] = []
    for number, name in enumerate(names):
        link = await stack.enter_async_context(lab.connect("/agents"))
        await say(link, **hello(name, port=9000 + 100 * number, **other))
        assert (await told(link))["about"] == "welcome"
        links.append(link)
    await eventually(lambda: {each.name for each in lab.balancer.agents.alive} >= set(names))
    return links


def texts(lab: Bench) -> list[str]:
    return [event.text for event in lab.balancer.feed.between(0, 999)]


def places(request: dict[str, Any]) -> dict[str, tuple[str | None, int]]:
    return {row["name"]: (row.get("agent"), row["port"]) for row in request["topology"]}


async def test_new_nodes_are_spread_over_the_agents_each_on_its_ports() -> None:
    async with AsyncExitStack() as stack, bench(tree(1), run_nodes=False) as lab:
        await joined(lab, stack, "a1", "a2")
        orchestrator = Requests(lab)
        asked = asyncio.ensure_future(lab.post("/deploy", {"replicas": 6}))
        change = places(await orchestrator.carried_out("change"))
        await asked
        new = sorted(place for name, place in change.items() if name not in ("root", "root0"))
        assert new == [("a1", 9000), ("a1", 9001), ("a2", 9100), ("a2", 9101)]
        await eventually(lambda: lab.balancer.lab.version == 2)
        agents = (await lab.get("/agents"))["agents"]
        assert [(each["name"], each["replicas"]) for each in agents] == [("a1", 2), ("a2", 2)]
        status = await lab.get("/status")
        found = {each["name"]: (each["agent"], each["node_ip"]) for each in status["replicas"]}
        assert found["root"] == (None, "127.0.0.1")
        assert sorted(agent or "" for agent, _ in found.values()) == ["", "", "a1", "a1", "a2", "a2"]
        assert {each["name"]: each["agent"] for each in status["nodes"]} == {
            name: agent for name, (agent, _) in found.items()
        }


async def test_a_port_that_an_agent_could_not_open_is_not_tried_again() -> None:
    async with AsyncExitStack() as stack, bench(tree(1), run_nodes=False) as lab:
        (link,) = await joined(lab, stack, "a1")
        orchestrator = Requests(lab)
        asked = asyncio.ensure_future(lab.http.post("/nodes", json={"name": "dill"}))
        prepare: dict[str, Any] = {}
        while prepare.get("kind") != "prepare":
            prepare = await lab.orchestrator.asked()
        assert places(prepare)["dill"] == ("a1", 9000)
        ended = {"incarnation": 7, "state": "ended", "reason": "port 9000 is taken by another program"}
        await say(link, about="running", beat=1, processes=[ended])
        await eventually(lambda: lab.balancer.agents.alive[0].taken_ports == {9000})
        lab.orchestrator.say(kind="refused", id=prepare["id"], problems=["port 9000 is taken"])
        assert (await asked).status_code == 409
        again = asyncio.ensure_future(lab.post("/nodes", {"name": "dill"}))
        assert places(await orchestrator.carried_out("change"))["dill"] == ("a1", 9001)
        assert ((await again)["agent"], (await again)["port"]) == ("a1", 9001)


async def test_nodes_of_a_silent_agent_move_to_the_others_after_the_orchestrator_heard_of_it() -> None:
    async with AsyncExitStack() as stack, bench(tree(1), run_nodes=False) as lab:
        await joined(lab, stack, "a1", "a3")
        orchestrator = Requests(lab)
        root, leaf = lab.topology.root, lab.topology.node("root0")
        await joined(lab, stack, "a2", heartbeat=0.3)
        row = {"name": "root", "port": root.port, "cpu": 2, "parent": None}
        lost = {
            "name": "root0",
            "port": leaf.port,
            "cpu": 2,
            "parent": "root",
            "host": "127.0.0.1",
            "agent": "a2",
        }
        orchestrator.say_topology([row, lost, {**lost, "name": "root1", "port": 9300}])
        await orchestrator.carried_out("prepare")
        assert orchestrator.agents == ["a1", "a3"]
        change = places(await orchestrator.carried_out("change"))
        assert change == {"root": (None, root.port), "root0": ("a1", leaf.port), "root1": ("a3", 9300)}
        await eventually(lambda: any("2 nodes moved in" in text for text in texts(lab)))
        assert "agent a2 is silent: its 2 nodes move to a1, a3" in texts(lab)
        await eventually(lambda: lab.balancer.scaling.phase == "settled")


async def test_where_no_agent_is_alive_nodes_come_to_this_machine() -> None:
    async with AsyncExitStack() as stack, bench(tree(1), run_nodes=False) as lab:
        (link,) = await joined(lab, stack, "a1")
        orchestrator = Requests(lab)
        asked = asyncio.ensure_future(lab.post("/nodes", {"name": "dill", "agent": "a1"}))
        await orchestrator.carried_out("change")
        assert (await asked)["agent"] == "a1"
        await runs(link, 1, ENDED)
        await link.close(NORMAL)
        change = places(await orchestrator.carried_out("change"))
        assert change["dill"][0] is None
        await eventually(lambda: "agent a1 has left: its node moves to this machine" in texts(lab))


async def test_a_node_that_comes_to_this_machine_gets_no_port_that_an_agent_was_given_with_it() -> None:
    async with AsyncExitStack() as stack, bench(tree(1), run_nodes=False) as lab:
        first = max(lab.topology.ports) + 1
        first += first == lab.config.balancer_port
        await joined(lab, stack, "a1")
        agent = lab.balancer.agents.alive[0]
        agent.taken_ports.update(set(range(9000, MAX_PORT + 1)) - {first})  # so one port is left there
        leaves = await lab.balancer.scaling.new_leaves(3)
        assert [leaf.agent for leaf in leaves] == ["a1", None, None]
        assert len({leaf.port for leaf in leaves}) == 3


async def test_a_lab_on_agents_begins_when_all_that_are_expected_are_there() -> None:
    async with (
        AsyncExitStack() as stack,
        bench(tree(1), run_nodes=False, start={"places": "agents", "agents": 2}) as lab,
    ):
        orchestrator = Requests(lab)
        why = "no agent is there yet; 2 are expected"
        await eventually(lambda: lab.balancer.scaling.problem == f"2 nodes cannot run: {why}")
        assert (await lab.get("/deploy"))["phase"] == "waiting"
        await joined(lab, stack, "a1")
        await eventually(lambda: "1 of 2 agents are there" in (lab.balancer.scaling.problem or ""))
        await joined(lab, stack, "a2")
        change = places(await orchestrator.carried_out("change"))
        assert {agent for agent, _ in change.values()} == {"a1", "a2"}
        await eventually(lambda: "2 nodes go to a1, a2" in texts(lab))
        await eventually(lambda: lab.balancer.scaling.phase == "settled")


async def test_a_lab_on_agents_waits_where_all_of_them_are_gone() -> None:
    async with (
        AsyncExitStack() as stack,
        bench(tree(1), run_nodes=False, start={"places": "agents", "agents": 1}) as lab,
    ):
        (link,) = await joined(lab, stack, "a1")
        orchestrator = Requests(lab)
        await orchestrator.carried_out("change")
        await runs(link, 1, ENDED)
        await link.close(NORMAL)
        await eventually(lambda: lab.balancer.scaling.problem == "2 nodes cannot run: no agent is alive")
        await joined(lab, stack, "a9")
        change = places(await orchestrator.carried_out("change"))
        assert {agent for agent, _ in change.values()} == {"a9"}


async def test_a_workload_runs_where_one_is_and_leaves_without_being_drained() -> None:
    async with AsyncExitStack() as stack, bench(tree(1), run_nodes=False) as lab:
        await joined(lab, stack, "shop", workload="shop --port {port}")
        orchestrator = Requests(lab)
        assert any("it runs shop --port {port}" in text for text in texts(lab))
        asked = asyncio.ensure_future(lab.post("/nodes", {"name": "dill"}))
        change = await orchestrator.carried_out("change")
        row = next(row for row in change["topology"] if row["name"] == "dill")
        assert (row["launch"], row["agent"], row["host"]) == (False, "shop", "127.0.0.1")
        await asked
        leaving = asyncio.ensure_future(lab.http.delete("/nodes/dill"))
        kept = await orchestrator.carried_out("keep_goal")
        assert kept["goal"]["deleted"] == ["dill"]
        await orchestrator.carried_out("change")
        await orchestrator.carried_out("keep_goal")
        assert (await leaving).json()["status"] == "left"


@pytest.mark.parametrize(
    ("agent", "status", "said"),
    [("nobody", 404, "there is no agent 'nobody'"), ("b2", 409, "agent b2 is expected")],
)
async def test_a_node_for_an_agent_that_is_not_there_is_refused_in_words(
    agent: str, status: int, said: str
) -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        lab.balancer.agents.expect("b2", None, asyncio.get_running_loop().time() + PATIENCE_S)
        refused = await lab.http.post("/nodes", json={"agent": agent})
        assert refused.status_code == status
        assert said in refused.json()["detail"]


async def test_what_cannot_leave_since_programs_of_others_hang_from_it_is_told() -> None:
    alien = {"name": "alien", "launch": False}
    mixed = {"name": "root", "children": [{"name": "amber", "children": [alien]}, {"name": "basil"}]}
    async with bench(mixed, run_nodes=False) as lab:
        for name in ("root", "amber", "basil"):
            lab.orchestrator.say(kind="node", name=name, state="up", pid=7)
        orchestrator = Requests(lab)
        asked = asyncio.ensure_future(lab.post("/deploy", {"replicas": 1}))
        await orchestrator.carried_out("change")
        await asked
        await orchestrator.carried_out("keep_goal")
        why = "2 nodes stay and 1 is wanted: programs of others hang from amber"
        await eventually(lambda: lab.balancer.scaling.problem == why)
        assert (await lab.get("/deploy"))["phase"] == "settled"
        assert f"Deploy: {why}" in texts(lab)

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from tests.support.waiting import eventually
from tests.unit.balancer.lab import Orchestrator, owned
from topowave.balancer import control as module
from topowave.balancer.control import Control
from topowave.topology import Topology
from topowave.topology.flat_form import to_rows
from topowave.web.problem_details import Problem
from topowave.wire.control import ConfigNow, ExecutorsNow, NodeNow, TopologyNow

pytestmark = pytest.mark.anyio

ONE = Topology.from_json({"name": "root", "port": 8000, "cpu": 1})


@dataclass
class Channel:
    """Both ends, and what the balancer's end was told."""

    control: Control
    orchestrator: Orchestrator
    topologies: list[TopologyNow] = field(default_factory=list[TopologyNow])
    configs: list[ConfigNow] = field(default_factory=list[ConfigNow])
    executors: list[ExecutorsNow] = field(default_factory=list[ExecutorsNow])
    nodes: list[NodeNow] = field(default_factory=list[NodeNow])


@asynccontextmanager
async def channel() -> AsyncGenerator[Channel]:
    ours, theirs = socket.socketpair()
    nodes: list[NodeNow] = []
    topologies: list[TopologyNow] = []
    configs: list[ConfigNow] = []
    executors: list[ExecutorsNow] = []
    found = Channel(
        Control(ours, topologies.append, configs.append, executors.append, nodes.append, owned()),
        Orchestrator(theirs),
        topologies,
        configs,
        executors,
        nodes,
    )
    await found.orchestrator.open()
    await found.control.open()
    try:
        yield found
    finally:
        await found.control.close()
        await found.orchestrator.close()


async def test_what_the_orchestrator_says_is_passed_on() -> None:
    async with channel() as both:
        both.orchestrator.say(
            kind="node", name="amber", state="dead", pid=None, restarts=2, reason="killed by SIGKILL"
        )
        both.orchestrator.say(kind="config", settings={"link_delay": 300})
        both.orchestrator.say(kind="topology", topology=[{"name": "root"}], version=4)
        await eventually(lambda: bool(both.topologies))
        assert both.nodes == [NodeNow("amber", "dead", None, 2, "killed by SIGKILL")]
        assert both.configs == [ConfigNow({"link_delay": 300})]
        assert both.topologies == [TopologyNow([{"name": "root"}], 4)]


async def test_a_request_waits_for_its_own_answer() -> None:
    async with channel() as both:
        kill = asyncio.ensure_future(both.control.signal("amber", "kill", 5))
        stop = asyncio.ensure_future(both.control.signal("cedar", "stop", 5))
        first, second = await both.orchestrator.asked(), await both.orchestrator.asked()
        assert first == {"kind": "signal", "id": first["id"], "name": "amber", "action": "kill"}
        both.orchestrator.say(kind="done", id=second["id"])
        await stop
        assert not kill.done()
        both.orchestrator.say(kind="done", id=first["id"])
        await kill


async def test_settings_are_asked_for_by_their_names() -> None:
    async with channel() as both:
        asked = asyncio.ensure_future(both.control.configure({"link_delay": 300.0}, 5))
        request = await both.orchestrator.asked()
        assert request == {"kind": "configure", "id": request["id"], "settings": {"link_delay": 300.0}}
        both.orchestrator.say(kind="done", id=request["id"])
        await asked


async def test_what_tasks_a_node_takes_is_asked_for_and_told() -> None:
    async with channel() as both:
        asked = asyncio.ensure_future(both.control.set_executor("amber", {"limit": None, "active": False}, 5))
        request = await both.orchestrator.asked()
        assert (request["kind"], request["name"]) == ("set_executor", "amber")
        assert request["changes"] == {"limit": None, "active": False}
        both.orchestrator.say(kind="executors", executors={"amber": {"active": False}})
        both.orchestrator.say(kind="done", id=request["id"])
        await asked
        assert both.executors == [ExecutorsNow({"amber": {"active": False}})]


async def test_a_refusal_carries_all_its_problems() -> None:
    async with channel() as both:
        asked = asyncio.ensure_future(both.control.replace(ONE, 5))
        request = await both.orchestrator.asked()
        assert (request["kind"], request["topology"]) == ("replace", to_rows(ONE))
        both.orchestrator.say(kind="refused", id=request["id"], problems=["port 1: taken", "port 2: taken"])
        with pytest.raises(Problem, match="port 1: taken; port 2: taken") as refused:
            await asked
        assert refused.value.status == 409


async def test_no_answer_within_the_deadline_is_said_so() -> None:
    async with channel() as both:
        with pytest.raises(Problem, match="did not answer") as late:
            await both.control.signal("amber", "kill", 0.01)
        assert late.value.status == 504
        request = await both.orchestrator.asked()
        both.orchestrator.say(kind="done", id=request["id"])  # nobody waits for it any more
        both.orchestrator.say(kind="node", name="amber", state="up")
        await eventually(lambda: bool(both.nodes))


async def test_an_orchestrator_that_goes_away_fails_what_waits_and_what_comes() -> None:
    async with channel() as both:
        asked = asyncio.ensure_future(both.control.signal("amber", "kill", 5))
        await both.orchestrator.asked()
        await both.orchestrator.close()
        with pytest.raises(Problem) as gone:
            await asked
        assert gone.value.status == 503
        with pytest.raises(Problem):
            await both.control.shutdown()


async def test_a_line_that_is_no_message_is_passed_over() -> None:
    async with channel() as both:
        for line in (b"nonsense\n", b"[]\n", b'{"kind": "poem"}\n', b"\xff\n", b"\n"):
            both.orchestrator.write(line)
        both.orchestrator.say(kind="node", name="amber", state="up")
        await eventually(lambda: bool(both.nodes))


async def test_a_request_to_end_the_lab_needs_no_answer() -> None:
    async with channel() as both:
        await both.control.shutdown()
        assert await both.orchestrator.asked() == {"kind": "shutdown"}


async def test_only_so_many_requests_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CONTROL_REQUESTS", 1)
    async with channel() as both:
        first = asyncio.ensure_future(both.control.signal("amber", "kill", 5))
        await both.orchestrator.asked()
        with pytest.raises(Problem) as busy:
            await both.control.signal("amber", "kill", 5)
        assert busy.value.status == 429
        both.control.give_up()
        with pytest.raises(Problem):
            await first


async def test_a_large_topology_fits_in_a_line() -> None:
    async with channel() as both:
        both.orchestrator.say(kind="topology", topology=[{"name": "x" * 1_000_000}], version=2)
        await eventually(lambda: bool(both.topologies))

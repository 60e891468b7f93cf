"""The faults that change the network, against a lab that only answers: what is asked of it, and of whom."""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any

import httpx

from topowave.experiments.chaos.breaker import Breaker
from topowave.experiments.chaos.deploys import Deploys
from topowave.experiments.chaos.plan import ChaosFault
from topowave.experiments.chaos.report import ChaosReport
from topowave.experiments.chaos.session import ChaosSession
from topowave.experiments.chaos.target import ChaosNetwork, ChaosTarget, network_in
from topowave.experiments.chaos.wave_load import WaveLoad


class Lab:
    """A network of a root with leaves, and a number of nodes that is wanted."""

    def __init__(self, *leaves: str) -> None:
        self.leaves = list(leaves)
        self.leaving: dict[str, str] = {}
        self.wanted: int | None = None
        self.asked: list[tuple[str, str, Any]] = []
        self.version = 1

    @property
    def network(self) -> ChaosNetwork:
        return network_in(self.status())

    def status(self) -> dict[str, Any]:
        names = ["root", *self.leaves]
        nodes = [
            {"name": name, "state": "up", "pid": number, "cpu": 2} for number, name in enumerate(names, 1)
        ]
        return {
            "version": self.version,
            "nodes": nodes,
            "replicas": [{"name": name, "agent": None} for name in names],
        }

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path, method = request.url.path, request.method
        body = json.loads(request.content) if request.content else None
        if method != "GET":
            self.asked.append((method, path, body))
        if path == "/topology":
            tree = {"name": "root", "children": [{"name": name} for name in self.leaves]}
            return httpx.Response(200, json={"version": self.version, "topology": tree})
        if path == "/deploy":
            self.wanted = body["replicas"] if body else self.wanted
            there = 1 + len(self.leaves)
            counts = {"desired_replicas": self.wanted, "actual_replicas": there, "up": there}
            return httpx.Response(
                200, json=counts | {"phase": "settled", "leaving": self.leaving, "problem": None}
            )
        return httpx.Response(200, json=self.status())


def session_with(lab: Lab, http: httpx.AsyncClient) -> ChaosSession:
    class Quiet:
        def on_progress(self, elapsed_s: float, total_s: float) -> None: ...
        def on_event(self, elapsed_s: float, text: str) -> None: ...
        def on_last_fault(self) -> None: ...

    target = ChaosTarget("", lab.network, 4, 0.1, 5.0, None)
    report = ChaosReport(seed=1, intensity="low", nodes_least=3, nodes_most=3)
    return ChaosSession(http, target, report, Quiet(), asyncio.Event())


def client(lab: Lab) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.MockTransport(lab), base_url="http://lab")


def test_goals_are_said_one_after_the_other_and_in_the_end_as_many_nodes_are_wanted_as_there_were() -> None:
    async def run() -> None:
        lab = Lab("a", "b")
        async with client(lab) as http:
            session = session_with(lab, http)
            deploys = Deploys(session)
            assert await deploys.lead_back()  # nothing was changed
            await deploys.do(ChaosFault(0, "deploy", replicas=(5, 4)))
            assert [body for _, _, body in lab.asked] == [{"replicas": 5}, {"replicas": 4}]
            assert not await deploys.lead_back()  # which says what is wanted
            assert lab.wanted == 3
            assert await deploys.lead_back()
            lab.leaving = {"a": "1 task waits here"}
            assert not await deploys.lead_back()
            assert session.report.faults == {"deploy": 2}

    asyncio.run(run())


def test_a_node_is_added_below_one_that_is_there_and_one_that_joined_is_taken_away() -> None:
    async def run() -> None:
        lab = Lab("a", "b")
        async with client(lab) as http:
            session = session_with(lab, http)
            deploys = Deploys(session)
            await deploys.do(ChaosFault(0, "add", ("b",)))
            await deploys.do(ChaosFault(0, "add", ("gone",)))
            bodies = [body for _, _, body in lab.asked]
            assert bodies == [{"name": "chaos-1", "parent": "b"}, {"name": "chaos-2", "parent": "root"}]
            lab.asked.clear()
            lab.leaves.append("chaos-1")
            lab.version += 1
            await session.read_status()
            await deploys.do(ChaosFault(0, "remove", picks=(0.9,)))
            assert lab.asked == []  # there are to be no fewer than there were
            lab.wanted = 4
            await deploys.do(ChaosFault(0, "remove", picks=(0.9,)))
            assert lab.asked == [("DELETE", "/nodes/chaos-1", None)]
            assert (session.report.networks, session.report.nodes_most) == (2, 4)

    asyncio.run(run())


def test_nodes_that_joined_or_leave_are_killed_and_each_only_so_often() -> None:
    async def run() -> None:
        lab = Lab("a", "b")
        async with client(lab) as http:
            session = session_with(lab, http)
            deploys = Deploys(session)
            fault = ChaosFault(0, "kill newcomers", picks=(0.1, 0.6))
            await deploys.do(fault)
            assert lab.asked == []  # there is none
            lab.leaves.append("new")
            lab.leaving = {"a": "its tasks are being handed over"}
            await session.read_status()
            for _ in range(5):
                await deploys.do(fault)
            killed = [path for _, path, _ in lab.asked]
            assert (killed.count("/nodes/a/kill"), killed.count("/nodes/new/kill")) == (3, 3)

    asyncio.run(run())


def test_who_is_to_be_killed_and_has_left_is_replaced_by_one_that_joined() -> None:
    async def run() -> None:
        lab = Lab("a", "b")
        async with client(lab) as http:
            session = session_with(lab, http)
            lab.leaves = ["b", "new"]
            lab.version += 1
            await session.read_status()
            breaker = Breaker(session, WaveLoad(session, random.Random(1)), Deploys(session))
            await breaker.break_lab([ChaosFault(0, "kill", ("a", "b"))])
            assert [path for _, path, _ in lab.asked] == ["/nodes/new/kill", "/nodes/b/kill"]

    asyncio.run(run())

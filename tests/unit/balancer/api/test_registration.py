"""Somebody else's program joins by a request, is heard by the same one, and is refused in words."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from tests.support.waiting import eventually
from tests.unit.balancer.api.test_scaling import answered, texts
from tests.unit.balancer.lab import bench, told
from tests.unit.balancer.reported_waves import tree
from topowave.wire.observations import Settings

pytestmark = pytest.mark.anyio

MINE: dict[str, Any] = {"name": "mine", "host": "127.0.0.1", "port": 9, "cpu": 3, "parent": "root0"}
MIXED = {"name": "root", "cpu": 4, "children": [{"name": "alien", "launch": False}, {"name": "amber"}]}


async def test_a_program_joins_is_heard_and_leaves() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        asked = asyncio.ensure_future(lab.http.post("/register", json=MINE))
        change, kept = await answered(lab, "change", "keep_goal")
        assert kept["goal"]["joined"] == ["mine"]
        row = next(row for row in change["topology"] if row["name"] == "mine")
        assert (row["launch"], row["host"], row["parent"]) == (False, "127.0.0.1", "root0")
        joined = await asked
        assert (joined.status_code, joined.json()["status"]) == (201, "joined")
        again = await lab.http.post("/register", json=MINE)
        assert (again.status_code, again.json()["status"], again.json()["version"]) == (200, "heard", 2)
        assert (await lab.get("/status"))["actual_replicas"] == 2  # it is none of the lab's own
        leaving = asyncio.ensure_future(lab.http.delete("/nodes/mine"))
        _, kept = await answered(lab, "change", "keep_goal")
        assert kept["goal"]["joined"] == []
        assert (await leaving).json() == {
            "status": "left",
            "name": "mine",
            "reason": None,
            "sentences": {},
        }
        assert "mine has left: somebody else's program" in texts(lab)


async def test_two_that_register_at_once_join_once() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        asked = [asyncio.ensure_future(lab.http.post("/register", json=MINE)) for _ in range(2)]
        await answered(lab, "change", "keep_goal")
        assert {(await each).is_success for each in asked} == {True}
        assert len(lab.balancer.lab.topology.nodes) == 3


@pytest.mark.parametrize(
    ("order", "status", "said"),
    [
        (MINE | {"port": 0}, 422, ["port"]),
        (MINE | {"cpu": 1.5}, 422, ["cpu"]),
        (MINE | {"name": "a/b"}, 422, ["has a meaning in URLs"]),
        (MINE | {"host": "one:two"}, 422, ["expected a host name or an IP address"]),
        ({"name": "mine"}, 422, ["port"]),
        (MINE | {"launch": True}, 422, ["launch"]),
        (
            MINE | {"host": "example.org", "parent": "nobody"},
            409,
            ["example.org is not allowed in this lab", "there is no node 'nobody'"],
        ),
        (MINE | {"parent": "alien"}, 409, ["would not hear of a new neighbour"]),
        (MINE | {"name": "amber"}, 409, ["amber is a node that this lab runs itself"]),
        (MINE | {"name": "alien"}, 409, ["port: 9 is said", "cpu: 3 is said", "DELETE /nodes/alien first"]),
    ],
)
async def test_what_cannot_join_is_refused_with_every_reason(
    order: dict[str, object], status: int, said: list[str]
) -> None:
    async with bench(MIXED, run_nodes=False) as lab:
        refused = await lab.http.post("/register", json=order)
        assert refused.status_code == status, refused.text
        for part in said:
            assert part in refused.json()["detail"]
        assert lab.balancer.lab.version == 1


async def test_a_port_of_the_lab_is_refused_with_its_owner() -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        root = lab.balancer.lab.topology.root.port
        for port, owner in ((root, "node root"), (lab.config.balancer_port, "the balancer")):
            refused = await lab.http.post("/register", json=MINE | {"port": port})
            assert f"port: {port} belongs to {owner}" in refused.json()["detail"]


async def test_one_that_falls_silent_is_told_to_the_nodes_and_comes_back_by_its_next_heartbeat() -> None:
    async with (
        bench(MIXED, run_nodes=False, heartbeat_interval=0.1) as lab,
        lab.connect("/observe") as process,
    ):
        alien = lab.balancer.lab.topology.node("alien")
        mine = {"name": "alien", "port": alien.port, "cpu": alien.cpu}
        asked = asyncio.ensure_future(lab.post("/register", mine))  # it is in topology.json
        await answered(lab, "keep_goal")
        assert (await asked)["status"] == "heard"
        await eventually(lambda: lab.balancer.lab.status["alien"].silent)
        assert any(text.startswith("alien is inactive: not heard for") for text in texts(lab))
        assert lab.balancer.lab.status["alien"].state == "foreign"
        silent = list[str]()
        while silent != ["alien"]:
            silent = msgspec.convert(await told(process), Settings).silent
        refused = await lab.http.post("/tasks", json={"node": "alien", "count": 1})
        assert "it has not been heard for a while" in refused.json()["detail"]
        assert (await lab.post("/register", mine))["status"] == "heard"
        assert not lab.balancer.lab.status["alien"].silent
        while silent:
            silent = msgspec.convert(await told(process), Settings).silent


async def test_a_program_of_others_that_never_registered_is_never_silent() -> None:
    async with bench(MIXED, run_nodes=False, heartbeat_interval=0.1) as lab:
        lab.balancer.lab.set_state("amber", "up", 1, 0, None)
        await eventually(lambda: lab.balancer.lab.status["amber"].silent)
        assert not lab.balancer.lab.status["alien"].silent

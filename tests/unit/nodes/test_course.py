"""Our nodes and the lab course's own programs, each as it is, in one network."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.support.course import CourseBalancer, CourseNode, send, served
from tests.support.ports import free_ports
from tests.support.waiting import eventually
from tests.unit.nodes.lab import Lab, client, names, running_lab, tree
from tests.unit.wire.loop import on_uvloop

INNER: dict[str, Any] = {
    "name": "root",
    "children": [
        {"name": "theirs", "launch": False, "children": [{"name": "below", "children": [{"name": "leaf"}]}]},
        {"name": "ours"},
    ],
}


@asynccontextmanager
async def course_node(lab: Lab, name: str, load: int = 0) -> AsyncGenerator[CourseNode]:
    """Run the course's node at its place in the lab's tree."""
    lab.listeners[name].close()
    spec = lab.topology.node(name)
    children = [lab.port(child) for child in spec.children]
    node = CourseNode(name, spec.port, spec.cpu, children, load)
    async with served(node.app, node.port):
        yield node


@asynccontextmanager
async def course_balancer(lab: Lab) -> AsyncGenerator[CourseBalancer]:
    """Run the course's balancer over the lab's root."""
    balancer = CourseBalancer(free_ports(1)[0], lab.port(lab.topology.root.name))
    async with served(balancer.app, balancer.port):
        yield balancer


@pytest.mark.parametrize(
    "sender",
    [{}, {"sender": ""}, {"sender": None}, {"sender": 7999}, {"sender": "ws://elsewhere.example/ws"}],
    ids=str,
)
@on_uvloop
async def test_a_finn_frame_needs_no_sender(sender: dict[str, Any]) -> None:
    async with running_lab(tree(2), task_time=60) as lab:
        packet: dict[str, Any] = {"route": "finn", "inc": [], "ninc": []}
        assert await lab.tell("root", packet | sender) == []
        await eventually(lambda: lab.tasks() == 3)


@on_uvloop
async def test_a_finn_frame_without_sender_comes_from_the_foreign_parent_or_begins_a_wave_below() -> None:
    async with running_lab(INNER, task_time=60) as lab:
        packet: dict[str, Any] = {"route": "finn", "ninc": [lab.port("theirs")], "inc": [lab.port("theirs")]}
        await lab.tell("below", packet)
        await eventually(lambda: lab.tasks() == 2)
        await lab.tell("leaf", packet | {"inc": [], "ninc": []})
        await eventually(lambda: lab.tasks() == 3)


@on_uvloop
async def test_specs_say_the_ports_of_the_children_and_beside_them_their_names() -> None:
    async with running_lab(tree(2)) as lab, client() as http:
        found = (await http.get(lab.url("root", "/specs"))).json()
        ports = [lab.port("root0"), lab.port("root1")]
        assert found["children"] == ports
        assert found["child_nodes"] == [
            {"name": "root0", "port": ports[0]},
            {"name": "root1", "port": ports[1]},
        ]


@on_uvloop
async def test_the_course_balancer_works_with_our_nodes() -> None:
    leaf = {"name": "root00", "cpu": 4}
    four = {"name": "root", "cpu": 4, "children": [{"name": "root0", "cpu": 4, "children": [leaf]}]}
    async with running_lab(four, task_time=60) as lab, course_balancer(lab) as balancer:
        await balancer.finn()
        await eventually(lambda: lab.tasks() == 3)
        async with client() as http:
            await http.get(lab.url("root00", "/add_task?count=9"))
            disbalance = await http.get(f"http://127.0.0.1:{balancer.port}/avg-disbalance")
            assert disbalance.json() == {"load": 1}
        for number in (1, 2):
            await balancer.round()
            await eventually(lambda number=number: len(balancer.answers) == number)  # type: ignore[misc]
        assert [answer["status"] for answer in balancer.answers] == ["ok", "ok"]
        assert all(names(frame["payload"]) == sorted(lab.nodes) for frame in balancer.trees)
        assert lab.node("root00").queue.load == 8


@on_uvloop
async def test_a_course_node_between_ours_takes_part_in_waves_of_both_kinds() -> None:
    async with running_lab(INNER, task_time=60) as lab, course_node(lab, "theirs") as theirs:
        for number in range(3):
            await lab.tell("root", lab.request(f"w-{number}"))
            assert names(await lab.brought(f"w-{number}")) == ["below", "leaf", "ours", "root", "theirs"]
        await lab.tell("root", lab.request("f-1", "finn"))
        await eventually(lambda: (lab.tasks(), theirs.load) == (4, 1))


@on_uvloop
async def test_who_asks_without_a_wave_is_answered_on_a_connection_of_its_own_each_time() -> None:
    async with running_lab(tree(1)) as lab, course_balancer(lab) as balancer:
        for number in range(1, 4):
            await send(lab.ws("root"), {"route": "echo", "sender": balancer.url, "purpose": ""})
            await eventually(lambda number=number: len(balancer.trees) == number)  # type: ignore[misc]


@on_uvloop
async def test_tasks_go_to_a_course_node_and_come_from_it() -> None:
    async with (
        running_lab(INNER, task_time=60) as lab,
        course_node(lab, "theirs", load=3) as theirs,
        client() as http,
    ):
        await http.get(lab.url("root", "/add_task?count=9"))
        there = await http.post(lab.url("root", f"/rebalance?target={theirs.port}&count=4"))
        assert there.json() == {"status": "ok", "moved": 4}
        assert (lab.node("root").queue.load, theirs.load, theirs.asked) == (5, 7, ["GET"] * 4)
        back = await http.post(lab.url("theirs", f"/rebalance?target={lab.port('ours')}"))
        assert (back.json(), theirs.load, lab.node("ours").queue.load) == ({"status": "ok"}, 6, 1)
        assert lab.task_counts().conserved

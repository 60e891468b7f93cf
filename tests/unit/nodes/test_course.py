"""Our nodes and the lab course's own programs, each as it is, in one network."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.support.course import CourseBalancer, CourseNode, served
from tests.support.ports import free_ports
from tests.support.waiting import eventually
from tests.unit.nodes.lab import Lab, client, running_lab, tree
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

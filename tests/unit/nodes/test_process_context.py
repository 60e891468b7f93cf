"""Nodes of one process report over one link."""

from __future__ import annotations

from typing import Any

from tests.support.waiting import eventually
from tests.unit.wire.loop import on_uvloop
from tests.unit.wire.peers import Listener, listening
from topowave.nodes.process_context import process_context
from topowave.topology import LabConfig, Topology
from topowave.wire.observations import Load, decode_report

TREE: dict[str, Any] = {
    "name": "a",
    "port": 8001,
    "cpu": 1,
    "children": [{"name": "b", "port": 8002, "cpu": 1}],
}


def empty(node: str) -> Load:
    return Load(node=node, queued=0, running=0, moving=0, done=0, submitted=0)


def told(balancer: Listener) -> set[str]:
    return {load.node for text in balancer.heard for load in decode_report(text).loads}


@on_uvloop
async def test_the_loads_of_all_nodes_come_over_one_link() -> None:
    async with listening() as balancer:
        config = LabConfig(balancer_port=balancer.port, page_port=3)
        async with process_context(Topology.from_json(TREE), config) as context:
            context.reporter.add_source("a", lambda: empty("a"))
            context.reporter.add_source("b", lambda: empty("b"))
            await eventually(lambda: told(balancer) == {"a", "b"})
            assert balancer.opened == 1

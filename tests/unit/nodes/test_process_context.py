"""Nodes of one process report over one link."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from tests.support.waiting import eventually
from tests.unit.wire.loop import on_uvloop
from tests.unit.wire.peers import Listener, listening
from topowave.algorithms.waves.echo import Echo
from topowave.nodes.lab_clock import LAB_CLOCK
from topowave.nodes.process_context import process_context
from topowave.nodes.waves.wave import now_ms
from topowave.topology import LabConfig, Topology
from topowave.wire.frames import encode_frame
from topowave.wire.observations import Clock, Deliver, Load, Settings, decode_report

TREE: dict[str, Any] = {
    "name": "a",
    "port": 8001,
    "cpu": 1,
    "children": [{"name": "b", "port": 8002, "cpu": 1}],
}


def empty(node: str) -> Load:
    return Load(node=node, assigned=0, running=0, moving=0, completed=0, submitted=0)


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


@on_uvloop
async def test_all_nodes_of_a_process_take_new_settings_before_it_says_so() -> None:
    async with listening() as balancer:
        config = LabConfig(balancer_port=balancer.port, page_port=3)
        async with process_context(Topology.from_json(TREE), config) as context:
            taken: list[float] = []
            for _ in "ab":
                context.follow(lambda now: taken.append(now.link_delay))
            await eventually(lambda: bool(balancer.heard))
            for text in (b"nonsense", encode_frame(Settings(7, {"page_port": 3.0}))):
                await balancer.say(text.decode())
            await balancer.say(encode_frame(Settings(8, {"link_delay": 300.0, "wave_timeout": 2.0})).decode())
            await eventually(lambda: decode_report(balancer.heard[-1]).settings == 8)
            assert taken == [0, 0, 300, 300]
            assert context.config == config.model_copy(update={"link_delay": 300.0, "wave_timeout": 2.0})
            assert context.wave_limit(Echo) == 2 + 0.3 * 3  # 2N-1
            context.follow(lambda now: taken.append(now.link_delay))  # one that begins later has them, too
            assert taken[-1] == 300


class Member:
    """A node that notes what it is told."""

    def __init__(self) -> None:
        self.networks: list[Topology] = []
        self.silent: list[set[str]] = []
        self.delivered: list[Deliver] = []
        self.left = 0

    def adopt(self, topology: Topology) -> None:
        self.networks.append(topology)

    def neighbors_silent(self, names: Collection[str]) -> None:
        self.silent.append(set(names))

    def deliver(self, order: Deliver) -> None:
        self.delivered.append(order)

    def leave(self) -> None:
        self.left += 1


@on_uvloop
async def test_a_node_that_is_made_while_another_network_follows_goes_on_in_that_one_or_leaves() -> None:
    async with listening() as balancer:
        config = LabConfig(balancer_port=balancer.port, page_port=3)
        async with process_context(Topology.from_json(TREE), config) as context:
            early, late, gone = Member(), Member(), Member()
            context.join("a", early)
            alone = Topology.from_json(TREE | {"children": list[Any]()})
            context.adopt(alone, 2)
            context.join("a", late)
            context.join("b", gone)
            assert (early.networks, late.networks, gone.left) == ([alone], [alone], 1)
            context.adopt(Topology.from_json(TREE), 3)
            assert (len(late.networks), gone.networks) == (2, [])


@on_uvloop
async def test_an_order_to_deliver_reaches_the_node_that_it_names_or_all() -> None:
    async with listening() as balancer:
        config = LabConfig(balancer_port=balancer.port, page_port=3)
        async with process_context(Topology.from_json(TREE), config) as context:
            first, second = Member(), Member()
            context.join("a", first)
            context.join("b", second)
            await eventually(lambda: bool(balancer.heard))
            orders = [
                Deliver("w", node="b", messages=[1]),
                Deliver("w", node="c"),
                Deliver("w", release=True),
            ]
            for order in orders:
                await balancer.say(encode_frame(order).decode())
            await eventually(lambda: bool(first.delivered))
            assert first.delivered == [orders[2]]
            assert second.delivered == [orders[0], orders[2]]


@on_uvloop
async def test_nodes_hear_which_programs_of_others_are_silent_when_that_changes() -> None:
    async with listening() as balancer:
        config = LabConfig(balancer_port=balancer.port, page_port=3)
        async with process_context(Topology.from_json(TREE), config) as context:
            member = Member()
            context.join("a", member)
            await eventually(lambda: bool(balancer.heard))
            for number, silent in enumerate((["mine"], ["mine"], list[str]()), start=1):
                await balancer.say(encode_frame(Settings(number, {}, silent=silent)).decode())
            await eventually(lambda: decode_report(balancer.heard[-1]).settings == 3)
            assert member.silent == [{"mine"}, set()]


@on_uvloop
async def test_waves_expire_by_the_clock_of_the_lab_which_a_process_elsewhere_is_told() -> None:
    async with listening() as balancer:
        config = LabConfig(balancer_port=balancer.port, page_port=3)
        async with process_context(Topology.from_json(TREE), config):
            await eventually(lambda: bool(balancer.heard))
            before_ms = now_ms()
            try:
                await balancer.say(encode_frame(Clock(3_600_000_000)).decode())
                await eventually(lambda: now_ms() >= before_ms + 3_600_000)
            finally:
                LAB_CLOCK.ahead_us = 0

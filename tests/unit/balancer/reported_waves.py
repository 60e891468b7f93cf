"""Waves without servers: what the nodes would report of a run, for tests of those who listen."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from typing import Any

from topowave.algorithms import Algorithm
from topowave.runtime.network import network_of
from topowave.topology import Topology
from topowave.wire.observations import Event, EventKind, Events


def tree(*levels: int, name: str = "root") -> dict[str, Any]:
    """Return a nested tree whose nodes have `levels[0]` children, those `levels[1]`, and so on."""
    children = [tree(*levels[1:], name=f"{name}{i}") for i in range(levels[0])] if levels else []
    return {"name": name, "children": children}


def topology(nested: dict[str, Any], first_port: int = 8000) -> Topology:
    """Return the topology of a nested tree of names; ports and cores are filled in."""
    ports = iter(range(first_port, 65536))

    def full(node: dict[str, Any]) -> dict[str, Any]:
        own = {"port": next(ports), "cpu": 2} | node
        return own | {"children": [full(child) for child in node.get("children", [])]}

    return Topology.from_json(full(nested))


class _Run:
    """One wave on its way: instances, messages in flight, and what was reported."""

    def __init__(
        self, network: Topology, algorithm: type[Algorithm], wave: str, silent: Collection[str]
    ) -> None:
        self.topology = network
        self.wave = wave
        self.algorithm = algorithm
        self.silent = silent
        self.flying = deque[tuple[int, int, object, str]]()
        self.reports: list[Events] = []
        self.now_us = 1_000_000
        self.sent = [0] * len(network.nodes)
        view = network_of(network, algorithm.view)
        self.instances = [
            algorithm(
                i,
                view.neighbors(i),
                in_neighbors=view.into[i],
                out_neighbors=view.out[i],
                input={"name": node.name, "port": node.port, "cpu": node.cpu, "load": 0},
            )
            for i, node in enumerate(network.nodes)
        ]

    def name(self, node: int) -> str:
        return self.topology.nodes[node].name

    def handle(self, node: int, first: EventKind, message: object = None, sender: int | None = None) -> None:
        """Let a node handle its start or a message, and report it with all that follows."""
        if self.name(node) in self.silent:
            return
        instance = self.instances[node]
        events: list[Event] = []
        if sender is None:
            events.append(self._event(first))
            instance.on_start()
        else:
            events.append(self._event(first, self.name(sender), str(message)))
            instance.on_message(sender, self._body)
        for effect in instance.effects:
            if effect[0] == "send":
                self.sent[node] += 1
                number = f"{self.name(node)}:{self.sent[node]}"
                self.flying.append((node, effect[1], effect[2], number))
                events.append(self._event("send", self.name(effect[1]), number))
            elif effect[0] == "decide":
                events.append(self._event("decide"))
        instance.effects.clear()
        foreign = not self.topology.nodes[node].launch
        if not foreign:
            self.reports.append(Events(self.name(node), self.wave, self.algorithm.name, events))

    def deliver(self) -> None:
        """Deliver the oldest message."""
        sender, to, self._body, number = self.flying.popleft()
        self.handle(to, "receive", number, sender)

    def _event(self, event: EventKind, peer: str | None = None, number: str | None = None) -> Event:
        self.now_us += 10
        return Event(self.now_us, event, peer, number, "wave" if peer else None, 80 if peer else 0)


def reports_of(
    network: Topology,
    algorithm: type[Algorithm],
    initiators: Sequence[str] = ("root",),
    *,
    wave: str = "root-1",
    silent: Collection[str] = (),
) -> list[Events]:
    """Return what the nodes report of a wave, one report a handler; the `silent` never answer."""
    run = _Run(network, algorithm, wave, silent)
    for name in initiators:
        run.handle(network.index(name), "start")
    while run.flying:
        run.deliver()
    return run.reports


def payload(network: Topology, without: Collection[str] = (), load: int = 0) -> dict[str, Any]:
    """Return the tree that an echo wave over the topology's own tree brings back."""

    def report(name: str) -> dict[str, Any]:
        node = network.node(name)
        below = [report(child) for child in node.children if child not in without]
        return {"name": name, "port": node.port, "cpu": node.cpu, "load": load, "children": below}

    return report(network.root.name)

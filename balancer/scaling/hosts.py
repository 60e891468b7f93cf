"""The agents that are alive, as places for nodes: which nodes need one, and who gets which. Pure.

A node needs another place where its agent is gone, or where it has none in a lab whose nodes run on agents
only. It stays what it is: our own program goes where that is run, a workload to an agent with one; a new node
goes to any. The agent with the fewest nodes comes first, of equal ones the one that came first.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from topowave.topology import Node, Topology
from topowave.topology.limits import MAX_PORT
from topowave.topology.node import Place
from topowave.translation import text


@dataclass(frozen=True, slots=True)
class Host:
    """An agent that is alive.

    Attributes:
        agent: its name.
        host: where its nodes are reached.
        port: the first port that they get.
        nodes: how many of them there are.
        launch: whether it runs our own program, and not a workload.
        taken: ports of its host that other programs have.
    """

    agent: str
    host: str
    port: int
    nodes: int = 0
    launch: bool = True
    taken: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Hosts:
    """Where nodes may run now.

    Attributes:
        alive: the agents that are.
        gone: the agents of nodes on which nothing runs any more, and what is with each: "is silent".
        here: whether nodes may run on the lab's own machine.
        waiting: why no node is given to an agent yet; None where nothing is waited for.
    """

    alive: tuple[Host, ...] = ()
    gone: Mapping[str, str] = field(default_factory=dict[str, str])
    here: bool = True
    waiting: str | None = None

    def astray(self, topology: Topology) -> list[Node]:
        """Return the nodes that need another place."""
        if self.here and not self.gone:
            return []
        return [
            node
            for node in topology.nodes
            if (node.agent is None and node.launch and not self.here) or node.agent in self.gone
        ]

    def takes(self, node: Node) -> bool:
        """Return whether there is a place for a node that needs one."""
        if self.waiting is not None:
            return False
        return (self.here and node.launch) or any(host.launch == node.launch for host in self.alive)

    def only(self, agent: str) -> Hosts:
        """Return them as if there were no other place than this agent."""
        return Hosts(tuple(host for host in self.alive if host.agent == agent), here=False)

    def why_not(self, nodes: Sequence[Node]) -> str:
        """Return why nodes that need another place get none."""
        if self.waiting is not None:
            return self.waiting
        if not self.alive:
            return text("no agent is alive")
        if not nodes:
            return text("no agent that is alive has a free port")
        if any(node.launch for node in nodes):
            return text("no agent is alive that runs nodes")
        return text("no agent is alive that runs a workload")

    def places(
        self, kinds: Sequence[bool | None], ports: Collection[int], own: Sequence[int] = ()
    ) -> list[Place | None]:
        """Return where nodes go: to the agents with the fewest, and nodes that follow each other to the same.

        So most links of a part of the tree stay within an agent, and within its process where that is one.

        Args:
            kinds: of each, in the order of the tree, whether it is our own program; None for one that may be
                a workload as well.
            ports: those of the network and of the lab itself.
            own: the port of each that has one and moves; it keeps that where its agent can give it.

        Returns:
            None for those that no agent takes.
        """
        given = set(ports)
        free = [_free_ports(host, given) for host in self.alive]
        found: list[Place | None] = []
        for number, order in enumerate(self._in_runs(kinds, self._chosen(kinds, ports))):
            if order is None:
                found.append(None)
                continue
            host = self.alive[order]
            port = own[number] if own else None
            if port is None or port < host.port or port in host.taken:
                port = next(free[order], None)
            if port is not None:
                given.add(port)
            found.append(None if port is None else Place(host.agent, host.host, port, host.launch))
        return found

    def _chosen(self, kinds: Sequence[bool | None], ports: Collection[int]) -> list[int | None]:
        """Return which agent takes each node, always the one with the fewest that has a port left."""
        given = set(ports)
        free = [_free_ports(host, given) for host in self.alive]
        nodes = [host.nodes for host in self.alive]
        heaps = {
            kind: [
                (nodes[order], order) for order, host in enumerate(self.alive) if kind in (None, host.launch)
            ]
            for kind in set(kinds)
        }
        for heap in heaps.values():
            heapq.heapify(heap)
        chosen: list[int | None] = []
        for kind in kinds:
            heap, taker = heaps[kind], None
            while heap and taker is None:
                count, order = heapq.heappop(heap)
                if count != nodes[order]:  # it has got nodes of another kind since
                    heapq.heappush(heap, (nodes[order], order))
                    continue
                port = next(free[order], None)
                if port is None:
                    continue
                given.add(port)
                nodes[order] += 1
                heapq.heappush(heap, (nodes[order], order))
                taker = order
            chosen.append(taker)
        return chosen

    def _in_runs(self, kinds: Sequence[bool | None], chosen: Sequence[int | None]) -> list[int | None]:
        """Give each agent as many nodes of each kind as it has, but such as follow each other."""
        first = {order: number for number, order in enumerate(dict.fromkeys(chosen))}
        runs = list(chosen)
        for kind in set(kinds):
            numbers = [at for at, each in enumerate(kinds) if each == kind and chosen[at] is not None]
            orders = sorted((chosen[at] for at in numbers), key=lambda order: first[order])
            for at, order in zip(numbers, orders, strict=True):
                runs[at] = order
        return runs


def _free_ports(host: Host, given: Collection[int]) -> Iterator[int]:
    """Go through the ports of an agent that nobody has; what is given meanwhile is not among the rest."""
    for port in range(host.port, MAX_PORT + 1):
        if port not in given and port not in host.taken:
            yield port

"""The network as an algorithm sees it: numbered nodes and directed arcs, nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property


class Network:
    """A directed graph over the nodes 0 to N-1; a link that works both ways is two arcs.

    Args:
        out: `out[p]` are the nodes that p can send to, in p's order.
        into: `into[p]` are the nodes that p can hear from; by default derived from `out`.
        names: what people call the nodes; only the sentences of refusals use it.
        fifo: whether every link keeps its messages in order. The runtime says so; by default it does not.
    """

    def __init__(
        self,
        out: Sequence[Sequence[int]],
        into: Sequence[Sequence[int]] | None = None,
        *,
        names: Sequence[str] | None = None,
        fifo: bool = False,
    ) -> None:
        self.out = out
        self.into = _reverse(out) if into is None else into
        self.names = names
        self.fifo = fifo

    @classmethod
    def from_links(
        cls,
        nodes: int,
        links: Iterable[tuple[int, int]],
        *,
        names: Sequence[str] | None = None,
        fifo: bool = False,
    ) -> Network:
        """Return the network of `nodes` nodes whose undirected links are `links`."""
        neighbors: list[list[int]] = [[] for _ in range(nodes)]
        for a, b in links:
            neighbors[a].append(b)
            neighbors[b].append(a)
        return cls(neighbors, neighbors, names=names, fifo=fifo)

    @classmethod
    def from_arcs(
        cls,
        nodes: int,
        arcs: Iterable[tuple[int, int]],
        *,
        names: Sequence[str] | None = None,
        fifo: bool = False,
    ) -> Network:
        """Return the network of `nodes` nodes whose directed arcs are `arcs`."""
        out: list[list[int]] = [[] for _ in range(nodes)]
        for a, b in arcs:
            out[a].append(b)
        return cls(out, names=names, fifo=fifo)

    def name(self, node: int) -> str:
        """Return what people call `node`: its name, or `node` and its number."""
        return f"node {node}" if self.names is None else self.names[node]

    @property
    def nodes(self) -> int:
        """Number of nodes, N."""
        return len(self.out)

    @cached_property
    def arcs(self) -> int:
        """Number of directed arcs, |A|."""
        return sum(map(len, self.out))

    @property
    def links(self) -> int:
        """Number of links, |E|, where each works both ways: half the arcs."""
        return self.arcs // 2

    def neighbors(self, node: int) -> Sequence[int]:
        """Return the nodes joined to `node` in either direction, each once."""
        if self.out is self.into:
            return self.out[node]
        return tuple(dict.fromkeys((*self.into[node], *self.out[node])))

    @cached_property
    def undirected(self) -> bool:
        """Whether every arc has its opposite."""
        if self.out is self.into:
            return True
        return all(set(out) == set(into) for out, into in zip(self.out, self.into, strict=True))

    def distances(self, start: int, *, backwards: bool = False) -> list[int]:
        """Return the hops from `start` to each node (to `start`, if backwards); -1 where there is no way."""
        arcs = self.into if backwards else self.out
        distance = [-1] * self.nodes
        distance[start] = 0
        frontier = [start]
        while frontier:
            reached: list[int] = []
            for node in frontier:
                step = distance[node] + 1
                for neighbor in arcs[node]:
                    if distance[neighbor] < 0:
                        distance[neighbor] = step
                        reached.append(neighbor)
            frontier = reached
        return distance

    def unreached(self, start: int, *, backwards: bool = False) -> list[int]:
        """Return the nodes that no path joins to `start`."""
        return [node for node, hops in enumerate(self.distances(start, backwards=backwards)) if hops < 0]

    @cached_property
    def strongly_connected(self) -> bool:
        """Whether there is a path from every node to every other."""
        if not self.nodes or self.unreached(0):
            return False
        return self.undirected or not self.unreached(0, backwards=True)

    @cached_property
    def diameter(self) -> int:
        """The longest of all shortest paths, in hops; -1 if not strongly connected.

        By N searches, or by 2 in a tree, where a node farthest from any other is an end of a longest path.
        """
        if not self.strongly_connected:
            return -1
        if self.undirected and self.links == self.nodes - 1:
            hops = self.distances(0)
            return max(self.distances(hops.index(max(hops))))
        return max(max(self.distances(node)) for node in range(self.nodes))

    @cached_property
    def ring(self) -> tuple[int, ...]:
        """All nodes in the order of the ring, from node 0 to its first out-neighbour; empty if it is no ring.

        A ring is one cycle through all nodes, directed or of links that work both ways, and has at least 2
        nodes; 2 nodes joined by a link are a ring.
        """
        degree = 2 if self.undirected and self.nodes > 2 else 1
        if self.nodes < 2 or any(len(out) != degree for out in self.out):
            return ()
        order = [0]
        while (onward := _other(self.out[order[-1]], order[-2:-1])) != 0:
            if len(order) == self.nodes:
                return ()
            order.append(onward)
        return tuple(order) if len(order) == self.nodes else ()

    @cached_property
    def place(self) -> dict[int, int]:
        """The index of each node in `ring`."""
        return {node: index for index, node in enumerate(self.ring)}


def _other(neighbors: Sequence[int], previous: Sequence[int]) -> int:
    """Return the neighbour to go on to, which is not the one come from unless there is no other."""
    return next((node for node in neighbors if node not in previous), neighbors[0])


def _reverse(out: Sequence[Sequence[int]]) -> list[list[int]]:
    into: list[list[int]] = [[] for _ in out]
    for node, targets in enumerate(out):
        for target in targets:
            into[target].append(node)
    return into

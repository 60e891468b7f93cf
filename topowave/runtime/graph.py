"""The network of a run: flat rows of neighbours, names, and where it came from."""

from __future__ import annotations

import os
import re
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias, overload

import networkx as nx

from topowave.algorithms import Network, View
from topowave.runtime.network import network_of_rows
from topowave.topology import SHAPES, Problems, Topology, generate
from topowave.topology.adjacency import adjacency
from topowave.topology.formats.node_names import repaired_name
from topowave.topology.generators.flat_shapes import rows_of_lists
from topowave.topology.generators.shape import LARGEST, Rows, Shape
from topowave.topology.limits import MAX_NODES
from topowave.topology.network_files import import_network
from topowave.topology.portable_random import PortableRandom
from topowave.translation import text as sentence

_NUMBER = re.compile("[0-9]{1,18}")


class RowView(Sequence[Sequence[int]]):
    """Flat rows, read as a sequence of tuples that are made when they are asked for."""

    def __init__(self, rows: Rows) -> None:
        self.start, self.targets = rows

    def __len__(self) -> int:
        return len(self.start) - 1

    @overload
    def __getitem__(self, index: int) -> Sequence[int]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Sequence[int]]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return [self[node] for node in range(*index.indices(len(self)))]
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(index)
        return tuple(self.targets[self.start[index] : self.start[index + 1]])

    def __iter__(self) -> Iterator[Sequence[int]]:
        start, targets = self.start, self.targets
        for node in range(len(self)):
            yield tuple(targets[start[node] : start[node + 1]])


class Numbered(Sequence[str]):
    """The names of a large network's nodes: `root`, `n1`, `n2`, ..."""

    def __init__(self, nodes: int) -> None:
        self._nodes = nodes

    def __len__(self) -> int:
        return self._nodes

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return [self[node] for node in range(*index.indices(self._nodes))]
        if not -self._nodes <= index < self._nodes:
            raise IndexError(index)
        index %= self._nodes
        return f"n{index}" if index else "root"

    def index(self, value: object, start: int = 0, stop: int | None = None) -> int:
        """Return the number of the node called `value`. Raises ValueError."""
        text = str(value)
        number = 0 if text == "root" else int(text[1:]) if text[:1] == "n" and text[1:].isdecimal() else -1
        if not start <= number < (self._nodes if stop is None else stop) or self[number] != text:
            raise ValueError(sentence("{value} is not a name", value=repr(value)))
        return number


class Reordered(Sequence[str]):
    """Names in another order: name `order[i]` of `names` comes at place i."""

    def __init__(self, names: Sequence[str], order: Sequence[int]) -> None:
        self._names = names
        self._order = order

    def __len__(self) -> int:
        return len(self._order)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return [self._names[node] for node in self._order[index]]
        return self._names[self._order[index]]


class Graph:
    """The network of a run.

    Args:
        rows: the neighbours of each node over links that work both ways, in the node's order.
        names: of the nodes, by number.
        title: what people call it: a file's name or SHAPE:N:SEED.
        topology: what it was made of, where it was.
        children: of each node in its tree, where it has one but no topology.
        into: the nodes that each node can hear from, where not all links work both ways; `rows` are then
            those that it can send to.
    """

    def __init__(
        self,
        rows: Rows,
        names: Sequence[str],
        title: str,
        topology: Topology | None = None,
        children: Sequence[Sequence[int]] | None = None,
        into: Sequence[Sequence[int]] | None = None,
    ) -> None:
        self.start, self.targets = rows
        self.rows = RowView(rows)
        self.notes: tuple[str, ...] = ()
        """What was changed about the network of a file, a sentence each."""
        self._into = into
        self.names = names
        self.title = title
        self.topology = topology
        self._children = children
        self.before: Graph | None = None
        """The network with the numbers that it has by itself, where a run asked for others."""
        self.numbers: Sequence[int] = range(self.nodes)
        """The number of each node, in the order that the network has by itself."""

    @classmethod
    def of(cls, network: AnyNetwork) -> Graph:
        """Return the graph of any network. Raises Problems."""
        if isinstance(network, Graph):
            return network
        if isinstance(network, nx.Graph):
            return cls.from_networkx(network)
        if isinstance(network, Topology):
            return cls.from_topology(network)
        if isinstance(network, Network):
            return cls.from_network(network)
        return read_graph(str(network))

    @classmethod
    def from_topology(cls, topology: Topology, title: str = "") -> Graph:
        """Return the graph of a topology; nodes are numbered as `Topology.numbering` says."""
        rows = rows_of_lists(adjacency(topology, "links"))
        return cls(rows, topology.numbering, title or topology.root.name, topology)

    @classmethod
    def from_network(
        cls,
        network: Network,
        title: str = "network",
        children: Sequence[Sequence[int]] | None = None,
    ) -> Graph:
        """Return the graph of a network."""
        names = network.names or [str(node) for node in range(network.nodes)]
        into = None if network.undirected else network.into
        return cls(rows_of_lists(network.out), names, title, children=children, into=into)

    @classmethod
    def from_networkx(cls, graph: nx.Graph[Any]) -> Graph:
        """Return the graph of one of networkx.

        Nodes are numbered in its order and called as they are written. Links between the same nodes are
        one, and those from a node to itself are none. Links of a directed graph work in their direction.

        Raises:
            Problems: it has no nodes, or two that are written alike.
        """
        title = str(graph.name) or type(graph).__name__
        numbers = {key: number for number, key in enumerate(graph)}
        names = [name if name.isprintable() else repaired_name(name) for name in map(str, numbers)]
        if not names:
            raise Problems([sentence("{title}: the network has no nodes", title=title)])
        if len(set(names)) < len(names):
            twice = next(name for name, count in Counter(names).items() if count > 1)
            raise Problems(
                [
                    sentence(
                        "{title}: two nodes are written {twice}; expected names of their own",
                        title=title,
                        twice=repr(twice),
                    )
                ]
            )
        rows = [
            list(dict.fromkeys(numbers[other] for other in graph[key] if other != key)) for key in numbers
        ]
        return cls.from_network(Network(rows, None if graph.is_directed() else rows, names=names), title)

    def renumbered(self, numbers: Sequence[int], how: str) -> Graph:
        """Return the same network with other numbers. A ring keeps its direction.

        Args:
            numbers: the new number of each node: those from 0 to N-1, each once.
            how: what people call this order.
        """
        if self.before is not None:
            return self.before.renumbered([numbers[number] for number in self.numbers], how)
        order = array("i", bytes(4 * self.nodes))
        for node, number in enumerate(numbers):
            order[number] = node

        def moved(rows: Sequence[Sequence[int]]) -> Iterator[list[int]]:
            return ([numbers[other] for other in rows[node]] for node in order)

        made = Graph(
            rows_of_lists(self._onward(order[0], numbers, moved(self.rows))),
            Reordered(self.names, order),
            f"{self.title}, ids {how}",
            self.topology,
            into=None if self._into is None else [*moved(self._into)],
        )
        made.before, made.numbers, made.notes = self, numbers, self.notes
        return made

    def _onward(self, first: int, numbers: Sequence[int], rows: Iterator[list[int]]) -> Iterator[list[int]]:
        """Yield the rows, but of a ring's node 0, now `first`, the successor first: it says the direction."""
        ring = self.network("links").ring if self.undirected else ()
        row = next(rows)
        if ring:
            row.sort(key=numbers[ring[(ring.index(first) + 1) % len(ring)]].__ne__)
        yield row
        yield from rows

    @property
    def root(self) -> int:
        """The number of the root."""
        return self.numbers[0]

    @property
    def undirected(self) -> bool:
        """Whether every link works both ways."""
        return self._into is None

    @property
    def into(self) -> Sequence[Sequence[int]]:
        """The nodes that each node can hear from."""
        return self.rows if self._into is None else self._into

    def joined(self, a: int, b: int) -> bool:
        """Whether there is a link between two nodes, in either direction."""
        return b in self.rows[a] or (self._into is not None and b in self._into[a])

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return len(self.start) - 1

    @property
    def arcs(self) -> int:
        """Number of arcs: two for every link that works both ways."""
        return len(self.targets)

    @cached_property
    def links(self) -> int:
        """Number of links; two arcs between the same nodes are one."""
        if self._into is None:
            return len(self.targets) // 2
        return len({(min(a, b), max(a, b)) for a, row in enumerate(self.rows) for b in row})

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.names)}

    def number(self, name: str) -> int:
        """Return the number of the node called `name`. Raises Problems if there is none."""
        if self.before is not None:
            return self.numbers[self.before.number(name)]
        try:
            if isinstance(self.names, Numbered):
                return self.names.index(name)
            return self._numbers[name]
        except (KeyError, ValueError):
            raise Problems(
                [sentence("{title}: there is no node {name}", title=self.title, name=repr(name))]
            ) from None

    def arc(self, sender: int, to: int) -> int:
        """Return the number of the arc from `sender` to `to`. Raises ValueError if they are not joined."""
        first = self.start[sender]
        return self.targets.index(to, first, self.start[sender + 1])

    def network(self, view: View, *, fifo: bool = False) -> Network:
        """Return the network as an algorithm with that view sees it."""
        rows = self.rows if view == "links" else self._tree()
        return network_of_rows(rows, self.names, view, fifo=fifo, into=self._into)

    def _tree(self) -> Sequence[Sequence[int]]:
        """Return the children of each node."""
        if self.before is not None:
            tree = self.before._tree()
            return [[self.numbers[child] for child in tree[self.before.number(name)]] for name in self.names]
        if self._children is not None:
            return self._children
        if not self.undirected:
            return self.rows  # the arcs lead from parents to children, or it is no tree
        return adjacency(self.topology, "tree") if self.topology is not None else self._spanning_tree()

    def _spanning_tree(self) -> list[list[int]]:
        """Return the children of each node in the breadth-first tree below node 0."""
        children: list[list[int]] = [[] for _ in range(self.nodes)]
        reached = bytearray(self.nodes)
        reached[0] = 1
        order = array("i", [0])
        for node in order:
            for other in self.rows[node]:
                if not reached[other]:
                    reached[other] = 1
                    children[node].append(other)
                    order.append(other)
        return children


AnyNetwork: TypeAlias = "Graph | Topology | Network | nx.Graph[Any] | str | Path"
"""A topology, a file, SHAPE:N[:SEED], a bare network, or a graph of networkx."""


def read_graph(text: str, *, largest: bool = False) -> Graph:
    """Return the network that `text` names: a file, or SHAPE:N[:SEED], the seed being 0 by default.

    Args:
        text: the file, or the shape.
        largest: of a file's network in pieces take the largest.

    Raises:
        Problems: neither is meant, or it cannot be had.
    """
    name, colon, _ = text.partition(":")
    if colon and name in SHAPES:
        return shape_graph(text)
    is_there = os.path.exists(text)  # noqa: PTH110 - Path's raises where a name is too long
    if is_there or not (colon or text in SHAPES):
        imported = import_network(text, largest=largest)
        graph = Graph.from_topology(imported.topology, Path(text).name)
        graph.notes = imported.network_notes
        return graph
    raise Problems(
        [
            sentence(
                "--topology: {given} is neither a file nor SHAPE:N[:SEED]; {shapes}",
                given=repr(text),
                shapes=_shapes(),
            )
        ]
    )


def shape_graph(text: str) -> Graph:
    """Return the network that `SHAPE:N[:SEED]` names, the seed being 0 by default. Raises Problems."""
    name, _, rest = text.partition(":")
    shape = SHAPES.get(name)
    numbers = rest.split(":")
    if not shape or len(numbers) > 2 or not all(map(_NUMBER.fullmatch, numbers)):
        raise Problems(
            [
                sentence(
                    "--topology: {given} is not SHAPE:N[:SEED] with whole numbers N and SEED",
                    given=repr(text),
                )
            ]
        )
    nodes, seed = int(numbers[0]), int(numbers[1]) if len(numbers) == 2 else 0
    if nodes < shape.flat_from:
        try:
            return Graph.from_topology(generate(name, nodes=nodes, seed=seed), text)
        except Problems as refusal:
            raise Problems([f"--topology: {problem}" for problem in refusal.problems]) from None
    return _large(text, shape, nodes, seed)


def _large(text: str, shape: Shape, nodes: int, seed: int) -> Graph:
    if shape.flat is None:
        large = ", ".join(name for name, other in SHAPES.items() if other.flat)
        raise Problems(
            [
                sentence(
                    "--topology: {given}: more than {max_nodes} nodes can only be had of {large}",
                    given=text,
                    max_nodes=MAX_NODES,
                    large=large,
                )
            ]
        )
    least = shape.nodes.minimum
    if not least <= nodes <= LARGEST:
        raise Problems(
            [
                sentence(
                    "--topology: {given}: expected at most {largest} nodes, and at least {least}",
                    given=text,
                    largest=LARGEST,
                    least=least,
                )
            ]
        )
    fault = shape.fault(nodes)
    if fault:
        raise Problems([sentence("--topology: {given}: {fault}", given=text, fault=fault)])
    return Graph(shape.flat(nodes, PortableRandom(seed)), Numbered(nodes), text)


def _shapes() -> str:
    return f"the shapes are {', '.join(SHAPES)}"

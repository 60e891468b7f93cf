"""What a generated shape is: its name, its parameters, and the functions that make its networks."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import networkx as nx

from topowave.topology.limits import MAX_NODES
from topowave.topology.portable_random import PortableRandom
from topowave.translation import text

BareGraph: TypeAlias = "nx.Graph[int]"
"""A connected graph on the nodes 0, 1, 2, ..., without names or ports; node 0 is to be the root."""

Rows: TypeAlias = "tuple[array[int], array[int]]"
"""`start` and `targets`: the neighbours of p are `targets[start[p] : start[p + 1]]`."""

DEFAULT_NODES: Final = 15
LARGEST: Final = 4_000_000
"""Most nodes of a network that is made in its flat form."""


@dataclass(frozen=True)
class Parameter:
    """A number that whoever asks for a shape may choose.

    Attributes:
        name: as the options of the commands and the fields of HTTP have it.
        minimum: the least value.
        maximum: the greatest with which the network still fits into a topology.json, and so into a lab.
        default: the value where none is asked for; None if chance decides.
        power_of_two: whether only 1, 2, 4, 8, ... will do.
    """

    name: str
    minimum: int
    maximum: int
    default: int | None
    power_of_two: bool = False


@dataclass(frozen=True)
class Shape:
    """A kind of generated network.

    Attributes:
        name: what it is asked for by.
        summary: one line for people, in plain ASCII (it stands in the help of the commands).
        build: makes the bare graph from a number of nodes and a source of chance.
        seeded: whether the links depend on the seed (names and cores always do).
        nodes: how many nodes it may have.
        flat: makes the same kind of network as bare numbers, fast and up to `LARGEST` nodes.
        flat_from: with so many nodes and more the simulator takes `flat`.
    """

    name: str
    summary: str
    build: Callable[[int, PortableRandom], BareGraph]
    seeded: bool = False
    nodes: Parameter = Parameter("nodes", 1, MAX_NODES, DEFAULT_NODES)
    flat: Callable[[int, PortableRandom], Rows] | None = None
    flat_from: int = MAX_NODES + 1

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """All that may be chosen."""
        return (self.nodes,)

    def fault(self, nodes: int) -> str | None:
        """What makes a number of nodes impossible for this shape, or None."""
        if nodes < self.nodes.minimum:
            return text(
                "{nodes} nodes are too few for the shape {name}; it begins with {minimum}",
                nodes=nodes,
                name=self.name,
                minimum=self.nodes.minimum,
            )
        if self.nodes.power_of_two and nodes & (nodes - 1):
            lower = 1 << (nodes.bit_length() - 1)
            return text(
                "a {name} has a power of two of nodes, not {nodes}; the nearest are {lower} and {value}",
                name=self.name,
                nodes=nodes,
                lower=lower,
                value=2 * lower,
            )
        return None


def node_count(
    minimum: int = 1,
    maximum: int = MAX_NODES,
    default: int | None = DEFAULT_NODES,
    *,
    power_of_two: bool = False,
) -> Parameter:
    """The parameter `nodes`."""
    return Parameter("nodes", minimum, maximum, default, power_of_two)

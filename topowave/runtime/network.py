"""From a topology to the network that an algorithm sees: the one conversion that all runtimes use.

A topology has names, ports and a tree; an algorithm has numbers from 0 and arcs. Everywhere (simulator,
checker, traces, live nodes, balancer) a node's number is its place in `Topology.numbering`: depth first, but
around a ring. Only a run that asks for other identities (`runtime.identities`) numbers otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from topowave.algorithms import Network, View
from topowave.topology import Topology
from topowave.topology.adjacency import adjacency

DIAMETER_NODES = 3_000
"""Up to so many nodes the diameter is computed, by a search from each."""


class TooLargeError(Exception):
    """A number that would take too long on a network of this size."""


class _Large(Network):
    """A network for which no theorem's limit may ask for the diameter."""

    @cached_property
    def diameter(self) -> int:
        """Raises TooLargeError."""
        raise TooLargeError(f"the diameter of {self.nodes} nodes")


def network_of(topology: Topology, view: View, *, fifo: bool = False) -> Network:
    """Return a topology as an algorithm with that view sees it.

    Args:
        topology: the network with its names.
        view: "links" for every link in both directions, "tree" for the tree's from parent to child.
        fifo: whether the runtime that asks keeps the messages of a link in order.
    """
    return network_of_rows(adjacency(topology, view), topology.numbering, view, fifo=fifo)


def network_of_rows(
    rows: Sequence[Sequence[int]],
    names: Sequence[str],
    view: View,
    *,
    fifo: bool = False,
    into: Sequence[Sequence[int]] | None = None,
) -> Network:
    """As `network_of`, of the neighbours of each node (or its children, if the view is the tree).

    Where not all links work both ways, `into` are the nodes that each one can hear from.
    """
    kind = Network if len(rows) <= DIAMETER_NODES else _Large
    return kind(rows, (into or rows) if view == "links" else None, names=names, fifo=fifo)

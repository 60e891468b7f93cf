"""Neighbours by number, as algorithms see it: `Topology.numbering` says which number a node has."""

from __future__ import annotations

from typing import Literal

from topowave.topology.model import Topology


def adjacency(topology: Topology, view: Literal["links", "tree"]) -> list[list[int]]:
    """Return the out-neighbours of each node by number, in the node's own order.

    Args:
        topology: the network.
        view: "links" for both directions of every link (parent, children, then extra links), "tree" for
            the tree's links from parent to child.
    """
    number = topology.numbers
    if view == "tree":
        return [[number[child] for child in topology.node(name).children] for name in topology.numbering]
    return [[number[other] for other in topology.neighbors(name)] for name in topology.numbering]

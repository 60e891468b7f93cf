"""Neighbours by number, as algorithms see it: a node is its position in depth-first order."""

from __future__ import annotations

from typing import Literal

from topowave.topology.model import Topology


def adjacency(topology: Topology, view: Literal["links", "tree"]) -> list[list[int]]:
    """Return the out-neighbours of each node, in the node's own order.

    Args:
        topology: the network.
        view: "links" for both directions of every link (parent, children, then extra links), "tree" for
            the tree's links from parent to child.
    """
    if view == "tree":
        return [[topology.index(name) for name in node.children] for node in topology.nodes]
    return [[topology.index(name) for name in topology.neighbors(node.name)] for node in topology.nodes]

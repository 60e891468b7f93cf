"""A connected graph as a rooted tree plus the links that the tree lacks: how any network fits topology.json.

The tree is the breadth-first one, so every node is as near to the root as it can be.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import networkx as nx

N = TypeVar("N", bound=Hashable)


@dataclass(frozen=True)
class SpanningTree(Generic[N]):
    """A graph's nodes in depth-first order of its tree, the tree itself, and the rest of the links.

    Attributes:
        order: all nodes, the root first.
        parent: the parent of each node but the root.
        extra: the links beside the tree's.
    """

    order: list[N]
    parent: dict[N, N]
    extra: list[tuple[N, N]]

    def children(self) -> dict[N, list[N]]:
        """The children of each node, in depth-first order."""
        found: dict[N, list[N]] = {node: [] for node in self.order}
        for node in self.order:
            if node in self.parent:
                found[self.parent[node]].append(node)
        return found


def breadth_first_tree(graph: nx.Graph[Any], root: N) -> SpanningTree[N]:
    """The breadth-first tree of a connected simple graph, and the links beside it.

    The children of a node stand in the order in which the graph lists its neighbours.
    """
    parent: dict[N, N] = {child: above for above, child in nx.bfs_edges(graph, root)}
    tree: nx.DiGraph[Any] = nx.DiGraph()
    tree.add_node(root)
    tree.add_edges_from((above, child) for child, above in parent.items())
    order: list[N] = list(nx.dfs_preorder_nodes(tree, root))
    extra = [(a, b) for a, b in graph.edges() if parent.get(a) != b and parent.get(b) != a]
    return SpanningTree(order, parent, extra)

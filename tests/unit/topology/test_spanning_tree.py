"""A graph as a tree and the rest."""

from __future__ import annotations

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from topowave.topology.generators.shapes import random_graph
from topowave.topology.portable_random import PortableRandom
from topowave.topology.spanning_tree import breadth_first_tree


@given(st.integers(1, 40), st.integers(0, 10**6))
@settings(deadline=None)
def test_tree_and_rest_make_up_the_graph_and_every_way_to_the_root_is_shortest(nodes: int, seed: int) -> None:
    graph = random_graph(nodes, PortableRandom(seed))
    tree = breadth_first_tree(graph, 0)
    links = [frozenset(link) for link in [*tree.parent.items(), *tree.extra]]
    assert sorted(map(sorted, links)) == sorted(map(sorted, (frozenset(edge) for edge in graph.edges())))
    assert sorted(tree.order) == sorted(graph)
    distance = nx.single_source_shortest_path_length(graph, 0)
    assert all(distance[child] == distance[above] + 1 for child, above in tree.parent.items())


def test_children_stand_in_the_order_in_which_the_graph_lists_them() -> None:
    graph: nx.Graph[str] = nx.Graph([("r", "b"), ("r", "a"), ("a", "x"), ("b", "x"), ("b", "c")])
    tree = breadth_first_tree(graph, "r")
    assert tree.order == ["r", "b", "x", "c", "a"]
    assert tree.children() == {"r": ["b", "a"], "b": ["x", "c"], "x": [], "c": [], "a": []}
    assert tree.extra == [("a", "x")]

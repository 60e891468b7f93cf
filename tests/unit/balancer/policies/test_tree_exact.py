"""The exact balance of a tree, held against a search of all ends and a flow of least cost."""

from __future__ import annotations

from itertools import product

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.load_views import FIRST_PORT, Link, after, node_loads, view_of
from topowave.balancer.policies.base import LoadView, Move, NodeLoad, PolicySettings, plan_checked
from topowave.balancer.policies.fair_loads import fair_loads
from topowave.balancer.policies.tree_exact import TreeExact


def moves(view: LoadView) -> list[Move]:
    return plan_checked(TreeExact(PolicySettings()), view)


@st.composite
def trees(draw: st.DrawFn, most: int, load: int, cpu: int = 1) -> tuple[list[NodeLoad], list[Link]]:
    loads = draw(st.lists(st.tuples(st.integers(1, cpu), st.integers(0, load)), min_size=1, max_size=most))
    links = [(draw(st.integers(0, node - 1)), node) for node in range(1, len(loads))]
    return node_loads(loads), links


def hops(plan: list[Move], links: list[Link]) -> int:
    """The load x hops of a plan."""
    graph: nx.Graph[int] = nx.Graph(links)
    lengths = dict(nx.all_pairs_shortest_path_length(graph))
    return sum(move.count * lengths[move.giver - FIRST_PORT][move.receiver - FIRST_PORT] for move in plan)


@given(trees(30, 100))
def test_nodes_with_equal_cores_differ_by_one_at_most_after_one_round(
    tree: tuple[list[NodeLoad], list[Link]],
) -> None:
    nodes, links = tree
    loads = [node.load for node in after(nodes, moves(view_of(nodes, links)))]
    assert max(loads) - min(loads) <= 1


@settings(max_examples=60)
@given(trees(5, 7))
def test_of_all_balanced_ends_none_needs_fewer_moved_tasks(tree: tuple[list[NodeLoad], list[Link]]) -> None:
    nodes, links = tree
    plan = moves(view_of(nodes, links))
    floor, over = divmod(sum(node.load for node in nodes), len(nodes))
    ends = [
        end for end in product((floor, floor + 1), repeat=len(nodes)) if sum(end) == floor * len(nodes) + over
    ]
    least = min(sum(max(0, node.load - load) for node, load in zip(nodes, end, strict=True)) for end in ends)
    assert sum(move.count for move in plan) == least


@settings(max_examples=60)
@given(trees(12, 40, cpu=5))
def test_for_its_end_no_flow_has_less_load_times_hops(tree: tuple[list[NodeLoad], list[Link]]) -> None:
    nodes, links = tree
    plan = moves(view_of(nodes, links))
    then = after(nodes, plan)
    graph: nx.DiGraph[int] = nx.DiGraph()
    for at, (node, end) in enumerate(zip(nodes, then, strict=True)):
        graph.add_node(at, demand=end.load - node.load)
    for one, other in links:
        graph.add_edge(one, other, weight=1)
        graph.add_edge(other, one, weight=1)
    assert hops(plan, links) == nx.min_cost_flow_cost(graph)
    assert len(plan) < len(nodes)


@given(trees(6, 12, cpu=4))
def test_unequal_nodes_are_as_even_as_whole_tasks_can_be(tree: tuple[list[NodeLoad], list[Link]]) -> None:
    nodes, _ = tree
    loads = fair_loads(nodes)
    for load, node in zip(loads, nodes, strict=True):
        for other_load, other in zip(loads, nodes, strict=True):
            # no task could go from one to the other and leave the worse of the two better
            assert load * other.cpu <= (other_load + 1) * node.cpu


@pytest.mark.parametrize(
    ("loads", "links", "plan"),
    [
        ([(1, 6), (1, 0), (1, 0)], [(0, 1), (1, 2)], [Move(8000, 8001, 2), Move(8000, 8002, 2)]),
        ([(3, 8), (1, 0)], [(0, 1)], [Move(8000, 8001, 2)]),
        ([(4, 0), (2, 3)], [(0, 1)], [Move(8001, 8000, 2)]),
        ([(1, 2), (1, 1)], [(0, 1)], []),
    ],
)
def test_shares_go_by_cores(loads: list[tuple[int, int]], links: list[Link], plan: list[Move]) -> None:
    assert sorted(moves(view_of(node_loads(loads), links)), key=str) == plan


def test_trees_that_do_not_hang_together_are_balanced_each_by_itself() -> None:
    nodes = node_loads([(1, 4), (1, 0), (1, 9), (1, 1)])
    assert moves(view_of(nodes, [(0, 1), (2, 3)])) == [Move(8002, 8003, 4), Move(8000, 8001, 2)]


def test_the_shares_are_sent_down_each_link_of_the_tree() -> None:
    view = view_of(node_loads([(1, 4)] * 5), [(0, 1), (0, 2), (2, 3), (2, 4), (1, 2)])
    assert TreeExact(PolicySettings()).control_messages(view) == 4

"""The shapes: each what its name promises, for every size."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.topology.strategies import ROOT, untyped_networkx
from topowave.topology.files import topology_text
from topowave.topology.generators import shapes
from topowave.topology.generators.generate import generate
from topowave.topology.generators.shape import BareGraph, Shape
from topowave.topology.generators.shapes import SHAPES, course
from topowave.topology.limits import MAX_DEPTH, MAX_NODES
from topowave.topology.portable_random import PortableRandom
from topowave.topology.problems import Problems

TREES = ["course", "tree", "binary", "star", "path", "caterpillar"]
sizes = st.integers(1, 60)
seeds = st.integers(0, 10**6)


def depth(graph: BareGraph) -> int:
    return max(nx.single_source_shortest_path_length(graph, 0).values())


@given(st.sampled_from(list(SHAPES)), sizes, seeds)
@settings(deadline=None)
def test_every_shape_is_connected_simple_and_exactly_as_large_as_asked(
    name: str, nodes: int, seed: int
) -> None:
    shape = SHAPES[name]
    nodes = max(nodes, shape.nodes.minimum)
    if shape.nodes.power_of_two:
        nodes = 1 << (nodes.bit_length() - 1)
    graph = shape.build(nodes, PortableRandom(seed))
    assert sorted(graph) == list(range(nodes))
    assert nx.is_connected(graph)
    assert nx.number_of_selfloops(graph) == 0
    assert nx.is_tree(graph) or name not in TREES


@given(seeds)
@settings(deadline=None)
def test_the_course_tree_keeps_the_courses_rules(seed: int) -> None:
    graph = course(PortableRandom(seed))
    assert nx.is_tree(graph)
    assert graph.degree(0) == 2
    assert all(graph.degree(node) <= 4 for node in graph if node)
    assert depth(graph) <= 3
    assert 3 <= len(graph) <= 27


def test_course_trees_differ_and_reach_all_levels() -> None:
    depths = {depth(course(PortableRandom(seed))) for seed in range(60)}
    assert depths == {1, 2, 3}


@given(st.integers(3, 27), seeds)
@settings(deadline=None)
def test_a_course_tree_of_a_given_size_keeps_the_courses_rules(nodes: int, seed: int) -> None:
    graph = SHAPES["course"].build(nodes, PortableRandom(seed))
    assert graph.degree(0) == 2
    assert all(graph.degree(node) <= 4 for node in graph if node)
    assert depth(graph) <= 3


@given(st.integers(28, 300), seeds)
@settings(deadline=None, max_examples=30)
def test_a_larger_course_tree_only_grows_deeper(nodes: int, seed: int) -> None:
    graph = SHAPES["course"].build(nodes, PortableRandom(seed))
    assert graph.degree(0) == 2
    assert all(graph.degree(node) <= 4 for node in graph if node)


def test_random_trees_are_drawn_uniformly() -> None:
    counts: dict[frozenset[frozenset[int]], int] = {}
    for seed in range(3200):
        drawn = frozenset(frozenset(edge) for edge in shapes.tree(4, PortableRandom(seed)).edges())
        counts[drawn] = counts.get(drawn, 0) + 1
    assert len(counts) == 16  # Cayley 1889: n ** (n - 2)
    assert all(140 < count < 260 for count in counts.values())


def test_a_random_tree_that_is_too_deep_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "MAX_DEPTH", 5)
    assert all(depth(shapes.tree(12, PortableRandom(seed))) <= 5 for seed in range(20))


def test_known_sizes_have_known_forms() -> None:
    def made(name: str, nodes: int) -> BareGraph:
        return SHAPES[name].build(nodes, PortableRandom(1))

    assert depth(made("binary", 15)) == 3
    assert depth(made("star", 9)) == 1
    assert depth(made("path", 9)) == 8
    assert sorted(dict(made("caterpillar", 9).degree()).values()) == [1, 1, 1, 1, 1, 1, 3, 3, 4]
    assert nx.is_isomorphic(made("ring", 7), untyped_networkx.cycle_graph(7))
    assert nx.is_isomorphic(made("grid", 12), untyped_networkx.grid_2d_graph(3, 4))
    assert nx.is_isomorphic(made("hypercube", 16), untyped_networkx.hypercube_graph(4))
    assert made("small-world", 20).number_of_edges() == 40
    assert made("scale-free", 20).number_of_edges() == 2 * 18


def test_a_short_last_row_of_a_grid_is_filled_from_the_left() -> None:
    graph = SHAPES["grid"].build(7, PortableRandom(1))
    assert sorted(tuple(sorted(edge)) for edge in graph.edges()) == [
        (0, 1), (0, 3), (1, 2), (1, 4), (2, 5), (3, 4), (3, 6), (4, 5),
    ]  # fmt: skip


def test_a_random_graph_that_never_connects_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "TRIES", 0)
    with pytest.raises(RuntimeError, match="no connected graph of 10 nodes in 0 draws"):
        shapes.random_graph(10, PortableRandom(1))


def test_the_default_sizes_fit_into_a_file() -> None:
    assert all((shape.nodes.default or 27) < MAX_DEPTH for shape in SHAPES.values())


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_the_greatest_number_of_nodes_fits_into_a_file(shape: Shape) -> None:
    most = shape.nodes.maximum
    assert topology_text(generate(shape.name, nodes=most, seed=1, base_port=1))
    if most < MAX_NODES and not shape.nodes.power_of_two:
        with pytest.raises(Problems, match="levels below the root"):
            topology_text(generate(shape.name, nodes=most + 1, seed=1, base_port=1))


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_the_seed_matters_where_the_table_says_so(shape: Shape) -> None:
    drawn = {frozenset(map(frozenset, shape.build(16, PortableRandom(seed)).edges())) for seed in range(5)}
    assert (len(drawn) > 1) == shape.seeded


def test_the_reference_has_every_shape_in_the_tables_order_with_its_numbers_of_nodes() -> None:
    reference = (ROOT / "docs" / "reference" / "topology.md").read_text(encoding="utf-8")
    table = reference.partition("| shape | what it is | nodes |\n")[2].partition("\n\n")[0]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()[1:]]
    assert [(name, nodes) for name, _, nodes in cells] == [
        (f"`{shape.name}`", possible_numbers(shape)) for shape in SHAPES.values()
    ]


def possible_numbers(shape: Shape) -> str:
    """The numbers of nodes as the reference writes them; it gives the limit of all files elsewhere."""
    nodes = shape.nodes
    if nodes.power_of_two:
        return f"a power of two, from {nodes.minimum}"
    return f"from {nodes.minimum}" if nodes.maximum == MAX_NODES else f"{nodes.minimum} to {nodes.maximum}"

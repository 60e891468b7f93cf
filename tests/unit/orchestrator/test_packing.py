"""How nodes are packd among processes."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topowave.orchestrator.limits import NODES_A_CORE, PROCESS_MB
from topowave.orchestrator.packing import Packing, cores, free_mb, pack, processes_for
from topowave.topology import generate

PLENTY_MB = 1e6


@pytest.mark.parametrize(
    ("nodes", "packing", "processes"),
    [
        (1000, "per-node", 1000),
        (1000, 2, 2),
        (3, 8, 3),
        (2 * NODES_A_CORE, "auto", 2 * NODES_A_CORE),
        (2 * NODES_A_CORE + 1, "auto", 2),
        (0, "auto", 0),
        (0, 4, 0),
    ],
)
def test_on_two_cores_with_much_memory(nodes: int, packing: Packing, processes: int) -> None:
    assert processes_for(nodes, packing, 2, PLENTY_MB) == processes


def test_processes_that_would_take_more_than_half_of_the_free_memory_are_few() -> None:
    assert processes_for(10, "auto", 2, 20 * PROCESS_MB) == 10
    assert processes_for(10, "auto", 2, 20 * PROCESS_MB - 1) == 2


@given(st.integers(0, 300), st.integers(1, 40))
def test_every_node_is_in_one_part_in_order_and_parts_differ_by_one_at_most(nodes: int, wanted: int) -> None:
    names = [f"n{number}" for number in range(nodes)]
    parts = pack(names, min(wanted, nodes))
    assert [name for part in parts for name in part] == names
    sizes = {len(part) for part in parts}
    assert not sizes or max(sizes) - min(sizes) <= 1
    assert 0 not in sizes


def test_few_links_of_a_tree_leave_their_process() -> None:
    tree = generate("binary", nodes=1023, seed=1)
    parts = pack([node.name for node in tree.nodes], 4)
    part_of = {name: number for number, part in enumerate(parts) for name in part}
    leaving = [link for link in tree.links if part_of[link[0]] != part_of[link[1]]]
    assert len(leaving) <= 3 * 10  # a path from the root at each of the three cuts
    assert all(part_of[a] <= part_of[b] for a, b in pairwise(node.name for node in tree.nodes))


def test_the_machine_has_a_core_and_memory() -> None:
    assert cores() >= 1
    assert free_mb() > 1

from tests.unit.algorithms.networks import one_way_ring, path, ring
from topowave.algorithms import Diameter, Predecessor, Successor
from topowave.algorithms.knowledge import known


def test_a_node_is_told_what_is_asked_for() -> None:
    assert known((Diameter,), path(4), 2) == {"diameter": 3}
    assert known((Successor, Predecessor), ring([0, 2, 1, 3]), 1) == {"successor": 3, "predecessor": 2}
    assert known((Successor,), one_way_ring([0, 2, 1]), 1) == {"successor": 0}


def test_the_last_node_of_a_ring_is_followed_by_the_first() -> None:
    network = ring(4)
    successors = [known((Successor,), network, node)["successor"] for node in range(4)]
    assert successors == [1, 2, 3, 0]
    assert [known((Predecessor,), network, node)["predecessor"] for node in range(4)] == [3, 0, 1, 2]


def test_two_nodes_are_on_both_sides_of_each_other() -> None:
    assert known((Successor, Predecessor), path(2), 0) == {"successor": 1, "predecessor": 1}


def test_all_nodes_that_are_told_nothing_share_it() -> None:
    assert known((), path(2), 0) is known((), path(2), 1)

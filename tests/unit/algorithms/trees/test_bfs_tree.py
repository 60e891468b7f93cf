from hypothesis import given
from hypothesis import strategies as st

from tests.unit.algorithms.harness import (
    assert_spanning_tree,
    check_laws,
    check_time,
    explore,
    refused,
    run,
    run_timed,
)
from tests.unit.algorithms.networks import connected, examples, path, ring, seeds
from topowave.algorithms import Network
from topowave.algorithms.trees.bfs_tree import BfsTree


@examples
@given(connected(10), st.data(), seeds)
def test_every_node_is_as_deep_as_it_is_far(network: Network, data: st.DataObject, seed: int) -> None:
    initiator = data.draw(st.integers(0, network.nodes - 1))
    done = run(BfsTree, network, [initiator], seed=seed)
    check_laws(done)
    distances = network.distances(initiator)
    assert done.attribute("level") == distances
    assert done.value == max(distances)
    parents = done.attribute("parent")
    assert_spanning_tree(network, parents, initiator)
    assert all(distances[parents[q]] == distances[q] - 1 for q in range(network.nodes) if q != initiator)


@examples
@given(connected(), seeds)
def test_it_takes_no_longer_than_its_bound(network: Network, seed: int) -> None:
    check_time(run_timed(BfsTree, network, seed=seed))


def test_with_the_slowest_messages_its_phases_take_2_and_4_and_6_units() -> None:
    done = run_timed(BfsTree, path(3), [0], delay=lambda _: 1.0)
    assert done.decisions[0].time == 2 + 4 + 4  # the end of the path has nobody to ask, and says so at once
    done = run_timed(BfsTree, ring(5), [0], delay=lambda _: 1.0)
    assert done.decisions[0].time == 2 + 4 + 6


def test_every_order_of_messages_on_a_ring_finds_the_distances() -> None:
    for end in explore(BfsTree, ring(4)):
        check_laws(end)
        assert end.attribute("level") == [0, 1, 2, 1]


def test_it_is_refused_with_two_initiators() -> None:
    assert refused(BfsTree, path(3), [0, 1]) == ["BFS tree needs exactly one initiator: 2 were given"]

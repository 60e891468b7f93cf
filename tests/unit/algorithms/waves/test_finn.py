import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.algorithms.harness import check_laws, check_time, explore, refused, run, run_timed
from tests.unit.algorithms.networks import (
    binary_tree,
    examples,
    one_way_ring,
    path,
    seeds,
    some_of,
    strongly_connected,
)
from topowave.algorithms import Network
from topowave.algorithms.waves.finn import Finn


@examples
@given(strongly_connected(), st.data(), seeds)
def test_everybody_decides_within_the_bound_whoever_starts(
    network: Network, data: st.DataObject, seed: int
) -> None:
    done = run(Finn, network, data.draw(some_of(network)), seed=seed)
    check_laws(done)
    assert done.value == network.nodes


@examples
@given(strongly_connected(), st.data(), seeds)
def test_it_takes_no_longer_than_two_diameters_and_one(
    network: Network, data: st.DataObject, seed: int
) -> None:
    check_time(run_timed(Finn, network, data.draw(some_of(network)), seed=seed))


@pytest.mark.parametrize(("nodes", "messages"), [(7, 77), (15, 393), (31, 1_777), (63, 7_585)])
@pytest.mark.parametrize("seed", [1, 2])
def test_on_binary_trees_it_sends_the_known_numbers_of_messages(nodes: int, messages: int, seed: int) -> None:
    done = run(Finn, binary_tree(nodes, fifo=True), [0], seed=seed)
    assert done.messages == messages
    assert done.deciders == list(range(nodes))


def test_every_order_of_messages_on_a_path_is_a_wave() -> None:
    counts = set[int]()
    for end in explore(Finn, path(3), [0]):
        check_laws(end)
        counts.add(end.messages)
    assert max(counts) <= 2 * 3 * 4


def test_it_runs_on_a_one_way_ring() -> None:
    check_laws(run(Finn, one_way_ring([0, 2, 1]), [2]))


def test_it_is_refused_where_somebody_cannot_reach_the_root() -> None:
    down = Network.from_arcs(4, [(0, 1), (0, 2), (2, 3)], names=["root", "a", "b", "c"])
    assert refused(Finn, down) == [
        "Textbook Finn needs a strongly connected network: 3 nodes (a, b, c) cannot reach root"
    ]


def test_it_is_refused_without_an_initiator() -> None:
    assert refused(Finn, path(3), []) == ["Textbook Finn needs at least one initiator: none was given"]

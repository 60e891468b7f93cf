from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.algorithms.harness import check_laws, check_time, explore, refused, run, run_timed
from tests.unit.algorithms.networks import examples, one_way_ring, ring, rings, seeds, some_of
from topowave.algorithms import Network
from topowave.algorithms.election.hirschberg_sinclair import HirschbergSinclair


@examples
@given(rings(17), st.data(), seeds)
def test_one_of_the_initiators_wins_within_the_bound(
    network: Network, data: st.DataObject, seed: int
) -> None:
    initiators = data.draw(some_of(network))
    done = run(HirschbergSinclair, network, initiators, seed=seed)
    check_laws(done)
    assert done.deciders == done.values
    assert done.value in initiators


@examples
@given(rings(17), st.data(), seeds)
def test_the_smallest_wins_in_time_if_all_start_before_they_hear(
    network: Network, data: st.DataObject, seed: int
) -> None:
    initiators = data.draw(some_of(network))
    done = run_timed(HirschbergSinclair, network, initiators, seed=seed)
    check_time(done)
    assert done.value == min(initiators)


def test_no_order_of_six_ids_costs_more_than_the_bound() -> None:
    most = 0
    for order in permutations(range(1, 6)):
        done = run_timed(HirschbergSinclair, ring([0, *order]), delay=lambda _: 1.0)
        check_laws(done)
        most = max(most, done.messages)
    assert most > 6 * 7 // 2  # it only pays on longer rings


def test_every_order_of_messages_on_two_nodes_elects_one() -> None:
    for end in explore(HirschbergSinclair, ring(2)):
        check_laws(end)


def test_on_a_long_ring_it_beats_the_square() -> None:
    nodes = 64
    assert run_timed(HirschbergSinclair, ring(nodes)).messages < nodes * (nodes + 1) // 2


def test_it_is_refused_on_a_one_way_ring() -> None:
    assert refused(HirschbergSinclair, one_way_ring([0, 1, 2])) == [
        "Hirschberg-Sinclair needs links that work in both directions: "
        "node 0 can send to node 1, but not the other way round"
    ]

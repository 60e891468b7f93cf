from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.algorithms.harness import check_laws, check_time, refused, run, run_timed
from tests.unit.algorithms.networks import examples, one_way_rings, path, ring, rings, seeds, some_of
from topowave.algorithms import Network
from topowave.algorithms.election.chang_roberts import ChangRoberts


@examples
@given(rings() | one_way_rings(), st.data(), seeds)
def test_one_of_the_initiators_wins_within_the_bound(
    network: Network, data: st.DataObject, seed: int
) -> None:
    initiators = data.draw(some_of(network))
    done = run(ChangRoberts, network, initiators, seed=seed)
    check_laws(done)
    assert done.deciders == done.values
    assert done.value in initiators


@examples
@given(rings(), st.data(), seeds)
def test_the_smallest_wins_if_all_start_before_they_hear(
    network: Network, data: st.DataObject, seed: int
) -> None:
    initiators = data.draw(some_of(network))
    done = run_timed(ChangRoberts, network, initiators, seed=seed)
    check_time(done)
    assert done.value == min(initiators)


@pytest.mark.parametrize("nodes", [2, 3, 8, 15])
def test_ids_that_rise_along_the_ring_cost_the_most_and_ids_that_fall_the_least(nodes: int) -> None:
    rising = run_timed(ChangRoberts, ring(nodes))
    assert rising.messages == nodes * (nodes + 1) // 2
    falling = run_timed(ChangRoberts, ring([0, *range(nodes - 1, 0, -1)]))
    assert falling.messages == 2 * nodes - 1


def test_over_all_orders_of_ids_the_mean_is_n_times_the_harmonic_number() -> None:
    nodes = 5
    orders = list(permutations(range(nodes)))
    messages = sum(run_timed(ChangRoberts, ring(list(order))).messages for order in orders)
    harmonic = sum(Fraction(1, i) for i in range(1, nodes + 1))
    assert Fraction(messages, len(orders)) == nodes * harmonic


def test_it_is_refused_on_a_path() -> None:
    assert refused(ChangRoberts, path(3)) == ["Chang-Roberts needs a ring: node 0 has 1 neighbour, not 2"]

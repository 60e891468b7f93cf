from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.algorithms.harness import check_laws, explore, refused, run, run_timed, violations, without
from tests.unit.algorithms.networks import examples, one_way_rings, ring, rings, seeds, some_of
from topowave.algorithms import Fifo, Network
from topowave.algorithms.election.peterson import Peterson


@examples
@given(rings(17, fifo=True) | one_way_rings(17, fifo=True), st.data(), seeds)
def test_one_node_is_left_and_names_an_initiator_within_the_bound(
    network: Network, data: st.DataObject, seed: int
) -> None:
    initiators = data.draw(some_of(network))
    done = run(Peterson, network, initiators, seed=seed)
    check_laws(done)
    assert done.value in initiators


@examples
@given(rings(17, fifo=True), st.data(), seeds)
def test_the_smallest_wins_if_all_start_before_they_hear(
    network: Network, data: st.DataObject, seed: int
) -> None:
    initiators = data.draw(some_of(network))
    assert run_timed(Peterson, network, initiators, seed=seed).value == min(initiators)


@pytest.mark.parametrize("nodes", [2, 3, 4, 5, 6, 7])
def test_the_bound_is_reached_where_an_order_halves_the_active_nodes(nodes: int) -> None:
    assert Peterson.bounds.messages is not None
    most = 0
    for order in permutations(range(1, nodes)):
        done = run_timed(Peterson, ring([0, *order], fifo=True), delay=lambda _: 1.0)
        check_laws(done)
        most = max(most, done.messages)
    assert most == Peterson.bounds.messages(ring(nodes))


def test_without_fifo_a_round_may_end_before_it_has_begun() -> None:
    found = [violations(end) for end in explore(without(Peterson, Fifo), ring(3))]
    assert any("decision" in broken for broken in found), "a second id that comes first is lost"


def test_it_is_refused_where_messages_overtake_each_other() -> None:
    assert refused(Peterson, ring(3)) == [
        "Peterson needs links that keep messages in order (FIFO): "
        "here a later message can overtake an earlier one"
    ]

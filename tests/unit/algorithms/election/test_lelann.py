from hypothesis import given
from hypothesis import strategies as st

from tests.unit.algorithms.harness import check_laws, check_time, explore, refused, run, run_timed, without
from tests.unit.algorithms.networks import examples, one_way_rings, ring, rings, seeds, some_of
from topowave.algorithms import Fifo, Network
from topowave.algorithms.election.lelann import LeLann


@examples
@given(rings(fifo=True) | one_way_rings(fifo=True), st.data(), seeds)
def test_every_candidate_decides_on_the_same_candidate(
    network: Network, data: st.DataObject, seed: int
) -> None:
    done = run(LeLann, network, data.draw(some_of(network)), seed=seed)
    check_laws(done)
    assert done.value == min(done.deciders)
    assert done.messages == len(done.deciders) * network.nodes


@examples
@given(rings(fifo=True), seeds)
def test_with_all_nodes_as_candidates_it_sends_n_squared_messages_in_n_units(
    network: Network, seed: int
) -> None:
    done = run_timed(LeLann, network, seed=seed)
    check_laws(done)
    check_time(done)
    assert done.messages == network.nodes**2


def test_without_fifo_two_candidates_may_decide_differently() -> None:
    ends = explore(without(LeLann, Fifo), ring(3))
    assert any(len(set(end.values)) > 1 for end in ends)


def test_it_is_refused_where_messages_overtake_each_other() -> None:
    assert refused(LeLann, ring(3)) == [
        "LeLann needs links that keep messages in order (FIFO): "
        "here a later message can overtake an earlier one"
    ]

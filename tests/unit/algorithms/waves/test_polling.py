from hypothesis import given
from hypothesis import strategies as st

from tests.unit.algorithms.harness import check_laws, check_time, refused, run, run_timed
from tests.unit.algorithms.networks import clique, examples, path, seeds, star
from topowave.algorithms import Network
from topowave.algorithms.waves.polling import Polling


@examples
@given(st.integers(1, 10).flatmap(lambda nodes: st.sampled_from([star(nodes), clique(nodes)])), seeds)
def test_it_asks_everybody_once_and_decides_on_the_sum(network: Network, seed: int) -> None:
    inputs = {node: 2**node for node in range(network.nodes)}
    done = run(Polling, network, [0], seed=seed, inputs=inputs)
    check_laws(done)
    assert done.messages == 2 * (network.nodes - 1)
    assert done.deciders == [0]
    assert done.value == 2**network.nodes - 1


@examples
@given(st.integers(1, 10), seeds)
def test_it_takes_no_longer_than_two(nodes: int, seed: int) -> None:
    check_time(run_timed(Polling, clique(nodes), seed=seed))


def test_in_a_clique_anybody_may_ask() -> None:
    assert run(Polling, clique(5), [3]).deciders == [3]


def test_it_is_refused_where_the_initiator_is_not_joined_to_all() -> None:
    assert refused(Polling, star(5), [2]) == [
        "Polling needs one initiator that is joined to every other node: node 2 is not joined to 3 nodes"
    ]
    assert refused(Polling, path(3)) == []

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.algorithms.harness import check_laws, check_time, refused, run, run_timed
from tests.unit.algorithms.networks import examples, one_way_rings, path, ring, rings, seeds
from topowave.algorithms import Network
from topowave.algorithms.waves.ring import RingWave


@examples
@given(rings() | one_way_rings(), st.data(), seeds)
def test_the_token_goes_round_once_and_its_initiator_decides_on_the_sum(
    network: Network, data: st.DataObject, seed: int
) -> None:
    initiator = data.draw(st.integers(0, network.nodes - 1))
    done = run(
        RingWave, network, [initiator], seed=seed, inputs={node: 2**node for node in range(network.nodes)}
    )
    check_laws(done)
    assert done.messages == network.nodes
    assert done.deciders == [initiator]
    assert done.value == 2**network.nodes - 1


@examples
@given(rings(), seeds)
def test_it_takes_no_longer_than_n(network: Network, seed: int) -> None:
    check_time(run_timed(RingWave, network, seed=seed))


def test_nodes_without_an_input_are_counted() -> None:
    assert run(RingWave, ring(6)).value == 6


def test_it_is_refused_where_there_is_no_ring() -> None:
    assert refused(RingWave, path(4)) == ["Ring needs a ring: node 0 has 1 neighbour, not 2"]


def test_it_is_refused_with_two_initiators() -> None:
    assert refused(RingWave, ring(4), [0, 2]) == ["Ring needs exactly one initiator: 2 were given"]

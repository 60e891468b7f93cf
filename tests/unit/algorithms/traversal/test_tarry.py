from hypothesis import given
from hypothesis import strategies as st

from tests.unit.algorithms.harness import (
    assert_spanning_tree,
    check_laws,
    check_time,
    refused,
    run,
    run_timed,
)
from tests.unit.algorithms.networks import connected, examples, path, seeds
from topowave.algorithms import Network
from topowave.algorithms.traversal.tarry import Tarry


@examples
@given(connected(), st.data(), seeds)
def test_the_token_walks_every_link_once_in_each_direction(
    network: Network, data: st.DataObject, seed: int
) -> None:
    initiator = data.draw(st.integers(0, network.nodes - 1))
    inputs = {node: 2**node for node in range(network.nodes)}
    done = run(Tarry, network, [initiator], seed=seed, inputs=inputs)
    check_laws(done)
    walked = [(sender, to) for sender, to, _ in done.sent]
    assert sorted(walked) == sorted((p, q) for p in range(network.nodes) for q in network.out[p])
    assert done.deciders == [initiator]
    assert done.value == 2**network.nodes - 1
    assert_spanning_tree(network, done.attribute("parent"), initiator)


@examples
@given(connected(), seeds)
def test_it_takes_no_longer_than_two_units_a_link(network: Network, seed: int) -> None:
    check_time(run_timed(Tarry, network, seed=seed))


def test_it_is_refused_with_two_initiators() -> None:
    assert refused(Tarry, path(3), [0, 1]) == ["Tarry needs exactly one initiator: 2 were given"]

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
from topowave.algorithms.waves.broadcast import Broadcast


@examples
@given(connected(), st.data(), seeds)
def test_everybody_gets_the_news(network: Network, data: st.DataObject, seed: int) -> None:
    initiator = data.draw(st.integers(0, network.nodes - 1))
    done = run(Broadcast, network, [initiator], seed=seed, inputs={initiator: "news"})
    check_laws(done)
    assert done.messages == 2 * network.links - (network.nodes - 1)
    assert done.value == "news"
    assert_spanning_tree(network, done.attribute("parent"), initiator)


@examples
@given(connected(), seeds)
def test_it_takes_no_longer_than_the_diameter(network: Network, seed: int) -> None:
    check_time(run_timed(Broadcast, network, seed=seed))


def test_it_is_no_wave_because_the_initiator_decides_alone() -> None:
    assert run(Broadcast, path(2)).decisions[0].clock == (1, 0)
    assert not Broadcast.wave


def test_it_is_refused_where_the_network_is_in_parts() -> None:
    parts = Network.from_links(4, [(0, 1), (2, 3)])
    assert refused(Broadcast, parts) == [
        "Broadcast needs a connected network: 2 nodes cannot be reached from node 0"
    ]

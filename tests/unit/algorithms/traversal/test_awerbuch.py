from hypothesis import given
from hypothesis import strategies as st

from tests.unit.algorithms.harness import (
    assert_depth_first,
    check_laws,
    check_time,
    explore,
    refused,
    run,
    run_timed,
)
from tests.unit.algorithms.networks import clique, connected, examples, path, seeds
from topowave.algorithms import Network
from topowave.algorithms.traversal.awerbuch import Awerbuch, Noted, Token, Visited


@examples
@given(connected(), st.data(), seeds)
def test_the_token_uses_the_links_of_a_depth_first_tree_only(
    network: Network, data: st.DataObject, seed: int
) -> None:
    initiator = data.draw(st.integers(0, network.nodes - 1))
    inputs = {node: 2**node for node in range(network.nodes)}
    done = run(Awerbuch, network, [initiator], seed=seed, inputs=inputs)
    check_laws(done)
    assert done.messages == 4 * network.links
    assert done.sent_of(Token) == 2 * (network.nodes - 1)
    assert done.sent_of(Visited) == done.sent_of(Noted)
    assert done.value == 2**network.nodes - 1
    assert_depth_first(network, done.attribute("parent"), initiator)


@examples
@given(connected(), seeds)
def test_it_takes_no_longer_than_4n_minus_2(network: Network, seed: int) -> None:
    check_time(run_timed(Awerbuch, network, seed=seed))


def test_every_order_of_messages_on_a_clique_is_a_wave() -> None:
    for end in explore(Awerbuch, clique(4)):
        check_laws(end)


def test_it_is_refused_without_an_initiator() -> None:
    assert refused(Awerbuch, path(3), []) == ["Awerbuch needs exactly one initiator: 0 were given"]

import pytest
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
from tests.unit.algorithms.networks import clique, connected, examples, path, ring, seeds
from topowave.algorithms import Network
from topowave.algorithms.traversal.cidon import Cidon, Return, Token


@examples
@given(connected(), st.data(), seeds)
def test_it_finds_a_depth_first_tree_whatever_overtakes_what(
    network: Network, data: st.DataObject, seed: int
) -> None:
    initiator = data.draw(st.integers(0, network.nodes - 1))
    inputs = {node: 2**node for node in range(network.nodes)}
    done = run(Cidon, network, [initiator], seed=seed, inputs=inputs)
    check_laws(done)
    assert done.sent_of(Return) == network.nodes - 1
    assert done.value == 2**network.nodes - 1
    assert_depth_first(network, done.attribute("parent"), initiator)


@examples
@given(connected(), st.data(), seeds)
def test_it_takes_no_longer_than_2n_minus_2(network: Network, data: st.DataObject, seed: int) -> None:
    initiator = data.draw(st.integers(0, network.nodes - 1))
    check_time(run_timed(Cidon, network, [initiator], seed=seed))


@pytest.mark.slow
def test_every_order_of_messages_on_a_clique_is_a_wave() -> None:
    counts = set[int]()
    for end in explore(Cidon, clique(4)):
        check_laws(end)
        assert_depth_first(end.network, end.attribute("parent"), 0)
        counts.add(end.messages)
    assert min(counts) < max(counts)


def test_a_token_that_goes_to_a_visited_node_by_mistake_is_not_lost() -> None:
    mistakes = [end.sent_of(Token) - end.sent_of(Return) for end in explore(Cidon, ring(3))]
    assert set(mistakes) == {0, 1}


def test_it_is_refused_with_two_initiators() -> None:
    assert refused(Cidon, path(3), [0, 1]) == ["Cidon needs exactly one initiator: 2 were given"]

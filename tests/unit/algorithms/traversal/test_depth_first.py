import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.algorithms.harness import assert_depth_first, check_laws, check_time, refused, run, run_timed
from tests.unit.algorithms.networks import connected, examples, path, seeds
from topowave.algorithms import Network
from topowave.algorithms.traversal.depth_first import DepthFirst
from topowave.algorithms.traversal.tarry import Tarry


@examples
@given(connected(), st.data(), seeds)
def test_the_parents_are_a_depth_first_tree_after_two_messages_a_link(
    network: Network, data: st.DataObject, seed: int
) -> None:
    initiator = data.draw(st.integers(0, network.nodes - 1))
    done = run(DepthFirst, network, [initiator], seed=seed)
    check_laws(done)
    assert done.messages == 2 * network.links
    assert done.value == network.nodes
    assert_depth_first(network, done.attribute("parent"), initiator)


@examples
@given(connected(), seeds)
def test_it_takes_no_longer_than_two_units_a_link(network: Network, seed: int) -> None:
    check_time(run_timed(DepthFirst, network, seed=seed))


def test_without_its_third_rule_the_tree_need_not_be_depth_first() -> None:
    # The token walks 0-1-2-0; there Tarry's rules let it go on to 3, although 2 could still have reached it.
    out = [[1, 3, 2], [2, 0], [0, 3, 1], [0, 2]]
    network = Network(out, out)
    assert_depth_first(network, run(DepthFirst, network).attribute("parent"), 0)
    with pytest.raises(AssertionError, match="cross link"):
        assert_depth_first(network, run(Tarry, network).attribute("parent"), 0)


def test_it_is_refused_with_two_initiators() -> None:
    assert refused(DepthFirst, path(3), [0, 1]) == ["Depth first needs exactly one initiator: 2 were given"]

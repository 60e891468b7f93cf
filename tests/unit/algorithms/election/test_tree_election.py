import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.algorithms.harness import check_laws, check_time, explore, refused, run, run_timed
from tests.unit.algorithms.networks import examples, path, ring, seeds, some_of, trees
from topowave.algorithms import Network
from topowave.algorithms.election.tree_election import Smallest, TreeElection, WakeUp


@examples
@given(trees(), st.data(), seeds)
def test_everybody_elects_the_smallest_whoever_starts(
    network: Network, data: st.DataObject, seed: int
) -> None:
    done = run(TreeElection, network, data.draw(some_of(network)), seed=seed)
    check_laws(done)
    assert done.value == 0
    assert done.sent_of(WakeUp) == done.sent_of(Smallest) == 2 * (network.nodes - 1)


@examples
@given(trees(), st.data(), seeds)
def test_it_takes_no_longer_than_three_diameters(network: Network, data: st.DataObject, seed: int) -> None:
    check_time(run_timed(TreeElection, network, data.draw(some_of(network)), seed=seed))


@pytest.mark.slow
def test_every_order_of_messages_on_a_path_elects_the_smallest() -> None:
    for end in explore(TreeElection, path(3), [0, 2]):
        check_laws(end)
        assert end.value == 0


def test_it_is_refused_on_a_ring() -> None:
    assert refused(TreeElection, ring(3)) == [
        "Tree election needs a tree: 3 nodes have 3 links, in a tree they have 2"
    ]

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.algorithms.harness import (
    assert_spanning_tree,
    check_laws,
    check_time,
    explore,
    refused,
    run,
    run_timed,
)
from tests.unit.algorithms.networks import connected, examples, ring, seeds, some_of
from topowave.algorithms import Network
from topowave.algorithms.election.echo_extinction import EchoExtinction


@examples
@given(connected(), st.data(), seeds)
def test_one_of_the_initiators_wins_and_is_the_root_of_a_spanning_tree(
    network: Network, data: st.DataObject, seed: int
) -> None:
    initiators = data.draw(some_of(network))
    done = run(EchoExtinction, network, initiators, seed=seed)
    check_laws(done)
    (winner,) = done.deciders
    assert done.value == winner
    assert winner in initiators
    assert done.messages <= 2 * len(initiators) * network.links
    assert_spanning_tree(network, done.attribute("parent"), winner)


@examples
@given(connected(), st.data(), seeds)
def test_the_smallest_wins_in_time_if_all_start_before_they_hear(
    network: Network, data: st.DataObject, seed: int
) -> None:
    initiators = data.draw(some_of(network))
    done = run_timed(EchoExtinction, network, initiators, seed=seed)
    check_time(done)
    assert done.value == min(initiators)


def test_one_initiator_is_plain_echo() -> None:
    assert run(EchoExtinction, ring(5), [3]).messages == 2 * 5


@pytest.mark.slow
def test_every_order_of_messages_on_a_triangle_elects_one() -> None:
    counts = set[int]()
    for end in explore(EchoExtinction, ring(3)):
        check_laws(end)
        counts.add(end.messages)
    assert min(counts) == 2 * 3


def test_it_is_refused_where_the_network_is_in_parts() -> None:
    parts = Network.from_links(3, [(0, 1)], names=["amber", "birch", "cedar"])
    assert refused(EchoExtinction, parts) == [
        "Echo with extinction needs a connected network: 1 node (cedar) cannot be reached from amber"
    ]

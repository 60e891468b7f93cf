from hypothesis import given
from hypothesis import strategies as st

from tests.unit.algorithms.harness import check_laws, explore, refused, run
from tests.unit.algorithms.networks import connected, examples, path, ring, seeds
from topowave.algorithms import Network
from topowave.algorithms.termination.dijkstra_scholten import DijkstraScholten, Signal, Work


@examples
@given(connected(), st.data(), seeds)
def test_every_message_is_signalled_once_and_the_initiator_decides_when_all_is_over(
    network: Network, data: st.DataObject, seed: int
) -> None:
    initiator = data.draw(st.integers(0, network.nodes - 1))
    inputs = {node: seed + node for node in range(network.nodes)}
    done = run(DijkstraScholten, network, [initiator], seed=seed, inputs=inputs)
    check_laws(done)
    assert done.deciders == [initiator]
    assert done.sent_of(Signal) == done.sent_of(Work) == done.value
    assert done.decisions[0].under_way == 0
    assert [parent for parent in done.attribute("parent") if parent is not None] == [initiator]


def test_the_computation_makes_nodes_active_again_after_they_have_left_the_tree() -> None:
    again = [end for end in explore(DijkstraScholten, ring(4)) if end.sent_of(Work) > end.network.nodes]
    assert again
    for end in again:
        check_laws(end)
        assert end.decisions[0].under_way == 0


def test_it_is_refused_with_two_initiators() -> None:
    assert refused(DijkstraScholten, path(3), [0, 1]) == [
        "Dijkstra-Scholten needs exactly one initiator: 2 were given"
    ]

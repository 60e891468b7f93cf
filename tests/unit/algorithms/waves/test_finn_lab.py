from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.algorithms.harness import check_laws, refused, run
from tests.unit.algorithms.networks import examples, seeds
from topowave.algorithms import Network
from topowave.algorithms.waves.finn_lab import FinnLab


@examples
@given(st.integers(1, 12), seeds, seeds)
def test_every_node_decides_after_one_message_a_link(nodes: int, shape: int, seed: int) -> None:
    random = Random(shape)
    network = Network.from_arcs(nodes, [(random.randrange(node), node) for node in range(1, nodes)])
    done = run(FinnLab, network, seed=seed)
    check_laws(done)
    assert done.messages == nodes - 1
    levels = network.distances(0)
    assert {d.node: d.value for d in done.decisions} == {node: levels[node] + 1 for node in range(nodes)}


def test_it_is_no_wave_because_the_root_decides_alone() -> None:
    done = run(FinnLab, Network.from_arcs(2, [(0, 1)]))
    root = next(decision for decision in done.decisions if decision.node == 0)
    assert root.clock == (1, 0)
    assert not FinnLab.wave


def test_it_is_refused_where_a_node_has_two_parents() -> None:
    network = Network.from_arcs(4, [(0, 1), (0, 2), (1, 3), (2, 3)], names=["root", "a", "b", "c"])
    assert refused(FinnLab, network) == [
        "Lab course's Finn needs a tree whose root is the only initiator: c has 2 parents"
    ]


def test_it_is_refused_away_from_the_root() -> None:
    network = Network.from_arcs(2, [(0, 1)])
    assert refused(FinnLab, network, [1]) == [
        "Lab course's Finn needs a tree whose root is the only initiator: "
        "the initiator node 1 is not the root"
    ]


def test_it_is_refused_where_nodes_are_cut_off() -> None:
    network = Network.from_arcs(3, [(0, 1)])
    assert refused(FinnLab, network, [0]) == [
        "Lab course's Finn needs a tree whose root is the only initiator: "
        "1 node cannot be reached from node 0"
    ]

from collections.abc import Sequence

import pytest

from tests.unit.algorithms.networks import clique, one_way_ring, path, ring, star
from topowave.algorithms import (
    Centre,
    Connected,
    Fifo,
    LeavesInitiate,
    Network,
    Requirement,
    Ring,
    RootedTree,
    SingleInitiator,
    SomeInitiator,
    StronglyConnected,
    Tree,
    Undirected,
)
from topowave.algorithms.requirements import refusals

DOWN = Network.from_arcs(3, [(0, 1), (0, 2)])
PARTS = Network.from_links(4, [(0, 1), (2, 3)])


@pytest.mark.parametrize(
    ("requirement", "network", "initiators"),
    [
        (Undirected, path(3), [0]),
        (Connected, path(3), [0]),
        (StronglyConnected, one_way_ring([0, 1, 2]), [0]),
        (SingleInitiator, path(3), [2]),
        (SomeInitiator, path(3), [1, 2]),
        (RootedTree, DOWN, [0]),
        (Tree, star(4), []),
        (LeavesInitiate, path(3), [0, 2]),
        (Ring, ring(3), []),
        (Ring, one_way_ring([0, 2, 1]), []),
        (Ring, path(2), []),
        (Centre, star(4), [0]),
        (Fifo, path(2, fifo=True), []),
    ],
)
def test_what_is_met_is_not_refused(
    requirement: Requirement, network: Network, initiators: Sequence[int]
) -> None:
    assert refusals("It", (requirement,), network, initiators) == []


@pytest.mark.parametrize(
    ("requirement", "network", "initiators", "reason"),
    [
        (Undirected, DOWN, [0], "node 0 can send to node 1, but not the other way round"),
        (Connected, PARTS, [0], "2 nodes cannot be reached from node 0"),
        (StronglyConnected, DOWN, [0], "2 nodes cannot reach node 0"),
        (StronglyConnected, Network.from_arcs(2, [(1, 0)]), [0], "1 node cannot be reached from node 0"),
        (SingleInitiator, path(3), [], "0 were given"),
        (SomeInitiator, path(3), [], "none was given"),
        (RootedTree, DOWN, [0, 1], "2 initiators were given"),
        (RootedTree, DOWN, [1], "the initiator node 1 is not the root"),
        (Tree, Network.from_links(4, [(0, 1), (1, 2), (2, 0)]), [], "1 node cannot be reached from node 0"),
        (LeavesInitiate, path(3), [0], "1 node missing"),
        (Ring, path(1), [], "a ring has at least 2 nodes"),
        (Ring, clique(4), [], "node 0 has 3 neighbours, not 2"),
        (
            Ring,
            Network.from_links(6, [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3)]),
            [],
            "its nodes are on more than one ring",
        ),
        (Ring, Network.from_arcs(3, [(0, 1), (1, 2)]), [], "node 2 has 0 neighbours, not 1"),
        (Centre, star(4), [1], "node 1 is not joined to 2 nodes"),
        (Centre, star(4), [0, 1], "2 initiators were given"),
        (Fifo, path(2), [], "here a later message can overtake an earlier one"),
    ],
)
def test_what_is_not_met_is_refused_with_the_reason(
    requirement: Requirement, network: Network, initiators: Sequence[int], reason: str
) -> None:
    assert refusals("It", (requirement,), network, initiators) == [f"It needs {requirement.name}: {reason}"]


def test_few_nodes_are_named_and_many_are_counted() -> None:
    names = ["root", "a", "b", "c", "d"]
    few = Network.from_arcs(3, [(0, 1), (0, 2)], names=names)
    many = Network.from_arcs(5, [(0, node) for node in range(1, 5)], names=names)
    reasons = [refusals("Finn", (StronglyConnected,), network, [0])[0] for network in (few, many)]
    assert reasons[0].endswith(": 2 nodes (a, b) cannot reach root")
    assert reasons[1].endswith(": 4 nodes cannot reach root")


def test_every_reason_is_told() -> None:
    assert len(refusals("It", (Undirected, SingleInitiator, Fifo), DOWN, [])) == 3

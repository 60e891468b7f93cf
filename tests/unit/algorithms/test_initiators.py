from __future__ import annotations

import pytest

from tests.unit.algorithms.networks import path, ring, star
from topowave.algorithms import (
    Algorithm,
    Centre,
    Connected,
    LeavesInitiate,
    Network,
    Requirement,
    RootedTree,
    SingleInitiator,
    SomeInitiator,
)
from topowave.algorithms.initiators import usual_initiators, usual_initiators_text
from topowave.algorithms.registry import FAMILIES, LIBRARY
from topowave.algorithms.requirements import refusals


def needing(*requires: Requirement) -> type[Algorithm]:
    return type("Needing", (Algorithm,), {"requires": requires})


@pytest.mark.parametrize(
    ("requires", "network", "initiators"),
    [
        ((), path(3), [0]),
        ((Connected, SingleInitiator), path(3), [0]),
        ((SomeInitiator,), path(3), [0]),
        ((LeavesInitiate,), path(3), [0, 2]),
        ((LeavesInitiate,), path(1), [0]),
        ((Centre,), Network.from_links(3, [(1, 0), (1, 2)]), [1]),
        ((RootedTree,), Network.from_arcs(3, [(2, 0), (2, 1)]), [2]),
        ((RootedTree,), path(2), [0]),
    ],
)
def test_one_node_starts_or_those_that_must(
    requires: tuple[Requirement, ...], network: Network, initiators: list[int]
) -> None:
    assert usual_initiators(needing(*requires), network) == initiators


def test_in_an_election_everybody_stands() -> None:
    for algorithm in FAMILIES["Election"]:
        assert usual_initiators(algorithm, ring(5)) == [0, 1, 2, 3, 4], algorithm
        assert usual_initiators_text(algorithm) == "every node"


def test_in_a_snapshot_one_node_asks_for_it() -> None:
    for algorithm in FAMILIES["Snapshots"]:
        assert usual_initiators(algorithm, ring(5)) == [0], algorithm


@pytest.mark.parametrize("name", LIBRARY)
def test_what_is_said_of_who_starts_is_so(name: str) -> None:
    algorithm = LIBRARY[name]
    meant = {"every node": [0, 1, 2, 3], "the root": [0], "the centre": [0], "every leaf": [1, 2, 3]}
    network = star(4)
    if algorithm.view == "tree":
        network = Network.from_arcs(4, [(0, 1), (0, 2), (0, 3)])
    assert usual_initiators(algorithm, network) == meant[usual_initiators_text(algorithm)]


@pytest.mark.parametrize("name", LIBRARY)
def test_those_who_usually_start_are_refused_for_nothing_but_the_network(name: str) -> None:
    algorithm = LIBRARY[name]
    for network in (Network.from_links(4, [(0, 1), (1, 2), (2, 3), (3, 0)], fifo=True), path(4), star(4)):
        reasons = refusals("", algorithm.requires, network, usual_initiators(algorithm, network))
        assert not any("initiator" in reason and "given" in reason for reason in reasons), reasons

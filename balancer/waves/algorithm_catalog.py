"""What the algorithms ask and promise on the network that runs now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from topowave.algorithms import Algorithm, Network, View
from topowave.algorithms.initiators import usual_initiators
from topowave.algorithms.registry import LIBRARY, AlgorithmRegistry
from topowave.algorithms.requirements import refusals
from topowave.runtime.declarations import proven_limit
from topowave.runtime.network import network_of
from topowave.runtime.wave_time import WaveTimes
from topowave.topology import Problems, Topology
from topowave.wire.limits import WAVE_LIFE

BoundKind: TypeAlias = Literal["exactly", "at most"]


class AlgorithmCatalog:
    """The algorithms against one topology. Networks and bounds are computed once, when first asked for.

    Args:
        topology: the network that runs.
        algorithms: those that the lab knows.
    """

    def __init__(self, topology: Topology, algorithms: AlgorithmRegistry = LIBRARY) -> None:
        self.topology = topology
        self.algorithms = algorithms
        self._networks: dict[View, Network] = {}
        self._bounds: dict[str, float | None] = {}
        self.times = WaveTimes(topology, self._network, WAVE_LIFE)
        """How long a wave of each may take."""

    def refusals(self, algorithm: type[Algorithm], initiators: Sequence[str]) -> list[str]:
        """Return a sentence for each reason why `algorithm` cannot run from `initiators`; none if it can."""
        numbers = [self.topology.numbers[name] for name in initiators]
        return refusals(algorithm.title, algorithm.requires, self._network(algorithm.view), numbers)

    def usual_initiators(self, algorithm: type[Algorithm]) -> list[str]:
        """Return who starts a wave that names nobody."""
        network = self._network(algorithm.view)
        return [self.topology.numbering[number] for number in usual_initiators(algorithm, network)]

    def bound(self, algorithm: type[Algorithm]) -> float | None:
        """Return the proven limit on a wave's messages over the whole network, or None."""
        if algorithm.name not in self._bounds:
            self._bounds[algorithm.name] = self._computed(algorithm)
        return self._bounds[algorithm.name]

    def _computed(self, algorithm: type[Algorithm]) -> float | None:
        """Return the bound, or None where a student's own function cannot tell it."""
        try:
            return proven_limit(algorithm, "messages", self._network(algorithm.view))
        except Problems:
            return None

    def _network(self, view: View) -> Network:
        if view not in self._networks:
            # A link between two nodes is one WebSocket in each direction, which keeps its order.
            self._networks[view] = network_of(self.topology, view, fifo=True)
        return self._networks[view]


def bound_kind(algorithm: type[Algorithm]) -> BoundKind | None:
    """Return how the bound on messages is meant: "exactly", "at most", or None where there is none."""
    if algorithm.bounds.messages is None:
        return None
    return "exactly" if algorithm.bounds.exact else "at most"


def subtree(topology: Topology, name: str) -> frozenset[str]:
    """Return the names of a node and all below it in the tree."""
    found: list[str] = []
    waiting = [name]
    while waiting:
        found.append(waiting.pop())
        waiting.extend(topology.node(found[-1]).children)
    return frozenset(found)

"""How long a wave may take where links have a delay: as much longer as its messages need one after the other.

A wave that is not over when its time is up ends as incomplete, and that must be somebody's fault, not that of
links which do what they were told to. So what is proven of an algorithm's time is counted in the longest
delay. Where nothing is, its messages are counted, as though each waited for the one before.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from topowave.algorithms import Algorithm, Network, View
from topowave.runtime.declarations import Measure, proven_limit
from topowave.topology import LabConfig, Problems, Topology


class WaveTimes:
    """The time that each algorithm gets on one network; what is proven is computed once, when asked for.

    Args:
        topology: the network that runs.
        network: returns it as an algorithm with that view sees it.
        most_s: seconds that no wave may take longer than.
    """

    def __init__(self, topology: Topology, network: Callable[[View], Network], most_s: float) -> None:
        self._network = network
        self._most_s = most_s
        self._own_delays_ms = [node.link_delay for node in topology.nodes if node.link_delay is not None]
        self._steps: dict[type[Algorithm], float] = {}

    def delay_s(self, config: LabConfig) -> float:
        """Return the longest delay of a link, in seconds."""
        return max(config.link_delay, *self._own_delays_ms, 0.0) / 1000

    def limit_s(self, algorithm: type[Algorithm], config: LabConfig) -> float:
        """Return how long a wave may take, in seconds: `wave_timeout`, and what the links' delays add."""
        delay_s = self.delay_s(config)
        if not delay_s:
            return config.wave_timeout
        if algorithm not in self._steps:
            self._steps[algorithm] = steps(algorithm, self._network(algorithm.view))
        return min(config.wave_timeout + delay_s * self._steps[algorithm], self._most_s)


def steps(algorithm: type[Algorithm], network: Network) -> float:
    """Return how many messages of a wave may have to wait for each other, one after the other."""
    measures: tuple[Measure, ...] = ("time", "messages")
    for what in measures:
        with suppress(Problems):  # a student's own function cannot tell
            found = proven_limit(algorithm, what, network)
            if found is not None and found > 0:
                return float(found)
    return 2.0 * max(1, network.links, network.nodes)

"""The placements that come with Topowave, by name."""

from __future__ import annotations

from topowave.balancer.placements.base import Placement
from topowave.balancer.placements.join_shortest_queue import JoinShortestQueue
from topowave.balancer.placements.least_connections import LeastConnections
from topowave.balancer.placements.least_loaded import LeastLoaded
from topowave.balancer.placements.locality import Locality
from topowave.balancer.placements.power_of_two import PowerOfTwo
from topowave.balancer.placements.random_node import RandomNode
from topowave.balancer.placements.round_robin import RoundRobin
from topowave.balancer.placements.weighted_round_robin import WeightedRoundRobin

PLACEMENTS: dict[str, type[Placement]] = {
    placement.name: placement
    for placement in (
        LeastLoaded,
        LeastConnections,
        JoinShortestQueue,
        PowerOfTwo,
        RandomNode,
        RoundRobin,
        WeightedRoundRobin,
        Locality,
    )
}  # fmt: skip
"""Every placement by its name; `placement` in config.json chooses one."""


def find_placement(name: str) -> type[Placement]:
    """Return the placement called `name`. Raises KeyError with a sentence that lists the names there are."""
    found = PLACEMENTS.get(name)
    if found is None:
        raise KeyError(f"there is no placement {name!r}; there are {', '.join(PLACEMENTS)}")
    return found

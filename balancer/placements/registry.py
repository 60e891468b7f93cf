"""The placements that come with Topowave, by name."""

from __future__ import annotations

from topowave.balancer.placements.base import Placement
from topowave.balancer.placements.least_loaded import LeastLoaded

PLACEMENTS: dict[str, type[Placement]] = {
    placement.name: placement
    for placement in (
        LeastLoaded,
    )
}  # fmt: skip
"""Every placement by its name; `placement` in config.json chooses one."""


def find_placement(name: str) -> type[Placement]:
    """Return the placement called `name`. Raises KeyError with a sentence that lists the names there are."""
    found = PLACEMENTS.get(name)
    if found is None:
        raise KeyError(f"there is no placement {name!r}; there are {', '.join(PLACEMENTS)}")
    return found

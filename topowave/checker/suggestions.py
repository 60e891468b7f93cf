"""Which requirement a class seems to lack: one that no failing network meets, and some of the others do."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from topowave.algorithms import (
    Algorithm,
    Centre,
    LeavesInitiate,
    Requirement,
    Ring,
    SingleInitiator,
    Tree,
)
from topowave.checker.instances import Instance

CANDIDATES: dict[str, Requirement] = {
    "SingleInitiator": SingleInitiator,
    "Tree": Tree,
    "LeavesInitiate": LeavesInitiate,
    "Centre": Centre,
    "Ring": Ring,
}
"""The requirements that are tried, by the names that a class imports."""
MOST_TOGETHER = 2
"""How many of them are tried together."""


def lacking(
    algorithm: type[Algorithm], right: Sequence[Instance], wrong: Sequence[Instance]
) -> tuple[tuple[str, ...], int]:
    """Return the names of the requirements that leave out all of `wrong` and the fewest of `right`.

    The second value is how many of `right` meet them. No names, and 0, if there are no such requirements.
    """
    best: tuple[tuple[str, ...], int] = ((), 0)
    new = [name for name, each in CANDIDATES.items() if each not in algorithm.requires]
    for size in range(1, MOST_TOGETHER + 1):
        for names in combinations(new, size):
            if any(_meets(instance, names) for instance in wrong):
                continue
            left = sum(_meets(instance, names) for instance in right)
            if left > best[1]:
                best = names, left
    return best


def _meets(instance: Instance, names: Sequence[str]) -> bool:
    return all(CANDIDATES[name].unmet(instance.network, instance.initiators) is None for name in names)

"""The algorithms that come with Topowave, by name."""

from __future__ import annotations

from topowave.algorithms.averaging.push_sum import PushSum
from topowave.algorithms.base import Algorithm
from topowave.algorithms.election.chang_roberts import ChangRoberts
from topowave.algorithms.election.echo_extinction import EchoExtinction
from topowave.algorithms.election.hirschberg_sinclair import HirschbergSinclair
from topowave.algorithms.election.lelann import LeLann
from topowave.algorithms.election.peterson import Peterson
from topowave.algorithms.election.tree_election import TreeElection
from topowave.algorithms.snapshots.chandy_lamport import ChandyLamport
from topowave.algorithms.snapshots.lai_yang import LaiYang
from topowave.algorithms.termination.dijkstra_scholten import DijkstraScholten
from topowave.algorithms.termination.safra import Safra
from topowave.algorithms.traversal.awerbuch import Awerbuch
from topowave.algorithms.traversal.cidon import Cidon
from topowave.algorithms.traversal.depth_first import DepthFirst
from topowave.algorithms.traversal.tarry import Tarry
from topowave.algorithms.trees.bfs_tree import BfsTree
from topowave.algorithms.waves.broadcast import Broadcast
from topowave.algorithms.waves.echo import Echo
from topowave.algorithms.waves.finn import Finn
from topowave.algorithms.waves.finn_lab import FinnLab
from topowave.algorithms.waves.phase import Phase
from topowave.algorithms.waves.polling import Polling
from topowave.algorithms.waves.ring import RingWave
from topowave.algorithms.waves.tree import TreeWave

FAMILIES: dict[str, tuple[type[Algorithm], ...]] = {
    "Waves": (RingWave, TreeWave, Echo, Polling, Phase, Finn, FinnLab),
    "Broadcast and trees": (Broadcast, BfsTree),
    "Traversals": (Tarry, DepthFirst, Awerbuch, Cidon),
    "Election": (ChangRoberts, LeLann, HirschbergSinclair, Peterson, TreeElection, EchoExtinction),
    "Termination detection": (DijkstraScholten, Safra),
    "Snapshots": (ChandyLamport, LaiYang),
    "Averaging": (PushSum,),
}
"""Every algorithm, by what it is for."""

LIBRARY: dict[str, type[Algorithm]] = {cls.name: cls for family in FAMILIES.values() for cls in family}
"""Every algorithm by its name."""

ALIASES: dict[str, str] = {"finn": Finn.name}
"""Other names that people use."""


SOURCES: dict[str, str] = {}
"""For users' own classes, by name, where they come from, as FILE.py:CLASS."""


def add_algorithm(algorithm: type[Algorithm], source: str) -> None:
    """Make a user's own class known by its name. Raises ValueError where another class has it.

    Args:
        algorithm: the class.
        source: where it comes from, as FILE.py:CLASS; traces say it.
    """
    name = algorithm.name
    if LIBRARY.get(ALIASES.get(name, name), algorithm) is not algorithm:
        raise ValueError(f"there is an algorithm {name!r} already; give {algorithm.__name__} another `name`")
    LIBRARY[name] = algorithm
    SOURCES[name] = source


def reference(algorithm: type[Algorithm]) -> str:
    """Return what names a class of the library in a trace: its name, or FILE.py:CLASS for a user's own."""
    return SOURCES.get(algorithm.name, algorithm.name)


def find_algorithm(name: str) -> type[Algorithm]:
    """Return the class called `name`. Raises KeyError with a sentence that lists the names there are."""
    found = LIBRARY.get(ALIASES.get(name, name))
    if found is None:
        raise KeyError(f"there is no algorithm {name!r}; there are {', '.join(sorted(LIBRARY))}")
    return found

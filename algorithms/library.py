"""The algorithms that come with Topowave, by name."""

from __future__ import annotations

from algorithms.awerbuch import Awerbuch
from algorithms.base import Algorithm
from algorithms.bfs_tree import BfsTree
from algorithms.broadcast import Broadcast
from algorithms.chandy_lamport import ChandyLamport
from algorithms.chang_roberts import ChangRoberts
from algorithms.cidon import Cidon
from algorithms.depth_first import DepthFirst
from algorithms.dijkstra_scholten import DijkstraScholten
from algorithms.echo import Echo
from algorithms.echo_extinction import EchoExtinction
from algorithms.finn import Finn
from algorithms.finn_lab import FinnLab
from algorithms.hirschberg_sinclair import HirschbergSinclair
from algorithms.lai_yang import LaiYang
from algorithms.lelann import LeLann
from algorithms.peterson import Peterson
from algorithms.phase import Phase
from algorithms.polling import Polling
from algorithms.push_sum import PushSum
from algorithms.ring import RingWave
from algorithms.safra import Safra
from algorithms.tarry import Tarry
from algorithms.tree import TreeWave
from algorithms.tree_election import TreeElection

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

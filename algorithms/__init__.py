"""What each node says: wave algorithms as pure state machines, their requirements and proven bounds."""

from algorithms.base import Algorithm, Effect, View
from algorithms.bounds import Bounds
from algorithms.echo import Echo
from algorithms.finn import Finn
from algorithms.finn_lab import FinnLab
from algorithms.library import LIBRARY, find_algorithm
from algorithms.network import Network
from algorithms.requirements import (
    Connected,
    Requirement,
    RootedTree,
    SingleInitiator,
    SomeInitiator,
    StronglyConnected,
    Undirected,
    refusals,
)

__all__ = [
    "LIBRARY",
    "Algorithm",
    "Bounds",
    "Connected",
    "Echo",
    "Effect",
    "Finn",
    "FinnLab",
    "Network",
    "Requirement",
    "RootedTree",
    "SingleInitiator",
    "SomeInitiator",
    "StronglyConnected",
    "Undirected",
    "View",
    "find_algorithm",
    "refusals",
]

"""What each node says: wave algorithms as pure state machines, their requirements and proven bounds."""

from topowave.algorithms.base import Algorithm, Effect, View
from topowave.algorithms.bounds import Bounds
from topowave.algorithms.initiators import usual_initiators, usual_initiators_text
from topowave.algorithms.knowledge import Diameter, Knowledge, Predecessor, Successor, known
from topowave.algorithms.network import Network
from topowave.algorithms.registry import LIBRARY, find_algorithm
from topowave.algorithms.requirements import (
    Centre,
    Connected,
    Fifo,
    LeavesInitiate,
    Requirement,
    Ring,
    RootedTree,
    SingleInitiator,
    SomeInitiator,
    StronglyConnected,
    Tree,
    Undirected,
    refusals,
)
from topowave.algorithms.waves.echo import Echo
from topowave.algorithms.waves.finn import Finn
from topowave.algorithms.waves.finn_lab import FinnLab

__all__ = [
    "LIBRARY",
    "Algorithm",
    "Bounds",
    "Centre",
    "Connected",
    "Diameter",
    "Echo",
    "Effect",
    "Fifo",
    "Finn",
    "FinnLab",
    "Knowledge",
    "LeavesInitiate",
    "Network",
    "Predecessor",
    "Requirement",
    "Ring",
    "RootedTree",
    "SingleInitiator",
    "SomeInitiator",
    "StronglyConnected",
    "Successor",
    "Tree",
    "Undirected",
    "View",
    "find_algorithm",
    "known",
    "refusals",
    "usual_initiators",
    "usual_initiators_text",
]

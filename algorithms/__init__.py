"""What each node says: wave algorithms as pure state machines, their requirements and proven bounds."""

from algorithms.base import Algorithm, Effect, View
from algorithms.bounds import Bounds
from algorithms.echo import Echo
from algorithms.finn import Finn
from algorithms.finn_lab import FinnLab
from algorithms.initiators import usual_initiators, usual_initiators_text
from algorithms.knowledge import Diameter, Knowledge, Predecessor, Successor, known
from algorithms.library import LIBRARY, find_algorithm
from algorithms.network import Network
from algorithms.requirements import (
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

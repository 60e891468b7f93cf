"""What each node says: wave algorithms as pure state machines, their requirements and proven bounds.

The classes themselves are in `algorithms.library`.
"""

from topowave.algorithms.base import Algorithm, View
from topowave.algorithms.bounds import Bounds
from topowave.algorithms.knowledge import Diameter, Knowledge, Predecessor, Successor
from topowave.algorithms.network import Network
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
)

__all__ = [
    "Algorithm",
    "Bounds",
    "Centre",
    "Connected",
    "Diameter",
    "Fifo",
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
]

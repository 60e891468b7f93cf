"""The algorithms that come with Topowave: a line each, and nothing else is to do for a new one.

`topowave.algorithms.registry` finds them here; the folder of a class says which family it belongs to.
"""

from topowave.algorithms.averaging.push_sum import PushSum as PushSum
from topowave.algorithms.election.chang_roberts import ChangRoberts as ChangRoberts
from topowave.algorithms.election.echo_extinction import EchoExtinction as EchoExtinction
from topowave.algorithms.election.hirschberg_sinclair import HirschbergSinclair as HirschbergSinclair
from topowave.algorithms.election.lelann import LeLann as LeLann
from topowave.algorithms.election.peterson import Peterson as Peterson
from topowave.algorithms.election.tree_election import TreeElection as TreeElection
from topowave.algorithms.snapshots.chandy_lamport import ChandyLamport as ChandyLamport
from topowave.algorithms.snapshots.lai_yang import LaiYang as LaiYang
from topowave.algorithms.termination.dijkstra_scholten import DijkstraScholten as DijkstraScholten
from topowave.algorithms.termination.safra import Safra as Safra
from topowave.algorithms.traversal.awerbuch import Awerbuch as Awerbuch
from topowave.algorithms.traversal.cidon import Cidon as Cidon
from topowave.algorithms.traversal.depth_first import DepthFirst as DepthFirst
from topowave.algorithms.traversal.tarry import Tarry as Tarry
from topowave.algorithms.trees.bfs_tree import BfsTree as BfsTree
from topowave.algorithms.waves.broadcast import Broadcast as Broadcast
from topowave.algorithms.waves.echo import Echo as Echo
from topowave.algorithms.waves.finn import Finn as Finn
from topowave.algorithms.waves.finn_lab import FinnLab as FinnLab
from topowave.algorithms.waves.phase import Phase as Phase
from topowave.algorithms.waves.polling import Polling as Polling
from topowave.algorithms.waves.ring import RingWave as RingWave
from topowave.algorithms.waves.tree import TreeWave as TreeWave

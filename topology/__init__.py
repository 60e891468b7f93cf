"""What a network is: the model, its files, generators and the text tree."""

from __future__ import annotations

from topowave.topology.config import LabConfig, read_config
from topowave.topology.files import read_topology, write_topology
from topowave.topology.generators.generate import generate
from topowave.topology.generators.shapes import SHAPES
from topowave.topology.model import Topology
from topowave.topology.network_files import read_network, write_network
from topowave.topology.node import Node
from topowave.topology.problems import Problems
from topowave.topology.text_tree import text_tree

__all__ = [
    "SHAPES",
    "LabConfig",
    "Node",
    "Problems",
    "Topology",
    "generate",
    "read_config",
    "read_network",
    "read_topology",
    "text_tree",
    "write_network",
    "write_topology",
]

"""What a network is: the model, its files, generators and the text tree."""

from __future__ import annotations

from topology.config import LabConfig, read_config
from topology.files import read_topology, write_topology
from topology.generate import SHAPES, generate
from topology.model import Topology
from topology.networks import read_network, write_network
from topology.node import Node
from topology.problems import Problems
from topology.text import text_tree

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

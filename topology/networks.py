"""Networks from elsewhere and for elsewhere: one door to all file formats."""

from __future__ import annotations

import os

from topology.files import read_topology, write_topology
from topology.generate import DEFAULT_BASE_PORT
from topology.model import Topology


def read_network(
    path: str | os.PathLike[str],
    *,
    root: str | None = None,
    largest: bool = False,
    base_port: int = DEFAULT_BASE_PORT,
) -> Topology:
    """Read a network in any known format."""
    return read_topology(path)


def write_network(topology: Topology, path: str | os.PathLike[str]) -> None:
    """Write a network in the format that the file's name asks for."""
    write_topology(topology, path)

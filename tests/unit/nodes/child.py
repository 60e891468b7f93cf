"""Runs one node of a test lab as a process of its own, so that it can be killed or stopped.

Arguments: descriptor of the listening socket, number of this life, name, journal; standard input: topology
and config.
"""

from __future__ import annotations

import json
import socket
import sys
from pathlib import Path

from topowave.nodes.server import NodeStart, run_nodes
from topowave.topology import LabConfig, Topology


def main() -> None:
    """Run the node until a signal ends it."""
    fd, incarnation, name, journal = sys.argv[1:]
    lab = json.load(sys.stdin)
    start = NodeStart(
        Topology.from_json(lab["topology"]),
        LabConfig(**lab["config"]),
        name,
        socket.socket(fileno=int(fd)),
        int(incarnation),
        True,
        lambda: None,
        journal=Path(journal),
    )
    run_nodes([start])


if __name__ == "__main__":
    main()

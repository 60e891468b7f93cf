"""Where the nodes of a topology are reached: at their own host, or at the one that the lab listens on."""

from __future__ import annotations

from topowave.topology import LabConfig, Node
from topowave.wire.addresses import Address


def node_address(node: Node, config: LabConfig) -> Address:
    """Return where a node is reached: one on an agent, or somebody else's, may have a host of its own."""
    return Address(config.host if node.host is None else node.host, node.port)

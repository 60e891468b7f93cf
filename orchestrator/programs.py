"""What the children run. The supervisor knows only the seats; which programs sit there is decided here."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass

from topology import Topology


@dataclass(frozen=True, slots=True)
class NodeSeat:
    """What the supervisor gives to one process of a node.

    block: the process's number, unique in the lab; its waves are numbered from `block` millions on.
    ready: to be called once the node serves.
    """

    topology: Topology
    name: str
    listener: socket.socket
    block: int
    ready: Callable[[], None]


@dataclass(frozen=True, slots=True)
class BalancerSeat:
    """What the supervisor gives to one process of the balancer; it serves the page too.

    version: the number of the network that runs, counted up with every replacement.
    control: its end of the control channel.
    """

    topology: Topology
    version: int
    listener: socket.socket
    page_listener: socket.socket
    control: socket.socket
    block: int
    ready: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Programs:
    """The two programs of a lab. Each runs until SIGTERM, then returns."""

    node: Callable[[NodeSeat], None]
    balancer: Callable[[BalancerSeat], None]

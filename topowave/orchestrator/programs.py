"""What the children run. The supervisor knows only the seats; which programs sit there is decided here."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass

from topowave.topology import Topology


@dataclass(frozen=True, slots=True)
class NodesSeat:
    """What the supervisor gives to one process of nodes.

    names: the nodes that it runs.
    listeners: their listening sockets, in the same order.
    block: the process's number, unique in the lab; its waves are numbered from `block` millions on.
    ready: to be called by each of them once it serves.
    """

    topology: Topology
    names: tuple[str, ...]
    listeners: tuple[socket.socket, ...]
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

    nodes: Callable[[NodesSeat], None]
    balancer: Callable[[BalancerSeat], None]

"""What the children run, and what the supervisor gives them; `lab` decides which programs take it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass

from topowave.runtime.handler_note import HandlerNote
from topowave.topology import LabConfig, Topology


@dataclass(frozen=True, slots=True)
class NodesProcessContext:
    """What the supervisor gives to one process of nodes.

    config: the lab's settings, as they are now.
    names: the nodes that it runs.
    listeners: their listening sockets, in the same order.
    incarnation: the process's number, unique in the lab; its waves are numbered from that many millions on.
    ready: to be called by each of them once it serves.
    note: where it notes which handler of a user's class it runs.
    version: the number of the network that it is started with.
    """

    topology: Topology
    config: LabConfig
    names: tuple[str, ...]
    listeners: tuple[socket.socket, ...]
    incarnation: int
    ready: Callable[[], None]
    note: HandlerNote
    version: int = 1


@dataclass(frozen=True, slots=True)
class BalancerProcessContext:
    """What the supervisor gives to one process of the balancer; it serves the page too.

    config: the lab's settings, as they are now.
    page_listener: the page's listening socket; None where the lab serves none.
    version: the number of the network that runs, counted up with every replacement.
    control: its end of the control channel.
    """

    topology: Topology
    config: LabConfig
    version: int
    listener: socket.socket
    page_listener: socket.socket | None
    control: socket.socket
    incarnation: int
    ready: Callable[[], None]


@dataclass(frozen=True, slots=True)
class FleetProcessContext:
    """What the supervisor gives to the process of the fleet.

    config: the lab's settings, as they are now.
    ready: to be called once the agents are asked for; whether they come, the balancer sees.
    """

    config: LabConfig
    incarnation: int
    ready: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Programs:
    """The programs of a lab. Each runs until SIGTERM, then returns.

    fleet: starts agents elsewhere, and has them run as long as the lab does; None where nothing does.
    """

    nodes: Callable[[NodesProcessContext], None]
    balancer: Callable[[BalancerProcessContext], None]
    fleet: Callable[[FleetProcessContext], None] | None = None

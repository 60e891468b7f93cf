"""What the balancer is started with."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from topowave.algorithms.registry import LIBRARY, AlgorithmRegistry
from topowave.balancer.policies.base import Policy
from topowave.balancer.policies.registry import POLICIES
from topowave.tasks import JournalPlace
from topowave.topology import LabConfig, Topology
from topowave.topology.properties import measure
from topowave.wire.agents import Places
from topowave.wire.token import Token

FIRST_VERSION = 1
"""Of the network that a lab begins with."""


@dataclass(frozen=True)
class BalancerStart:
    """All that one balancer needs; the sockets are its own from now on.

    Attributes:
        topology, version: the network that runs, and its number.
        config: the lab's settings.
        listener: the balancer's listening socket, bound.
        page_listener: the page's listening socket, bound; None where the lab serves none.
        control: its end of the channel to the orchestrator.
        incarnation: number of this process, unique in the lab; its waves are numbered in it.
        trace: file for the trace of all waves, or None.
        page: folder of the built page.
        title: what people call the lab's first network.
        ready: called once, when both servers serve.
        token: what those must know who talk to this lab; None where only its own machine reaches it.
        journal: where the lab's journal is, or None where there is none.
        algorithms, policies: those that the lab knows.
        places: where nodes may run: "here", on this machine too, or on "agents" only.
        agents: how many agents are expected, where nodes run on agents only.
    """

    topology: Topology
    version: int
    config: LabConfig
    listener: socket.socket
    page_listener: socket.socket | None
    control: socket.socket
    incarnation: int
    trace: Path | None
    page: Path
    title: str
    ready: Callable[[], None]
    token: Token | None = None
    journal: JournalPlace | Path | None = None
    algorithms: AlgorithmRegistry = LIBRARY
    policies: Mapping[str, type[Policy]] = field(default_factory=lambda: POLICIES)
    places: Places = "here"
    agents: int = 0

    @property
    def network_title(self) -> str:
        """What people call the network that runs: another one than the first is told by its figures."""
        return self.title if self.version == FIRST_VERSION else measure(self.topology).sentence()

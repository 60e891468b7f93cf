"""What the balancer is started with."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from topology import LabConfig, Topology


@dataclass(frozen=True)
class BalancerStart:
    """All that one balancer needs; the sockets are its own from now on.

    Attributes:
        topology, version: the network that runs, and its number.
        config: the lab's settings.
        listener: the balancer's listening socket, bound.
        page_listener: the page's listening socket, bound.
        control: its end of the channel to the orchestrator.
        block: number of this process, unique in the lab; its waves are numbered in it.
        trace: file for the trace of all waves, or None.
        page: folder of the built page.
        title: what people call this lab.
        ready: called once, when both servers serve.
        journal: file of the lab's journal, or None where there is none.
    """

    topology: Topology
    version: int
    config: LabConfig
    listener: socket.socket
    page_listener: socket.socket
    control: socket.socket
    block: int
    trace: Path | None
    page: Path
    title: str
    ready: Callable[[], None]
    journal: Path | None = None

"""What all nodes of one process share: they may be many."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from topowave.algorithms.registry import LIBRARY, AlgorithmRegistry
from topowave.nodes.reporting import Reporter
from topowave.nodes.waves.codec import Codec
from topowave.topology import LabConfig, Topology
from topowave.wire.addresses import Address
from topowave.wire.token import Token


class ProcessContext:
    """The parts of a process that hosts nodes; made inside a running event loop.

    Args:
        topology, config: the lab.
        token: what the balancer wants to see, if it wants any.
        algorithms: those that the lab knows.

    Attributes:
        reporter: reports to the balancer.
        codec: translates messages.
    """

    def __init__(
        self,
        topology: Topology,
        config: LabConfig,
        token: Token | None = None,
        algorithms: AlgorithmRegistry = LIBRARY,
    ) -> None:
        self.reporter = Reporter(Address(config.host, config.balancer_port).websocket("/observe", token))
        self.codec = Codec([node.port for node in topology.nodes], algorithms)


@asynccontextmanager
async def process_context(
    topology: Topology,
    config: LabConfig,
    token: Token | None = None,
    algorithms: AlgorithmRegistry = LIBRARY,
) -> AsyncGenerator[ProcessContext]:
    """Keep what nodes share, while the context is open."""
    context = ProcessContext(topology, config, token, algorithms)
    context.reporter.open()
    try:
        yield context
    finally:
        await context.reporter.close()

"""What all nodes of one process share: they may be many.

The settings of a lab may be changed while it runs, what tasks its nodes take, and the network itself: nodes
join it and leave. The balancer tells all that on the link on which this process reports; every node takes it,
and only then the process says that it has it.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from functools import cache
from typing import Protocol

import msgspec

from topowave.algorithms import Algorithm, Network, View
from topowave.algorithms.registry import LIBRARY, AlgorithmRegistry
from topowave.nodes.lab_clock import LAB_CLOCK
from topowave.nodes.reporting import Reporter
from topowave.nodes.tasks.scripts import ScriptRunner
from topowave.nodes.waves.codec import Codec
from topowave.nodes.waves.handlers import Handlers
from topowave.runtime.handler_note import HandlerNote
from topowave.runtime.network import network_of
from topowave.runtime.wave_time import WaveTimes
from topowave.topology import LabConfig, Problems, Topology
from topowave.topology.config import reconfigured
from topowave.topology.executor import PLAIN, ExecutorSettings
from topowave.topology.flat_form import from_rows
from topowave.topology.validation import changed_executor
from topowave.web.loop_lag import LoopLag
from topowave.wire.addresses import Address
from topowave.wire.control import Rows
from topowave.wire.limits import WAVE_LIFE
from topowave.wire.observations import Clock, Deliver, decode_told
from topowave.wire.token import Token

log = logging.getLogger(__name__)


class Member(Protocol):
    """A node of this process, as one of a network that may be followed by another one."""

    def adopt(self, topology: Topology) -> None:
        """Go on in the network that follows, in which this node is."""
        ...

    def neighbors_silent(self, names: Collection[str]) -> None:
        """Wait for no neighbour that is among these programs of others, and for all others again."""
        ...

    def deliver(self, order: Deliver) -> None:
        """Handle messages of a held wave."""
        ...

    def leave(self) -> None:
        """End: the network that follows is without this node."""
        ...


class ProcessContext:
    """The parts of a process that hosts nodes; made inside a running event loop.

    Args:
        topology, config: the lab.
        token: what the balancer wants to see, if it wants any.
        algorithms: those that the lab knows.
        note: where the handlers of users' classes are noted, for the parent of this process.
        nodes: the names of its nodes.
        version: the number of the network.

    Attributes:
        nodes: the names of its nodes.
        config: the lab's settings, as they are now.
        reporter: reports to the balancer.
        codec: translates messages.
        handlers: runs the handlers of its nodes.
        scripts: what their script tasks are run with.
        silent: other people's programs that are not heard.
        loop_lag: how late their event loop is.
    """

    def __init__(
        self,
        topology: Topology,
        config: LabConfig,
        token: Token | None = None,
        algorithms: AlgorithmRegistry = LIBRARY,
        note: HandlerNote | None = None,
        nodes: Collection[str] = (),
        version: int = 1,
    ) -> None:
        self.config = config
        self._version = version
        self._followed: Topology | None = None
        self.nodes = frozenset(nodes)
        self.loop_lag = LoopLag()
        self.handlers = Handlers(note)
        self.scripts = ScriptRunner(config, sum(topology.node(name).cpu for name in self.nodes) or 1)
        url = Address(config.host, config.balancer_port).websocket("/observe", token)
        self.reporter = Reporter(url, self._told, config.heartbeat_interval)
        self.codec = Codec([node.port for node in topology.nodes], algorithms)
        self._executors: Mapping[str, ExecutorSettings] = topology.executors
        self._followers: list[Callable[[LabConfig], None]] = []
        self._members: dict[str, Member] = {}
        self.silent: frozenset[str] = frozenset()
        self._times = _times(topology)

    def wave_limit(self, algorithm: type[Algorithm]) -> float:
        """Return how long a wave may take that begins now, in seconds."""
        return self._times.limit_s(algorithm, self.config)

    def follow(self, take: Callable[[LabConfig], None]) -> None:
        """Call `take` with the settings as they are now, and whenever they change."""
        self._followers.append(take)
        take(self.config)

    def unfollow(self, take: Callable[[LabConfig], None]) -> None:
        """Call `take` no more."""
        self._followers.remove(take)

    def configure(self, config: LabConfig) -> None:
        """Let all nodes of this process take other settings."""
        if config != self.config:
            self.config = config
            for take in self._followers:
                take(config)

    def join(self, name: str, member: Member) -> None:
        """Tell a node of this process of networks that follow, as long as it is in them.

        One may have followed while the node was being made.
        """
        self._members[name] = member
        if self._followed is not None:
            self._tell_member(name, self._followed)

    def adopt(self, topology: Topology, version: int) -> None:
        """Go on in the network that follows; nodes that have left it end."""
        self._version = version
        self.codec.renumber([node.port for node in topology.nodes])
        self._times = _times(topology)
        self._followed = topology
        for name in list(self._members):
            self._tell_member(name, topology)

    def _tell_member(self, name: str, topology: Topology) -> None:
        if name in topology.numbers:
            self._members[name].adopt(topology)
        else:
            self._members.pop(name).leave()

    def executor(self, name: str) -> ExecutorSettings:
        """Return what tasks a node of this lab takes now; every task, where nothing is said of it."""
        return self._executors.get(name, PLAIN)

    def _told(self, text: bytes) -> None:
        """Take what the balancer says, and answer it."""
        try:
            said = decode_told(text)
            if isinstance(said, Clock):
                LAB_CLOCK.ahead_us = said.ahead_us
                return
            if isinstance(said, Deliver):
                for name in list(self._members) if said.node is None else [said.node]:
                    if name in self._members:
                        self._members[name].deliver(said)
                return
            executors = {name: changed_executor(PLAIN, taken) for name, taken in said.executors.items()}
            self.configure(reconfigured(self.config, said.settings))
            self._executors = executors
            is_other, self.silent = self.silent != frozenset(said.silent), frozenset(said.silent)
            # One that is being started for a network to come knows it before the others.
            if said.network is not None and said.network.version > self._version:
                rows = msgspec.json.decode(said.network.rows, type=Rows)
                self.adopt(from_rows(rows), said.network.version)
                self.reporter.openings.tell_now()  # no wave is to begin before new links are open
            for member in self._members.values() if is_other else ():
                member.neighbors_silent(self.silent)
        except (msgspec.MsgspecError, Problems) as error:
            log.warning("the balancer told settings that are none: %s", error)
        else:
            self.reporter.confirm(said.number)


def _times(topology: Topology) -> WaveTimes:
    """Return how long waves may take on a network, which is looked at when that is first asked."""

    @cache
    def network(view: View) -> Network:
        return network_of(topology, view, fifo=True)

    return WaveTimes(topology, network, WAVE_LIFE)


@asynccontextmanager
async def process_context(
    topology: Topology,
    config: LabConfig,
    token: Token | None = None,
    algorithms: AlgorithmRegistry = LIBRARY,
    note: HandlerNote | None = None,
    nodes: Collection[str] = (),
    version: int = 1,
) -> AsyncGenerator[ProcessContext]:
    """Keep what nodes share, while the context is open."""
    context = ProcessContext(topology, config, token, algorithms, note, nodes, version)
    context.reporter.open()
    try:
        yield context
    finally:
        context.loop_lag.close()
        await context.scripts.close()
        await context.reporter.close()

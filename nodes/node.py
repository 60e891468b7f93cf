"""One node of a live lab: its tasks, its neighbours and its waves, put together from the topology."""

from __future__ import annotations

import asyncio
import itertools
import socket
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache

from algorithms import Algorithm, Network
from algorithms.knowledge import NOTHING, known
from nodes.codec import Codec
from nodes.executor import Executor
from nodes.handover import Mover, Target
from nodes.observer import Observer
from nodes.peers import ForeignPeer, OwnPeer, Peer
from nodes.strangers import Strangers
from nodes.waves import Place, Timing, Waves
from tasks import QueueFull, Task, TaskQueue
from topology import LabConfig, Topology
from topology.view import arcs
from wire import limits
from wire.addresses import LOOPBACK, host_and_port, websocket_url
from wire.observations import Load


@dataclass(frozen=True)
class NodeStart:
    """What a node is started with.

    Attributes:
        topology, config: the lab.
        name: which node of it.
        listener: its listening socket, bound.
        block: number of this life of the node, unique in the lab; its waves and tasks are numbered in it.
        trace: whether reports to the balancer carry messages.
        ready: called once, when the node serves.
    """

    topology: Topology
    config: LabConfig
    name: str
    listener: socket.socket
    block: int
    trace: bool
    ready: Callable[[], None]


class Node:
    """The parts of one running node; made inside a running event loop."""

    def __init__(self, start: NodeStart) -> None:
        topology, config = start.topology, start.config
        self.topology = topology
        self.config = config
        self.spec = topology.node(start.name)
        self.block = start.block
        self.queue = TaskQueue(self.spec.cpu)
        self.observer = Observer(
            websocket_url(config.host, config.balancer_port, "/observe"), self.spec.name, self._load
        )
        self.executor = Executor(self.queue, config.task_time, self.observer.load_changed)
        self.peers = self._make_peers()
        self._by_port = {topology.nodes[index].port: index for index in self.peers}
        self._senders: dict[str, int | None] = {}
        self.strangers = Strangers()
        self._known: dict[type[Algorithm], Mapping[str, int]] = {}
        self.waves = Waves(
            self._place(),
            self.peers,
            _codec(topology.ports),
            self.observer,
            Timing(config.wave_timeout, config.probe_after, config.probe_timeout),
            numbers=itertools.count(limits.WAVE_BLOCK * start.block + 1),
            report=self.report,
            knows=self._knows,
            act=self._act,
            trace=start.trace,
        )
        life = f"{self.spec.name}.{start.block}"
        self._task_ids = (f"{life}.{number}" for number in itertools.count(1))
        self.mover = Mover(self.spec.name, self.queue, life, self.executor.proceed)

    async def close(self) -> None:
        """Stop everything that runs, and say goodbye to the neighbours."""
        self.executor.stop()
        await self.mover.close()
        await self.waves.close()
        await asyncio.gather(
            self.strangers.close(), self.observer.close(), *(peer.close() for peer in self.peers.values())
        )

    def open(self) -> None:
        """Begin to open the links."""
        self.observer.open()
        for peer in self.peers.values():
            if isinstance(peer, OwnPeer):
                peer.open()

    def report(self) -> dict[str, object]:
        """Return what this node contributes to an echo wave."""
        return {
            "name": self.spec.name,
            "port": self.spec.port,
            "cpu": self.spec.cpu,
            "load": self.queue.load,
        }

    def add_tasks(self, count: int) -> None:
        """Queue `count` new tasks. Raises QueueFull where there is no room."""
        self.queue.submit(Task(next(self._task_ids)) for _ in range(count))
        self.executor.proceed()

    def _act(self) -> None:
        with suppress(QueueFull):  # a node without room passes the wave on all the same
            self.add_tasks(1)

    def neighbor_at(self, sender: str) -> int | None:
        """Return the number of the neighbour whose URL is `sender`; None for everybody else."""
        if sender not in self._senders:
            if len(self._senders) > limits.SENDERS:
                self._senders.clear()
            host, port = host_and_port(sender)
            near = self._by_port.get(port or 0) if self.is_ours(host) else None
            self._senders[sender] = near
        return self._senders[sender]

    def is_ours(self, host: str) -> bool:
        """Whether this node may talk to `host`: loopback and the lab's own address."""
        return host in LOOPBACK or host == self.config.host

    def target(self, port: int) -> Target | None:
        """Return the node of this topology on `port`, as a receiver of tasks; None if there is none."""
        try:
            node = self.topology.by_port(port)
        except KeyError:
            return None
        return Target(node.name, self.config.host, port, not node.launch)

    def _load(self) -> Load:
        counts = self.queue.counts()
        return Load(
            node=self.spec.name,
            queued=counts.queued,
            running=counts.running,
            moving=counts.giving,
            done=counts.done,
            submitted=counts.submitted,
        )

    def _knows(self, algorithm: type[Algorithm]) -> Mapping[str, int]:
        if not algorithm.needs:
            return NOTHING
        if algorithm not in self._known:
            out = arcs(self.topology, algorithm.view)
            network = Network(out, out if algorithm.view == "links" else None, fifo=True)
            self._known[algorithm] = known(algorithm.needs, network, self.topology.index(self.spec.name))
        return self._known[algorithm]

    def _place(self) -> Place:
        spec, topology = self.spec, self.topology
        return Place(
            index=topology.index(spec.name),
            name=spec.name,
            url=websocket_url(self.config.host, spec.port),
            parent=None if spec.parent is None else topology.index(spec.parent),
            children=tuple(topology.index(name) for name in spec.children),
            neighbors=tuple(topology.index(name) for name in topology.neighbors(spec.name)),
            is_tree=topology.is_tree,
        )

    def _make_peers(self) -> dict[int, Peer]:
        peers: dict[int, Peer] = {}
        for name in self.topology.neighbors(self.spec.name):
            near = self.topology.node(name)
            own_delay = self.topology.link_delay(self.spec.name, name)
            delay = (self.config.link_delay if own_delay is None else own_delay) / 1000
            kind = OwnPeer if near.launch else ForeignPeer
            index = self.topology.index(name)
            url = websocket_url(self.config.host, near.port)
            peers[index] = kind(index, name, url, delay, self._neighbor_down)
        return peers

    def _neighbor_down(self, index: int) -> None:
        self.waves.down(index)


@lru_cache(maxsize=1)
def _codec(ports: tuple[int, ...]) -> Codec:
    """Return the codec of a network, the same one for all its nodes in this process."""
    return Codec(list(ports))


@asynccontextmanager
async def running(start: NodeStart) -> AsyncGenerator[Node]:
    """Run the parts of a node, without its server, while the context is open."""
    node = Node(start)
    node.open()
    try:
        yield node
    finally:
        await node.close()

r"""One node of a live lab: its tasks, its neighbours and its waves, put together from the topology.

Theory of operation. A node is a dozen parts in one event loop, which they may share with the parts of other
nodes. Nothing blocks and nothing is locked: a part does one thing, and calls the next.

    /ws ---- inbox ------> waves (algorithms' handlers) ---> peers, one link a neighbour
                 \             |            \                 |  down: the waves go on without that neighbour
                  \            | events      add a task       partition: all of them down for a while
                   \           v                 v
                    \       reporter          tasks: queue in memory <---> journal, in groups
                     \      (balancer)            |  executor: a core for a while
                      -> external replies         |  migration: moves to another node's journal rows

What must hold:
- A frame counts as a neighbour's by the URL that it names as its sender; frames of everybody else can only
  ask for a wave, whose answer goes to that URL, and only where this lab answers (`AllowedTargets`).
- A node speaks of a task only after the journal has it, and runs it only after its start is there. What the
  node remembers of its tasks is a copy; the journal decides, after any death.
- Reports are beside the work: where the balancer is away they are dropped and counted, and no wave waits.
- Each start of a node is a new incarnation, with a number of its own in the lab; ids of waves and tasks are
  made from it, so none is ever used twice.
- A network that follows another one (`adopt`) comes while no wave is under way; a node that it lacks ends.

What may fail, and what follows: a neighbour (its link breaks, or it answers no probe: it is missing in the
waves that wait for it), the journal (tasks are refused with the reason, waves go on), a handler of a user's
class (that wave goes on without this node), the process (its host starts it again; the next incarnation finds
its tasks in the journal). `close` is the reverse of `open`: tasks first, so that what runs is assigned again.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import socket
from collections.abc import AsyncGenerator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from topowave.algorithms import Algorithm
from topowave.algorithms.knowledge import NOTHING, known
from topowave.algorithms.registry import LIBRARY, AlgorithmRegistry
from topowave.algorithms.requirements import refusals
from topowave.engine import Engine
from topowave.nodes.links.external_replies import ExternalReplies
from topowave.nodes.links.partition import Partition
from topowave.nodes.links.peers import ForeignPeer, OwnPeer, Peer
from topowave.nodes.process_context import ProcessContext
from topowave.nodes.tasks.migration import Target, TaskMigration
from topowave.nodes.tasks.node_tasks import NodeTasks
from topowave.nodes.waves.runtime import Waves
from topowave.nodes.waves.wave import Place, RefusedError, Surroundings, Timing
from topowave.runtime.handler_note import HandlerNote
from topowave.runtime.network import TooLargeError, network_of
from topowave.tasks import Journal, JournalPlace, ScriptType, journal_at
from topowave.topology import LabConfig, Topology
from topowave.web.loop_lag import LoopLag
from topowave.web.node_addresses import node_address
from topowave.web.owned_tasks import OwnedTasks
from topowave.wire import limits
from topowave.wire.addresses import Address
from topowave.wire.allowed_targets import AllowedTargets, plain_address
from topowave.wire.observations import Deliver, Load
from topowave.wire.token import Token, bearer

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class NodeStart:
    """What a node is started with.

    Attributes:
        topology, config: the lab; some of its settings may change while it runs.
        name: which node of it.
        listener: its listening socket, bound.
        incarnation: number of this start of the node, unique in the lab; waves and tasks are numbered in it.
        trace: whether reports to the balancer carry messages.
        ready: called once, when the node serves.
        token: what those must know who talk to this lab; None where only its own machine reaches it.
        journal: where the lab's journal is; None for one of its own in memory, which no other node shares.
        algorithms: those that the lab knows.
        note: where the process notes which handler of a user's class it runs, for its parent.
        version: the number of the network.
        lab_hosts: what else the lab's own machine is called, besides the config's host.
    """

    topology: Topology
    config: LabConfig
    name: str
    listener: socket.socket
    incarnation: int
    trace: bool
    ready: Callable[[], None]
    token: Token | None = None
    journal: JournalPlace | Path | None = None
    algorithms: AlgorithmRegistry = LIBRARY
    note: HandlerNote | None = None
    version: int = 1
    lab_hosts: Collection[str] = ()


class Node:
    """The parts of one running node; made inside a running event loop.

    Args:
        start: what it is started with.
        context: what the nodes of this process share.
        journal: where its tasks are written down.
    """

    def __init__(self, start: NodeStart, context: ProcessContext, journal: Journal) -> None:
        topology, config = start.topology, start.config
        self.topology = topology
        self.config = config
        self.token = start.token
        self.allowed_targets = AllowedTargets(
            config.host, config.answer_to, [config.balancer_port], start.lab_hosts
        )
        self.spec = topology.node(start.name)
        self.incarnation = start.incarnation
        self._context = context
        self.openings = context.reporter.openings
        load_changed = partial(context.reporter.load_changed, start.name)
        self.tasks = NodeTasks(
            start.name,
            self.spec.cpu,
            start.incarnation,
            journal,
            config.task_time,
            load_changed,
            context.scripts,
            partial(context.executor, start.name),
            config.discipline,
        )
        self.queue = self.tasks.queue
        self._closing = OwnedTasks(_log)
        self.left = asyncio.Event()
        """Set once the node has left the network."""
        self.peers: dict[int, Peer] = {}
        self._renew_peers()
        self.partition = Partition(self.peers.values(), load_changed)
        self._by_address = self._addresses_of_peers()
        self.foreign_parent = self._find_foreign_parent()
        """Number of the parent in the tree, where that is somebody else's program; else None."""
        self._senders: dict[str, int | None] = {}
        self.codec = context.codec
        balancer = Address(config.host, config.balancer_port).websocket(token=start.token)
        self.external_replies = ExternalReplies(self.allowed_targets, balancer)
        self._known: dict[type[Algorithm], Mapping[str, int]] = {}
        self.waves = Waves(
            self._place(),
            self.peers,
            self.codec,
            context.reporter,
            Timing(context.wave_limit, config.probe_after, config.probe_timeout),
            numbers=itertools.count(limits.WAVES_PER_INCARNATION * start.incarnation + 1),
            node=Surroundings(self.report, self._knows, self.tasks.add_one_soon, context.handlers),
            trace=start.trace,
        )
        self.migration = TaskMigration(
            self.spec.name, self.tasks, self.tasks.executor.proceed, bearer(start.token)
        )

    async def close(self) -> None:
        """Stop everything that runs, and say goodbye to the neighbours."""
        self.tasks.executor.stop()
        await self.partition.close()
        await self.migration.close()
        await self.waves.close()
        self._context.reporter.remove_source(self.spec.name)
        closing = (peer.close() for peer in self.peers.values())
        await asyncio.gather(self.external_replies.close(), self._closing.finish(), *closing)

    def open(self) -> None:
        """Begin to open the links to the neighbours."""
        for peer in self.peers.values():
            if isinstance(peer, OwnPeer):
                peer.open()

    def adopt(self, topology: Topology) -> None:
        """Go on in a network that follows: neighbours that stay keep their links, others come, go or move."""
        known = {node.name: node.place for node in topology.nodes}
        moved = {
            peer.name
            for peer in self.peers.values()
            if known.get(peer.name) != self.topology.node(peer.name).place
        }
        self.topology = topology
        self.spec = topology.node(self.spec.name)
        self.waves.adopt(self._place())
        for peer in self._renew_peers(moved):
            if isinstance(peer, OwnPeer):
                peer.open()
            if self.partition.active:
                peer.partition()
        self._by_address = self._addresses_of_peers()
        self._senders.clear()
        self.foreign_parent = self._find_foreign_parent()
        self._known.clear()

    def neighbors_silent(self, names: Collection[str]) -> None:
        """Wait for no neighbour that is among these programs of others, and for all others again."""
        for peer in self.peers.values():
            if isinstance(peer, ForeignPeer):
                peer.set_silent(silent=peer.name in names)

    def deliver(self, order: Deliver) -> None:
        """Handle messages of a held wave that wait here, or all of them."""
        for number in order.messages:
            held = self.waves.held(order.wave)  # handling one may end the wave here
            if held is not None:
                held.deliver(number)
        held = self.waves.held(order.wave)
        if held is not None and order.release:
            held.release()

    def leave(self) -> None:
        """End: the network that follows is without this node."""
        self.left.set()

    def configure(self, config: LabConfig) -> None:
        """Go on with other settings; what is under way, a frame or a task, keeps its time."""
        self.config = config
        self.tasks.configure(config.task_time, config.discipline)
        for index, peer in self.peers.items():
            peer.set_delay(self._delay_s(self.topology.nodes[index].name))

    def wave_limit(self, algorithm: type[Algorithm]) -> float:
        """Return how long a wave may take that begins now, in seconds."""
        return self._context.wave_limit(algorithm)

    def report(self) -> dict[str, object]:
        """Return what this node contributes to an echo wave."""
        return {
            "name": self.spec.name,
            "port": self.spec.port,
            "cpu": self.spec.cpu,
            "load": self.queue.load,
        }

    def engines(self) -> dict[ScriptType, Engine]:
        """Return the engines of this process that have been needed so far, by the type of their scripts."""
        return self._context.scripts.engines()

    @property
    def loop_lag(self) -> LoopLag:
        """How late the event loop of its process is."""
        return self._context.loop_lag

    def neighbor_at(self, sender: str) -> int | None:
        """Return the number of the neighbour whose URL is `sender`; None for everybody else."""
        try:
            return self._senders[sender]
        except KeyError:
            pass
        if len(self._senders) > limits.SENDERS:
            self._senders.clear()
        address = plain_address(sender)
        near = self._senders[sender] = None if address is None else self._by_address.get(address)
        return near

    def foreign_neighbor(self, name: object, port: object) -> int | None:
        """Return the number of the foreign neighbour that has this name or port; None where there is none."""
        for index, peer in self.peers.items():
            if not peer.knows_waves and (peer.name == name or self.topology.node(peer.name).port == port):
                return index
        return None

    @property
    def senders_remembered(self) -> int:
        """How many URLs of senders are remembered, with whose they are."""
        return len(self._senders)

    def target(self, port: int) -> Target | None:
        """Return the node of this topology on `port`, as a receiver of tasks; None if there is none."""
        try:
            node = self.topology.by_port(port)
        except KeyError:
            return None
        settings = self._context.executor(node.name)
        roles = frozenset((node.role, *settings.roles))
        address = node_address(node, self.config)
        return Target(node.name, address, not node.launch, node.cpu, roles, active=settings.active)

    def load(self) -> Load:
        """Return how many tasks this node has, for the balancer."""
        counts = self.queue.counts()
        return Load(
            node=self.spec.name,
            assigned=counts.assigned,
            running=counts.running,
            moving=counts.moving,
            completed=counts.completed,
            failed=counts.failed,
            cancelled=counts.cancelled,
            submitted=counts.submitted,
            put_back=counts.put_back,
            heavier=self.queue.load - counts.assigned - counts.running,
            cut=self.partition.active,
        )

    def _knows(self, algorithm: type[Algorithm]) -> Mapping[str, int]:
        if not algorithm.needs:
            return NOTHING
        if algorithm not in self._known:
            network = network_of(self.topology, algorithm.view, fifo=True)
            own = self.topology.numbers[self.spec.name]
            try:
                self._known[algorithm] = known(algorithm.needs, network, own)
            except (KeyError, ValueError, IndexError, TooLargeError):
                reasons = refusals(algorithm.title, algorithm.requires, network, [own])
                text = reasons[0] if reasons else f"{algorithm.title} does not fit this network"
                raise RefusedError("unfit_network", text) from None
        return self._known[algorithm]

    def _place(self) -> Place:
        spec, topology = self.spec, self.topology
        number = topology.numbers
        return Place(
            index=number[spec.name],
            name=spec.name,
            url=node_address(spec, self.config).websocket(token=self.token),
            parent=None if spec.parent is None else number[spec.parent],
            children=tuple(number[name] for name in spec.children),
            neighbors=tuple(number[name] for name in topology.neighbors(spec.name)),
            is_tree=topology.is_tree,
        )

    def _renew_peers(self, moved: Collection[str] = ()) -> list[Peer]:
        """Have a peer for each neighbour, by its number, and no other; return those that are new, or `moved`.

        The mapping stays the same object: the waves and the partition look at it.
        """
        before = {peer.name: peer for peer in self.peers.values()}
        self.peers.clear()
        new: list[Peer] = []
        for name in self.topology.neighbors(self.spec.name):
            index = self.topology.numbers[name]
            peer = None if name in moved else before.pop(name, None)
            if peer is None:
                peer = self._make_peer(name)
                new.append(peer)
            peer.index = index
            peer.set_delay(self._delay_s(name))
            self.peers[index] = peer
        for peer in before.values():
            self._closing.start(f"Closing the link to {peer.name}", peer.close())
        return new

    def _make_peer(self, name: str) -> Peer:
        near = self.topology.node(name)
        index, delay_s = self.topology.numbers[name], self._delay_s(name)
        url = node_address(near, self.config).websocket(token=self.token)
        if not near.launch:
            foreign = ForeignPeer(index, name, url, delay_s, self._neighbor_down)
            foreign.set_silent(silent=name in self._context.silent)
            return foreign
        peer = OwnPeer(index, name, url, delay_s, self._neighbor_down, self.openings)
        peer.shares_process = name in self._context.nodes
        return peer

    def _delay_s(self, neighbor: str) -> float:
        """Return the delay of the link to a neighbour in seconds: its own, else the lab's."""
        own_ms = self.topology.link_delay(self.spec.name, neighbor)
        return (self.config.link_delay if own_ms is None else own_ms) / 1000

    def _addresses_of_peers(self) -> dict[Address, int]:
        """The neighbours by every address that they may give; the lab's own machine has several names."""
        found: dict[Address, int] = {}
        for index, peer in self.peers.items():
            node = self.topology.node(peer.name)
            host = (self.config.host if node.host is None else node.host).lower()
            own = self.allowed_targets.own_hosts
            hosts = own if host in own else {host}
            found.update((Address(host, node.port), index) for host in hosts)
        return found

    def _find_foreign_parent(self) -> int | None:
        parent = self.spec.parent
        if parent is None or self.topology.node(parent).launch:
            return None
        return self.topology.numbers[parent]

    def _neighbor_down(self, index: int) -> None:
        self.waves.down(index)


@asynccontextmanager
async def running(start: NodeStart, context: ProcessContext) -> AsyncGenerator[Node]:
    """Run the parts of a node, without its server, while the context is open; its links are still closed."""
    async with journal_at(start.journal) as journal:
        node = Node(start, context, journal)
        context.follow(node.configure)
        try:
            context.join(start.name, node)
            node.tasks.recover()
            context.reporter.add_source(start.name, node.load)
            yield node
        finally:
            context.unfollow(node.configure)
            await node.close()

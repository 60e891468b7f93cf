"""What is deployed now: its topology, its version, the processes of its nodes and their sockets.

Another network either replaces it as a whole (`prepare`, `succeed`), or follows it while what both have runs
on: `begin` makes the processes of what is new, which are started beside the others, and `follow` goes on with
them and without what has left. New is also a node of both that runs elsewhere in the second one; that may be
only where nothing of it runs in the first: its agent is gone, it was given up, or it had no place yet.
"""

from __future__ import annotations

import socket
from collections import defaultdict

from topowave.orchestrator.descriptors import check_descriptors
from topowave.orchestrator.hosts.agents import AgentProcesses
from topowave.orchestrator.managed_process import ManagedProcess
from topowave.orchestrator.packing import Packing
from topowave.orchestrator.parts import parts_added, parts_of, parts_on
from topowave.orchestrator.ports import (
    check_hosts,
    check_ports,
    check_root,
    close_all,
    newcomer_problems,
    node_owners,
    open_ports,
)
from topowave.orchestrator.states import State
from topowave.topology import LabConfig, Node, Problems, Topology
from topowave.wire.agents import Places
from topowave.wire.control import GoalNow


class Deployment:
    """One topology, the processes that run its nodes, and an entry for each foreign node.

    Args:
        topology: what the network is.
        config: the lab's settings, as they are now; some of them may be changed while it runs.
        ports: a listening socket for every node that is to be started; owned by this object from now on.
        packing: how the nodes are packed among processes.
        version: counted up with every replacement.
        places: where its nodes run; on agents each waits until a network that follows says on which.
    """

    def __init__(
        self,
        topology: Topology,
        config: LabConfig,
        ports: dict[int, socket.socket],
        packing: Packing,
        version: int = 1,
        places: Places = "here",
    ) -> None:
        self.topology = topology
        self.version = version
        self.config = config
        self._packing: Packing = packing
        self._places: Places = places
        self.processes: list[ManagedProcess] = []
        for part in parts_of(topology, packing, places):
            sockets = [ports[topology.node(name).port] for name in part]
            self.processes.append(ManagedProcess(part[0], sockets, part[1:]))
        self.processes += [_foreign(node) for node in topology.nodes if not node.managed]
        unplaced = [node.name for node in topology.nodes if node.launch and places == "agents"]
        if unplaced:
            self.processes.append(ManagedProcess(unplaced[0], [], tuple(unplaced[1:]), placed=False))
        self.coming: list[ManagedProcess] = []
        """Processes of nodes that are to join, in the network `_next`."""
        self.keeps = False
        """Whether this network has followed the last one while what both have went on."""
        self._next = topology
        self.goal = GoalNow()
        """What the balancer wants it to be, kept for its next incarnation."""
        self._numbers: dict[str, int] = {}
        self._number_replicas()
        self._process_of = {name: process for process in self.processes for name in process.nodes}

    @property
    def all_processes(self) -> list[ManagedProcess]:
        """Those that run nodes, and those of nodes that are to join."""
        return [*self.processes, *self.coming]

    def network_of(self, process: ManagedProcess) -> tuple[Topology, int]:
        """Return the network that a process is started with, and its version."""
        if process in self.coming:
            return self._next, self.version + 1
        return self.topology, self.version

    @property
    def waits_for_agents(self) -> bool:
        """Whether nodes of it have no place yet."""
        return any(not process.placed for process in self.processes)

    def network_on(self, agent: str) -> tuple[Topology, int]:
        """Return the network with which an agent starts processes now, and its version."""
        return (self._next, self.version + 1) if self.comes_to(agent) else (self.topology, self.version)

    def comes_to(self, agent: str) -> bool:
        """Whether nodes are to join on an agent: what is started there now knows their network."""
        return any(process.agent == agent for process in self.coming)

    def is_coming(self, process: ManagedProcess) -> bool:
        """Whether a node of this process is about to run elsewhere."""
        return any(name in each.nodes for each in self.coming for name in process.nodes)

    def begin(self, topology: Topology, agents: AgentProcesses) -> None:
        """Make the processes of the nodes that a network adds to this one; they are `coming` from now on.

        Args:
            topology: the network.
            agents: those on which nodes of it run.

        Raises:
            Problems, PortTaken: it cannot follow; nothing has changed.
        """
        self._check_stays(topology)
        added = [node for node in topology.nodes if self._is_new(node)]
        here = [node.name for node in added if node.agent is None]
        if here and self._places == "agents":
            raise Problems([f"topology: node {name}: it needs an agent to run on" for name in here])
        elsewhere = self._parts_elsewhere(added, agents)
        parts = parts_added(here, topology, self._packing, self._places)
        check_descriptors(topology, parts, len(self._held()))
        owners = {topology.node(name).port: f"node {name}" for name in here}
        opened = open_ports(self.config.host, owners)
        for part in parts:
            sockets = [opened[topology.node(name).port] for name in part]
            self.coming.append(ManagedProcess(part[0], sockets, part[1:]))
        self.coming += [ManagedProcess(part[0], [], part[1:], agent) for agent, part in elsewhere]
        self._next = topology

    def _parts_elsewhere(
        self, added: list[Node], agents: AgentProcesses
    ) -> list[tuple[str, tuple[str, ...]]]:
        """Divide new nodes on agents among processes there. Raises Problems where one cannot run there."""
        on: dict[str, list[Node]] = defaultdict(list)
        for node in added:
            if node.agent is not None:
                on[node.agent].append(node)
        problems: list[str] = []
        parts: list[tuple[str, tuple[str, ...]]] = []
        for name, nodes in on.items():
            hello = agents.here.get(name)
            if hello is None:
                problems.append(f"topology: agent {name} is not here")
                continue
            taken = agents.ports_in_use(name)
            problems += [
                f"port {node.port} on agent {name} (node {node.name}) is still in use there"
                for node in nodes
                if node.port in taken
            ]
            problems += [
                f"topology: node {node.name}: agent {name} runs {hello.workload or 'no workload'}"
                for node in nodes
                if node.launch != (hello.workload is None)
            ]
            parts += [(name, part) for part in parts_on(hello, nodes, self._packing, self._places)]
        if problems:
            raise Problems(problems)
        return parts

    def _is_new(self, node: Node) -> bool:
        """Whether we are to start a node of the network that comes: it does not run now, or elsewhere."""
        if node.name not in self._process_of:
            return node.managed
        return self.topology.node(node.name).place != node.place

    def give_up_coming(self) -> list[ManagedProcess]:
        """Return the processes of nodes that are not to join after all; their ports are closed."""
        left, self.coming = self.coming, []
        for process in left:
            process.release()
        return left

    def follow(self, topology: Topology) -> tuple[list[ManagedProcess], list[ManagedProcess]]:
        """Go on with a network whose nodes all run or are `coming`; what tasks they take stays as it is.

        Returns:
            The processes of which no node is left, whose ports are closed; and those that have fewer.

        Raises:
            Problems: it cannot follow; nothing has changed.
        """
        self._check_stays(topology)
        coming = {name: self._next.node(name) for process in self.coming for name in process.nodes}
        missing = [
            node.name
            for node in topology.nodes
            if (node.place != coming[node.name].place if node.name in coming else self._is_new(node))
        ]
        if missing:
            raise Problems([f"topology: node {name} was not prepared" for name in missing])
        new = {name: taken for name, taken in topology.executors.items() if name not in self._process_of}
        known = {
            node.name: self.topology.node(node.name).executor
            for node in topology.nodes
            if node.name in self._process_of and node.launch
        }
        self.topology = topology.with_executors(new | known)
        names = {node.name for node in topology.nodes}
        left: list[ManagedProcess] = []
        fewer: list[ManagedProcess] = []
        before = [*self.processes, *map(_foreign, self._newcomers(topology))]
        now = self.coming
        self.processes, self.coming = [], []
        for process in (*before, *now):
            stays = names if process in now else names - coming.keys()
            gone = [name for name in process.nodes if name not in stays]
            if len(gone) == len(process.nodes):
                process.release()
                left.append(process)
                continue
            if gone:
                process.let_go(gone)
                fewer.append(process)
            self.processes.append(process)
        self._process_of = {name: process for process in self.processes for name in process.nodes}
        self._number_replicas()
        self.version += 1
        self.keeps = True
        return left, fewer

    def _check_stays(self, topology: Topology) -> None:
        """Raise Problems where a node of both networks is another one there, or a new one may not come."""
        check_ports(topology, self.config)
        problems = newcomer_problems(self._newcomers(topology), self.config)
        for node in topology.nodes:
            process = self._process_of.get(node.name)
            if process is None:
                continue
            before = self.topology.node(node.name)
            if before.cpu != node.cpu or (before.place != node.place and not process.is_idle):
                problems.append(
                    f"topology: node {node.name}: it runs, so its port, place and cpu must stay as they are"
                )
        if self.topology.root.name != topology.root.name:
            problems.append(
                f"topology: {self.topology.root.name} is the root, which stays while the lab runs"
            )
        if problems:
            raise Problems(problems)

    def _newcomers(self, topology: Topology) -> list[Node]:
        """Return the nodes of others that a network adds to this one: they run already."""
        return [node for node in topology.nodes if not node.managed and node.name not in self._process_of]

    def numbers_of(self, process: ManagedProcess) -> tuple[int, ...]:
        """Return the numbers of a process's nodes as replicas; none of somebody else's."""
        return tuple(self._numbers[name] for name in process.nodes if name in self._numbers)

    def _number_replicas(self) -> None:
        """Give each new node the smallest number that is free; the others keep theirs."""
        ours = [node.name for node in self.topology.nodes if node.managed]
        self._numbers = {name: self._numbers[name] for name in ours if name in self._numbers}
        taken = set(self._numbers.values())
        free = (number for number in range(len(ours)) if number not in taken)
        self._numbers |= {name: next(free) for name in ours if name not in self._numbers}

    def process_of(self, node: str) -> ManagedProcess | None:
        """The process that runs a node; None where there is no such node."""
        return self._process_of.get(node)

    def prepare(self, topology: Topology) -> dict[int, socket.socket]:
        """Open the ports that another topology needs and this one does not have open.

        Raises:
            Problems, PortTaken: it cannot run here; nothing has changed.
        """
        check_ports(topology, self.config)
        check_root(topology)
        check_hosts(topology, self.config, self.topology)
        if topology.places:
            raise Problems(["topology: its nodes have no agents before it runs"])
        check_descriptors(topology, parts_of(topology, self._packing, self._places), len(self._held()))
        held = self._held()
        owners = node_owners(topology, self._places)
        return open_ports(
            self.config.host, {port: owner for port, owner in owners.items() if port not in held}
        )

    def reopen(self, process: ManagedProcess) -> list[socket.socket]:
        """Open the ports of a process that was given up once more, where they are here. Raises PortTaken."""
        if process.agent is not None:
            return []
        owners = {self.topology.node(name).port: f"node {name}" for name in process.nodes}
        return list(open_ports(self.config.host, owners).values())

    def succeed(self, topology: Topology, opened: dict[int, socket.socket]) -> Deployment:
        """Return the network that follows, with the sockets of equal ports; the other sockets are closed."""
        held = self._held()
        wanted = node_owners(topology, self._places)
        close_all(listener for port, listener in held.items() if port not in wanted)
        ports = opened | {port: listener for port, listener in held.items() if port in wanted}
        return Deployment(topology, self.config, ports, self._packing, self.version + 1, self._places)

    def release(self) -> None:
        """Close all ports."""
        for process in self.all_processes:
            process.release()

    def _held(self) -> dict[int, socket.socket]:
        """The listening socket of every port that is open now."""
        return {
            self.topology.node(name).port: listener
            for process in self.processes
            for name, listener in zip(process.nodes, process.sockets, strict=False)  # none: given up, foreign
        }


def _foreign(node: Node) -> ManagedProcess:
    return ManagedProcess(node.name, [], state=State.FOREIGN, settled=True)

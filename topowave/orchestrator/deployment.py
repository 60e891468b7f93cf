"""What is deployed now: its topology, its version, the processes of its nodes and their sockets.

Another network either replaces it as a whole (`prepare`, `succeed`), or follows it while what both have runs
on: `begin` makes the processes of what is new, which are started beside the others, and `follow` goes on with
them and without what has left.
"""

from __future__ import annotations

import socket

from topowave.orchestrator.descriptors import check_descriptors
from topowave.orchestrator.managed_process import ManagedProcess
from topowave.orchestrator.packing import Packing, cores, free_mb, pack, processes_for
from topowave.orchestrator.ports import (
    check_hosts,
    check_ports,
    check_root,
    close_all,
    node_owners,
    open_ports,
)
from topowave.orchestrator.states import State
from topowave.topology import LabConfig, Problems, Topology
from topowave.wire.control import GoalNow


class Deployment:
    """One topology, the processes that run its nodes, and an entry for each foreign node.

    Args:
        topology: what the network is.
        config: the lab's settings, as they are now; some of them may be changed while it runs.
        ports: a listening socket for every node that is to be started; owned by this object from now on.
        packing: how the nodes are packed among processes.
        version: counted up with every replacement.
    """

    def __init__(
        self,
        topology: Topology,
        config: LabConfig,
        ports: dict[int, socket.socket],
        packing: Packing,
        version: int = 1,
    ) -> None:
        self.topology = topology
        self.version = version
        self.config = config
        self._packing: Packing = packing
        self.processes: list[ManagedProcess] = []
        for part in parts_of(topology, packing):
            sockets = [ports[topology.node(name).port] for name in part]
            self.processes.append(ManagedProcess(part[0], sockets, part[1:]))
        self.processes += [
            ManagedProcess(node.name, [], state=State.FOREIGN, settled=True)
            for node in topology.nodes
            if not node.launch
        ]
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

    def begin(self, topology: Topology) -> None:
        """Make the processes of the nodes that a network adds to this one; they are `coming` from now on.

        Raises:
            Problems, PortTaken: it cannot follow; nothing has changed.
        """
        self._check_stays(topology)
        check_ports(topology, self.config)
        added = [node.name for node in topology.nodes if node.name not in self._process_of]
        everywhere = sum(node.launch for node in topology.nodes)
        processes = processes_for(everywhere, self._packing, cores(), free_mb())
        parts = pack(added, -(-len(added) * processes // everywhere))
        check_descriptors(topology, parts, len(self._held()))
        owners = {topology.node(name).port: f"node {name}" for name in added}
        opened = open_ports(self.config.host, owners)
        for part in parts:
            sockets = [opened[topology.node(name).port] for name in part]
            self.coming.append(ManagedProcess(part[0], sockets, part[1:]))
        self._next = topology

    def give_up_coming(self) -> list[ManagedProcess]:
        """Return the processes of nodes that are not to join after all; their ports are closed."""
        left, self.coming = self.coming, []
        for process in left:
            process.release()
        return left

    def follow(self, topology: Topology) -> list[ManagedProcess]:
        """Go on with a network whose nodes all run or are `coming`; what tasks they take stays as it is.

        Returns:
            The processes of which no node is left; their ports are closed.

        Raises:
            Problems: it cannot follow; nothing has changed.
        """
        self._check_stays(topology)
        running = {name for process in self.all_processes for name in process.nodes}
        missing = [node.name for node in topology.nodes if node.name not in running]
        if missing:
            raise Problems([f"topology: node {name} was not prepared" for name in missing])
        new = {name: taken for name, taken in topology.executors.items() if name not in self._process_of}
        self.topology = topology.with_executors(new | self.topology.executors)
        names = {node.name for node in topology.nodes}
        left: list[ManagedProcess] = []
        processes, self.processes, self.coming = self.all_processes, [], []
        for process in processes:
            gone = [name for name in process.nodes if name not in names]
            if len(gone) == len(process.nodes):
                process.release()
                left.append(process)
                continue
            if gone:
                process.let_go(gone)
            self.processes.append(process)
        self._process_of = {name: process for process in self.processes for name in process.nodes}
        self._number_replicas()
        self.version += 1
        self.keeps = True
        return left

    def _check_stays(self, topology: Topology) -> None:
        """Raise Problems where a node of both networks is another one there, or one is somebody else's."""
        problems: list[str] = []
        for node in topology.nodes:
            known = node.name in self._process_of
            before = self.topology.node(node.name) if known else None
            if before is None and not node.launch:
                problems.append(
                    f"topology: node {node.name}: somebody else's program cannot join a running lab"
                )
            elif before is not None and (before.port, before.cpu) != (node.port, node.cpu):
                problems.append(
                    f"topology: node {node.name}: it runs, so its port and cpu must stay as they are"
                )
        if self.topology.root.name != topology.root.name:
            problems.append(
                f"topology: {self.topology.root.name} is the root, which stays while the lab runs"
            )
        if problems:
            raise Problems(problems)

    def numbers_of(self, process: ManagedProcess) -> tuple[int, ...]:
        """Return the numbers of a process's nodes as replicas; none of somebody else's."""
        return tuple(self._numbers[name] for name in process.nodes if name in self._numbers)

    def _number_replicas(self) -> None:
        """Give each new node the smallest number that is free; the others keep theirs."""
        ours = [node.name for node in self.topology.nodes if node.launch]
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
        check_descriptors(topology, parts_of(topology, self._packing), len(self._held()))
        held = self._held()
        wanted = {port: owner for port, owner in node_owners(topology).items() if port not in held}
        return open_ports(self.config.host, wanted)

    def reopen(self, process: ManagedProcess) -> list[socket.socket]:
        """Open the ports of a process that was given up once more. Raises PortTaken."""
        owners = {self.topology.node(name).port: f"node {name}" for name in process.nodes}
        return list(open_ports(self.config.host, owners).values())

    def succeed(self, topology: Topology, opened: dict[int, socket.socket]) -> Deployment:
        """Return the network that follows, with the sockets of equal ports; the other sockets are closed."""
        held = self._held()
        wanted = node_owners(topology)
        close_all(listener for port, listener in held.items() if port not in wanted)
        ports = opened | {port: listener for port, listener in held.items() if port in wanted}
        return Deployment(topology, self.config, ports, self._packing, self.version + 1)

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


def parts_of(topology: Topology, packing: Packing) -> list[tuple[str, ...]]:
    """Divide the nodes that are started here among processes, as the machine is now."""
    names = [node.name for node in topology.nodes if node.launch]
    return pack(names, processes_for(len(names), packing, cores(), free_mb()))

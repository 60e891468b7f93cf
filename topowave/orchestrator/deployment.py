"""What is deployed now: its topology, its version, the processes of its nodes and their sockets."""

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
from topowave.topology import LabConfig, Topology


class Deployment:
    """One topology, the processes that run its nodes, and an entry for each foreign node.

    Args:
        topology: what the network is.
        config: the lab's settings, as they are now; some of them may be changed while it runs.
        ports: a listening socket for every node that is to be started; owned by this object from now on.
        packing: how the nodes are packd among processes.
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
        self._process_of = {name: process for process in self.processes for name in process.nodes}

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
        for process in self.processes:
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

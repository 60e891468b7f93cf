"""The network that runs now: its topology, its version, its nodes and their sockets."""

from __future__ import annotations

import socket

from orchestrator.member import Member
from orchestrator.ports import check_ports, close_all, node_owners, open_ports
from orchestrator.states import State
from topology import LabConfig, Topology


class Network:
    """One topology with a member for each node.

    Args:
        topology: what the network is.
        config: the lab's settings.
        ports: a listening socket for every node that is to be started; owned by this object from now on.
        version: counted up with every replacement.
    """

    def __init__(
        self, topology: Topology, config: LabConfig, ports: dict[int, socket.socket], version: int = 1
    ) -> None:
        self.topology = topology
        self.version = version
        self._config = config
        self.members = {
            node.name: Member(node.name, [ports[node.port]])
            if node.launch
            else Member(node.name, [], state=State.FOREIGN, settled=True)
            for node in topology.nodes
        }

    def prepare(self, topology: Topology) -> dict[int, socket.socket]:
        """Open the ports that another topology needs and this one does not have open.

        Raises:
            Problems, PortTaken: it cannot run here; nothing has changed.
        """
        check_ports(topology, self._config)
        held = self._held()
        wanted = {port: owner for port, owner in node_owners(topology).items() if port not in held}
        return open_ports(self._config.host, wanted)

    def succeed(self, topology: Topology, opened: dict[int, socket.socket]) -> Network:
        """Return the network that follows, with the sockets of equal ports; the other sockets are closed."""
        held = self._held()
        wanted = node_owners(topology)
        close_all(listener for port, listener in held.items() if port not in wanted)
        ports = opened | {port: listener for port, listener in held.items() if port in wanted}
        return Network(topology, self._config, ports, self.version + 1)

    def give_up(self, member: Member) -> None:
        """Close the port of a node that was started too often."""
        member.release()

    def release(self) -> None:
        """Close all ports."""
        for member in self.members.values():
            member.release()

    def _held(self) -> dict[int, socket.socket]:
        """The listening socket of every port that is open now."""
        return {
            self.topology.node(member.name).port: listener
            for member in self.members.values()
            for listener in member.sockets
        }

"""The listening sockets of a lab: all of them are bound before anything is started."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterable, Mapping, Sequence

from topowave.orchestrator.limits import BACKLOG
from topowave.orchestrator.parts import nodes_here
from topowave.topology import LabConfig, Node, Problems, Topology
from topowave.wire.agents import Places
from topowave.wire.allowed_targets import AllowedTargets


class PortTaken(Exception):  # noqa: N818 - it says what happened
    """Ports that could not be opened; `problems` has one line for each, with the number and who wanted it."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def open_ports(host: str, owners: Mapping[int, str]) -> dict[int, socket.socket]:
    """Bind and listen on every port, or on none.

    Args:
        host: the address to bind, such as `127.0.0.1`.
        owners: for each port who wants it, as in `{8003: "node amber"}`.

    Raises:
        PortTaken: at least one port could not be opened; all of them are named, and none is left open.
    """
    opened: dict[int, socket.socket] = {}
    problems: list[str] = []
    for port, owner in owners.items():
        try:
            opened[port] = listen(host, port)
        except OSError as error:
            problems.append(f"port {port} ({owner}) {_why(error)}")
    if problems:
        close_all(opened.values())
        raise PortTaken(problems)
    return opened


def close_all(sockets: Iterable[socket.socket]) -> None:
    """Close every socket."""
    for each in sockets:
        each.close()


def lab_owners(config: LabConfig) -> dict[int, str]:
    """Who owns the ports that are no node's."""
    return {config.balancer_port: "the balancer", **dict.fromkeys(config.pages_of_ours, "the page")}


def node_owners(topology: Topology, places: Places = "here") -> dict[int, str]:
    """Who owns the ports of the nodes that are to be started on this machine."""
    return {topology.node(name).port: f"node {name}" for name in nodes_here(topology, places)}


def check_ports(topology: Topology, config: LabConfig) -> None:
    """Refuse a topology that has a node on the balancer's or the page's port.

    Raises:
        Problems: one line for each such node.
    """
    problems: list[str] = []
    if config.page and config.balancer_port == config.page_port:
        problems.append(f"config: page_port: {config.page_port} is balancer_port too")
    owners = lab_owners(config)
    problems += [
        f"topology: node {node.name}: port {node.port} belongs to {owners[node.port]} (see the config file)"
        for node in topology.nodes
        if node.port in owners
    ]
    if problems:
        raise Problems(problems)


def check_root(topology: Topology) -> None:
    """Refuse a topology whose root is somebody else's program: the balancer's waves begin there.

    Raises:
        Problems: it is.
    """
    if not topology.root.launch:
        raise Problems(
            [
                f'topology: node {topology.root.name}: the root cannot have "launch": false, since the '
                "balancer starts its waves there; any other node may be somebody else's program"
            ]
        )


def check_hosts(topology: Topology, config: LabConfig, replaced: Topology | None = None) -> None:
    """Refuse a topology with a node on a machine that this lab may not speak to.

    Whoever may send a topology could otherwise have the lab connect to any machine; and in a lab that other
    machines reach, to any program of this one.

    Args:
        topology: what is wanted.
        config: the lab's settings.
        replaced: what runs now, whose nodes of others are known; None at the start, when all are the user's.

    Raises:
        Problems: one line for each such node.
    """
    allowed = AllowedTargets(config.host, config.answer_to)
    problems = [
        f"topology: node {node.name}: host {node.host} is not allowed (see answer_to in the config file)"
        for node in topology.nodes
        if node.host is not None and not node.managed and not allowed.allows_host(node.host.lower())
    ]
    if replaced is not None:
        known = {(node.host, node.port) for node in replaced.nodes if not node.launch}
        problems += [
            f"topology: node {node.name}: a node of others on this machine, port {node.port}, is not allowed "
            "in a lab that other machines reach (see answer_to in the config file)"
            for node in topology.nodes
            if not node.managed
            and (node.host, node.port) not in known
            and allowed.allows_host((node.host or config.host).lower())
            and not allowed.allows_newcomer((node.host or config.host).lower())
        ]
    if problems:
        raise Problems(problems)


def newcomer_problems(nodes: Sequence[Node], config: LabConfig) -> list[str]:
    """Return a sentence for each node of others that may not come to a lab that runs."""
    allowed = AllowedTargets(config.host, config.answer_to)
    return [
        f"topology: node {node.name}: a node of others on {node.host or 'this machine'}, port {node.port}, "
        "is not allowed in this lab (see answer_to in the config file)"
        for node in nodes
        if not allowed.allows_newcomer((node.host or config.host).lower())
    ]


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens there. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener


def _why(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "is in use by another program"
    if error.errno == errno.EACCES:
        return "may not be opened by this user; ports below 1024 are root's"
    return f"could not be opened: {os.strerror(error.errno or 0)}"

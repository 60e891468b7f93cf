"""How the processes of a lab are started: with which program, and with what it is given."""

from __future__ import annotations

import socket

from topowave.orchestrator.deployment import Deployment
from topowave.orchestrator.hosts.hosts import Hosts
from topowave.orchestrator.limits import FLEET_DEADLINE_S
from topowave.orchestrator.managed_process import ManagedProcess
from topowave.orchestrator.programs import (
    BalancerProcessContext,
    FleetProcessContext,
    NodesProcessContext,
    Programs,
)


class Starter:
    """Starts incarnations of processes.

    Args:
        programs: what they run.
        hosts: where they run.
    """

    def __init__(self, programs: Programs, hosts: Hosts) -> None:
        self._programs = programs
        self._hosts = hosts

    def start_nodes(self, process: ManagedProcess, deployment: Deployment) -> None:
        """Start a process of nodes where it belongs. Raises OSError where the system starts none."""
        config, listeners = deployment.config, tuple(process.sockets)
        topology, version = deployment.network_of(process)
        if process.agent is not None:
            self._hosts.agents.start(process, {name: topology.node(name).port for name in process.nodes})
            return
        self._hosts.here.start(
            process,
            lambda incarnation, ready: self._programs.nodes(
                NodesProcessContext(
                    topology,
                    config,
                    process.nodes,
                    listeners,
                    incarnation,
                    ready,
                    process.note,
                    version,
                )
            ),
            keep=process.sockets,
        )

    def start_fleet(self, process: ManagedProcess, deployment: Deployment) -> None:
        """Start what starts agents elsewhere. Raises OSError as `start_nodes` does."""
        program, config = self._programs.fleet, deployment.config
        assert program is not None
        self._hosts.here.start(
            process,
            lambda incarnation, ready: program(FleetProcessContext(config, incarnation, ready)),
            keep=[],
            deadline_s=FLEET_DEADLINE_S,
        )

    def start_balancer(self, process: ManagedProcess, deployment: Deployment, control: socket.socket) -> None:
        """Start the balancer; `control` is its end of the channel. Raises OSError as `start_nodes` does."""
        listener, *page = process.sockets
        topology, config, version = deployment.topology, deployment.config, deployment.version
        self._hosts.here.start(
            process,
            lambda incarnation, ready: self._programs.balancer(
                BalancerProcessContext(
                    topology,
                    config,
                    version,
                    listener,
                    page[0] if page else None,
                    control,
                    incarnation,
                    ready,
                )
            ),
            keep=[listener, *page, control],
        )

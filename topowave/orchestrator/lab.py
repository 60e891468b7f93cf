"""Run one lab from start to end."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from topowave.algorithms.registry import LIBRARY, AlgorithmRegistry
from topowave.balancer.policies.base import Policy
from topowave.balancer.policies.registry import POLICIES
from topowave.logs import LogFormat, LogLevel, set_up_logs
from topowave.orchestrator.deployment import Deployment
from topowave.orchestrator.descriptors import check_descriptors, raise_limit
from topowave.orchestrator.nodes_program import nodes_program
from topowave.orchestrator.packing import Packing
from topowave.orchestrator.parts import parts_of
from topowave.orchestrator.ports import (
    check_hosts,
    check_ports,
    check_root,
    close_all,
    lab_owners,
    node_owners,
    open_ports,
)
from topowave.orchestrator.programs import (
    BalancerProcessContext,
    FleetProcessContext,
    Programs,
)
from topowave.orchestrator.progress_listener import ProgressListener
from topowave.orchestrator.supervisor import Supervisor
from topowave.tasks import JournalPlace
from topowave.topology import LabConfig, Topology
from topowave.unwaiting_output import unwaiting_streams
from topowave.web.uvicorn_adapter.library_check import check_libraries
from topowave.wire.addresses import Address, is_loopback
from topowave.wire.agents import Places
from topowave.wire.token import Token


def _no_journal() -> None:
    """Begin no journal."""


@dataclass(frozen=True, slots=True)
class FleetStart:
    """What the program gets that starts a lab's agents elsewhere.

    controller: the URL of the balancer, as its agents are to have it.
    token: what they must know; None in a lab that asks for none.
    agents: how many there are to be.
    ready: to be called once they are asked for; whether they come, the balancer sees.
    """

    controller: str
    token: Token | None
    agents: int
    ready: Callable[[], None]


@dataclass(frozen=True, slots=True)
class LabSpec:
    """What is to run.

    topology: the network it begins with.
    config: its settings.
    page: the folder with the built page.
    title: what the page calls it.
    trace: the file that the balancer writes a trace to, or None.
    token: what those must know who talk to it; None only where no other machine can.
    begin: called once, when all ports are open and before anything starts; returns where the journal of its
        tasks is, or None for one in the memory of each node. May raise Problems.
    packing: how the nodes are divided among processes.
    log_level: what all its programs log, as lines for a program to read; None for warnings in words.
    log_format: of these lines.
    algorithms, policies: those that it knows.
    places: where the nodes of its first network run. Those of one on agents wait until these are there.
    fleet: a program that starts agents elsewhere and has them run; it is kept alive as the others are, after
        the balancer, until SIGTERM. None where agents come by themselves.
    agents: how many agents there are to be before nodes are put on them.
    """

    topology: Topology
    config: LabConfig
    page: Path
    title: str
    trace: Path | None = None
    token: Token | None = None
    begin: Callable[[], JournalPlace | None] = _no_journal
    packing: Packing = "auto"
    log_level: LogLevel | None = None
    log_format: LogFormat = "logfmt"
    algorithms: AlgorithmRegistry = LIBRARY
    policies: Mapping[str, type[Policy]] = field(default_factory=lambda: POLICIES)
    places: Places = "here"
    fleet: Callable[[FleetStart], None] | None = None
    agents: int = 0

    def __post_init__(self) -> None:
        if self.token is None and not is_loopback(self.config.host):
            raise ValueError(f"a lab on {self.config.host} needs a token")


def run_lab(
    lab: LabSpec, progress_listener: ProgressListener | None = None, programs: Programs | None = None
) -> int:
    """Start a lab, keep it alive until it is told to end, and return the exit code (0, or 1 after a failure).

    To be called in the main thread of a process without other threads, since it forks.

    Args:
        lab: what is to run.
        progress_listener: is notified of how it goes.
        programs: what the processes run, other than the real servers.

    Raises:
        Problems: a node wants the balancer's or the page's port, or is on a host that is not allowed; the
            system allows too few open files; or the installed libraries lack what servers need.
        PortTaken: a port could not be opened; nothing was started.
    """
    check_ports(lab.topology, lab.config)
    check_root(lab.topology)
    check_hosts(lab.topology, lab.config)
    raise_limit()
    check_descriptors(lab.topology, parts_of(lab.topology, lab.packing, lab.places))
    _open_standard_streams()
    owners = node_owners(lab.topology, lab.places) | lab_owners(lab.config)
    ports = open_ports(lab.config.host, owners)
    try:
        journal = lab.begin()
        programs = programs or real_programs(lab, journal)
    except BaseException:
        close_all(ports.values())
        raise
    lab_sockets = [ports.pop(port) for port in lab_owners(lab.config)]
    deployment = Deployment(lab.topology, lab.config, ports, lab.packing, places=lab.places)
    with unwaiting_streams():
        set_up_logs("topowave", lab.log_level, lab.log_format)
        gc.collect()
        gc.freeze()  # what is there now is never collected, so the children go on sharing its pages
        try:
            return Supervisor(
                deployment, lab_sockets, programs, progress_listener or ProgressListener(), lab.agents
            ).run()
        finally:
            gc.unfreeze()


def real_programs(lab: LabSpec, journal: JournalPlace | None) -> Programs:
    """Import the servers, so that every child has them already, and say how they are run.

    Args:
        lab: what is to run.
        journal: where the journal of its tasks is; None for one in the memory of each node.
    """
    check_libraries()
    from topowave.balancer.server import BalancerStart, run_balancer  # noqa: PLC0415 - after the ports, which may be taken

    nodes = nodes_program(journal, lab.token, lab.algorithms, trace=lab.trace is not None)
    if lab.trace is not None:
        lab.trace.write_bytes(b"")  # the balancer appends, since it may have several incarnations in one lab

    def balancer(context: BalancerProcessContext) -> None:
        run_balancer(
            BalancerStart(
                topology=context.topology,
                version=context.version,
                config=context.config,
                listener=context.listener,
                page_listener=context.page_listener,
                control=context.control,
                incarnation=context.incarnation,
                trace=lab.trace,
                page=lab.page,
                title=lab.title,
                ready=context.ready,
                token=lab.token,
                journal=journal,
                algorithms=lab.algorithms,
                policies=lab.policies,
                places=lab.places,
                agents=lab.agents,
            )
        )

    def fleet(context: FleetProcessContext) -> None:
        assert lab.fleet is not None
        controller = Address(context.config.host, context.config.balancer_port).http()
        lab.fleet(FleetStart(controller, lab.token, lab.agents, context.ready))

    return Programs(nodes, balancer, fleet if lab.fleet is not None else None)


def _open_standard_streams() -> None:
    """Fill the descriptors 0 to 2, where one is closed, so that no socket gets such a number."""
    number = os.open(os.devnull, os.O_RDWR)
    while number <= 2:
        number = os.open(os.devnull, os.O_RDWR)
    os.close(number)

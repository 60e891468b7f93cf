"""What the balancer may ask for: another network, settings, executors, a signal to one node, the end.

A replacement opens the new ports first. If one is taken it is refused, and the old network runs on untouched.
Then the old nodes are asked to end, and only when the last one is gone do the new ones start: a port that
both networks have keeps its socket, and at no time do two processes serve it.

A network that follows while the lab works comes in two steps. `prepare` starts what it adds, beside all that
runs; done is said when that is up, and where it cannot be, it is ended again. `change` goes on with the
network in one moment, which the balancer chooses: no wave is under way then. A balancer that dies in between
leaves nothing behind: its next incarnation prepares anew.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

import msgspec

from topowave.orchestrator.control_messages import done, refused
from topowave.orchestrator.deployment import Deployment
from topowave.orchestrator.hosts.hosts import Hosts
from topowave.orchestrator.managed_process import ManagedProcess
from topowave.orchestrator.ports import PortTaken, close_all
from topowave.orchestrator.progress_listener import ProgressListener
from topowave.orchestrator.states import State
from topowave.topology import LabConfig, Problems, Topology
from topowave.topology.config import reconfigured
from topowave.topology.flat_form import from_rows
from topowave.topology.validation import changed_executor
from topowave.wire.agents import Hello
from topowave.wire.control import (
    AgentRuns,
    AgentsHere,
    Change,
    Configure,
    KeepGoal,
    Prepare,
    Replace,
    RequestId,
    SetExecutor,
    Shutdown,
    SignalRequest,
    Tell,
    decode_request,
)

Numbered = SignalRequest | Configure | SetExecutor | KeepGoal | Prepare | Change | Replace
"""Requests that are answered."""
log = logging.getLogger(__name__)


class RequestContext(Protocol):
    """What requests need of the supervisor that carries them out."""

    @property
    def deployment(self) -> Deployment:
        """What runs now."""
        ...

    @property
    def hosts(self) -> Hosts:
        """Where the processes are."""
        ...

    @property
    def stopping(self) -> bool:
        """Whether the lab has begun to stop."""
        ...

    def stop(self) -> None:
        """Ask every process to end."""
        ...

    def start_again(self, process: ManagedProcess) -> None:
        """Start a process again that was given up. Raises PortTaken or Problems."""
        ...

    def agents_here(self, agents: Collection[Hello]) -> None:
        """Take note of all agents that are alive."""
        ...

    def agent_runs(self, said: AgentRuns) -> None:
        """Take what an agent says that it runs."""
        ...

    def start_lost(self) -> None:
        """Start again what ended with its agent, where that is back."""
        ...

    def switch_to(self, deployment: Deployment) -> None:
        """Go on with another network, whose processes are started; none of the former is left."""
        ...

    def start_coming(self) -> None:
        """Start the processes of nodes that are to join."""
        ...

    def followed(self) -> None:
        """Notify the balancer of a network that has followed while what stays in it runs on."""
        ...

    def configure(self, config: LabConfig) -> None:
        """Go on with other settings."""
        ...

    def set_executors(self, topology: Topology) -> None:
        """Go on with nodes that take other tasks."""
        ...

    def answer(self, line: bytes) -> None:
        """Send the answer to a request, if there is still a balancer that wants it."""
        ...


@dataclass(slots=True)
class Replacement:
    """A network that waits for the old one to end."""

    request: RequestId
    topology: Topology
    opened: dict[int, socket.socket]


class Requests:
    """Carries the balancer's requests out, each to the end before the loop goes on, or refuses them."""

    def __init__(self, supervisor: RequestContext, progress_listener: ProgressListener) -> None:
        self._supervisor = supervisor
        self._progress_listener = progress_listener
        self._replacement: Replacement | None = None
        self._preparing: RequestId | None = None

    def handle(self, line: bytes) -> None:
        """Carry out, or refuse, one request."""
        try:
            request = decode_request(line)
        except (msgspec.MsgspecError, RecursionError) as error:
            log.warning("the balancer sent a control message that is none: %s", error)
            return
        if isinstance(request, AgentsHere):
            self._supervisor.agents_here(request.agents)
        elif isinstance(request, AgentRuns):
            self._supervisor.agent_runs(request)
        elif isinstance(request, Shutdown):
            if not self._supervisor.stopping:
                self._supervisor.stop()
        elif isinstance(request, Tell):
            self._progress_listener.links(request.text)
        elif self._supervisor.stopping:
            self._refuse(request.id, "the lab is stopping")
        elif self._replacement is not None:
            self._refuse(request.id, "the network is being replaced; try again in a moment")
        else:
            self._carry_out(request)

    def _carry_out(self, request: Numbered) -> None:
        match request:
            case SignalRequest():
                self._signal(request)
            case Configure():
                self._configure(request)
            case SetExecutor():
                self._set_executor(request)
            case KeepGoal():
                self._supervisor.deployment.goal = request.goal
                self._supervisor.answer(done(request.id))
            case Prepare():
                self._prepare(request)
            case Change():
                self._change(request)
            case Replace():
                self._replace(request)

    def _signal(self, request: SignalRequest) -> None:
        process = self._supervisor.deployment.process_of(request.name)
        if process is None:
            self._refuse(request.id, f"there is no node {request.name}")
        elif process.state is State.FOREIGN:
            self._refuse(request.id, f"node {request.name} is run by somebody else")
        elif request.action == "start":
            self._start_again(request.id, process)
        elif not process.runs:
            why = process.reason if process.placed else "it has no agent to run on yet"
            self._refuse(request.id, f"node {request.name} is {process.state.value}: {why}")
        else:
            process.ended_by_us = process.ended_by_us or request.action == "kill"
            self._supervisor.hosts.signal(process, request.action)
            self._supervisor.answer(done(request.id))

    def _configure(self, request: Configure) -> None:
        try:
            config = reconfigured(self._supervisor.deployment.config, request.settings)
        except Problems as refusal:
            self._refuse(request.id, *refusal.problems)
            return
        self._supervisor.configure(config)
        self._supervisor.answer(done(request.id))

    def _set_executor(self, request: SetExecutor) -> None:
        topology = self._supervisor.deployment.topology
        process = self._supervisor.deployment.process_of(request.name)
        if process is None or not topology.node(request.name).launch:
            self._refuse(request.id, f"there is no node {request.name} that this lab runs")
            return
        try:
            executor = changed_executor(topology.node(request.name).executor, request.changes)
        except Problems as refusal:
            self._refuse(request.id, *refusal.problems)
            return
        self._supervisor.set_executors(
            topology.with_executors({**topology.executors, request.name: executor})
        )
        self._supervisor.answer(done(request.id))

    def _start_again(self, request: RequestId, process: ManagedProcess) -> None:
        if process.state is not State.FAILED:
            text = (
                f"node {process.name} is {process.state.value}; only one that was given up is started again"
            )
            self._refuse(request, text)
            return
        try:
            self._supervisor.start_again(process)
        except (Problems, PortTaken) as refusal:
            self._refuse(request, *refusal.problems)
        else:
            self._supervisor.answer(done(request))

    def _replace(self, request: Replace) -> None:
        deployment = self._supervisor.deployment
        try:
            topology = from_rows(request.topology, "topology")
            opened = deployment.prepare(topology)
        except (Problems, PortTaken) as refusal:
            self._refuse(request.id, *refusal.problems)
            return
        self._end_coming("the network is replaced")
        self._replacement = Replacement(request.id, topology, opened)
        self._supervisor.hosts.retire(deployment.processes)
        self.carry_on()

    def _prepare(self, request: Prepare) -> None:
        """Start what a network adds, beside what runs."""
        self._end_coming("another network is prepared")
        deployment = self._supervisor.deployment
        try:
            deployment.begin(from_rows(request.topology, "topology"), self._supervisor.hosts.agents)
        except (Problems, PortTaken) as refusal:
            self._refuse(request.id, *refusal.problems)
            return
        self._preparing = request.id
        self._supervisor.start_coming()
        self._look_at_coming()

    def _change(self, request: Change) -> None:
        """Go on with a network at once."""
        supervisor = self._supervisor
        try:
            left, fewer = supervisor.deployment.follow(from_rows(request.topology, "topology"))
        except Problems as refusal:
            self._refuse(request.id, *refusal.problems)
            return
        self._preparing = None
        supervisor.hosts.retire(left)
        supervisor.hosts.agents.tell_of(fewer)
        supervisor.followed()
        supervisor.answer(done(request.id))

    def happened(self, process: ManagedProcess) -> None:
        """Look whether all is up that was to be prepared, or some of it never will be."""
        if self._preparing is not None and process in self._supervisor.deployment.coming:
            self._look_at_coming()

    def balancer_left(self) -> None:
        """End what was prepared: nobody is left who asks for the rest."""
        self._end_coming("the balancer has left")

    def _look_at_coming(self) -> None:
        coming = self._supervisor.deployment.coming
        for process in coming:
            if process.lost:
                self._end_coming(f"{process.title} could not be started: {process.reason}")
                return
            if process.state is State.FAILED:
                self._end_coming(f"{process.title} could not be started, and was given up: {process.reason}")
                return
        if self._preparing is not None and all(process.state is State.UP for process in coming):
            self._supervisor.answer(done(self._preparing))
            self._preparing = None

    def _end_coming(self, why: str) -> None:
        self._supervisor.hosts.retire(self._supervisor.deployment.give_up_coming())
        self._supervisor.start_lost()
        if self._preparing is not None:
            self._refuse(self._preparing, why)
            self._preparing = None

    def carry_on(self) -> None:
        """Start the new network once the old one has ended."""
        waiting = self._replacement
        supervisor = self._supervisor
        if waiting is None or supervisor.hosts.retired_left or supervisor.stopping:
            return
        self._replacement = None
        supervisor.switch_to(supervisor.deployment.succeed(waiting.topology, waiting.opened))
        supervisor.answer(done(waiting.request))
        self._progress_listener.note(
            f"the network was replaced; it has {len(waiting.topology.nodes)} nodes now"
        )

    def close(self) -> None:
        """Close the ports of a network that never came."""
        if self._replacement is not None:
            close_all(self._replacement.opened.values())
            self._replacement = None

    def _refuse(self, request: RequestId, *problems: str) -> None:
        self._supervisor.answer(refused(request, *problems))

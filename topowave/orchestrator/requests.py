"""What the balancer may ask for: another network, a signal to one node, the end of the lab.

A replacement opens the new ports first. If one is taken it is refused, and the old network runs on untouched.
Then the old nodes are asked to end, and only when the last one is gone do the new ones start: a port that
both networks have keeps its socket, and at no time do two processes serve it.
"""

from __future__ import annotations

import logging
import signal
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from topowave.orchestrator.control_messages import Replace, RequestId, Shutdown, Signal, decode, done, refused
from topowave.orchestrator.limits import STOP_GRACE_S
from topowave.orchestrator.managed_process import send_signal
from topowave.orchestrator.ports import PortTaken, close_all
from topowave.orchestrator.states import State
from topowave.topology import Problems, Topology

if TYPE_CHECKING:
    from topowave.orchestrator.supervisor import Supervisor

SIGNALS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP, "continue": signal.SIGCONT}
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Replacement:
    """A network that waits for the old one to end."""

    request: RequestId
    topology: Topology
    opened: dict[int, socket.socket]
    kill_at_s: float


class Requests:
    """Carries the balancer's requests out, each to the end before the loop goes on, or refuses them."""

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor
        self._replacement: Replacement | None = None

    def handle(self, line: bytes) -> None:
        """Carry out, or refuse, one request."""
        try:
            request = decode(line)
        except msgspec.MsgspecError as error:
            log.warning("the balancer sent a control message that is none: %s", error)
            return
        if isinstance(request, Shutdown):
            if not self._supervisor.stopping:
                self._supervisor.stop()
        elif self._supervisor.stopping:
            self._refuse(request.id, "the lab is stopping")
        elif self._replacement is not None:
            self._refuse(request.id, "the network is being replaced; try again in a moment")
        elif isinstance(request, Signal):
            self._signal(request)
        else:
            self._replace(request)

    def _signal(self, request: Signal) -> None:
        member = self._supervisor.network.member_of(request.name)
        if member is None:
            self._refuse(request.id, f"there is no node {request.name}")
        elif member.state is State.FOREIGN:
            self._refuse(request.id, f"node {request.name} is run by somebody else")
        elif member.pid is None:
            self._refuse(request.id, f"node {request.name} is {member.state.value}: {member.reason}")
        else:
            send_signal(member.pid, SIGNALS[request.action])
            self._answer(done(request.id))

    def _replace(self, request: Replace) -> None:
        network = self._supervisor.network
        try:
            topology = Topology.from_json(msgspec.json.decode(request.topology), "topology")
            opened = network.prepare(topology)
        except (Problems, PortTaken) as refusal:
            self._refuse(request.id, *refusal.problems)
            return
        self._replacement = Replacement(request.id, topology, opened, time.monotonic() + STOP_GRACE_S)
        self._supervisor.processes.retire(network.members)
        self.carry_on()

    def carry_on(self) -> None:
        """Start the new network once the old one has ended."""
        waiting = self._replacement
        supervisor = self._supervisor
        if waiting is None or supervisor.processes.retired_left or supervisor.stopping:
            return
        self._replacement = None
        supervisor.network = supervisor.network.succeed(waiting.topology, waiting.opened)
        if supervisor.control is not None:
            supervisor.control.topology_changed()
        supervisor.start_nodes()
        self._answer(done(waiting.request))
        supervisor.watcher.note(f"the network was replaced; it has {len(waiting.topology.nodes)} nodes now")

    @property
    def deadline_s(self) -> float | None:
        """When the rest of an old network is to be killed (monotonic, s)."""
        return self._replacement.kill_at_s if self._replacement is not None else None

    def on_time(self, now_s: float) -> None:
        """Kill what is left of an old network after its deadline."""
        if self._replacement is not None and now_s >= self._replacement.kill_at_s:
            self._supervisor.processes.kill_retired()
            self._replacement.kill_at_s = now_s + STOP_GRACE_S

    def close(self) -> None:
        """Close the ports of a network that never came."""
        if self._replacement is not None:
            close_all(self._replacement.opened.values())
            self._replacement = None

    def _refuse(self, request: RequestId, *problems: str) -> None:
        self._answer(refused(request, *problems))

    def _answer(self, line: bytes) -> None:
        if self._supervisor.control is not None:
            self._supervisor.control.answer(line)

"""The parent's loop: it starts the processes, starts again what dies, and in the end stops everything.

Everything happens in one thread, one event after the other: a signal, a child that is ready, a control
message, a deadline. No handler blocks.
"""

from __future__ import annotations

import logging
import os
import selectors
import signal
import socket
import time
from collections.abc import Collection

from topowave.logs import fields
from topowave.orchestrator.control import ControlBrokenError, ControlChannel
from topowave.orchestrator.control_messages import node_message, topology_message
from topowave.orchestrator.deployment import Network
from topowave.orchestrator.hosts.processes import Processes
from topowave.orchestrator.limits import STOP_GRACE_S
from topowave.orchestrator.managed_process import Member, ending, send_signal
from topowave.orchestrator.programs import BalancerSeat, NodesSeat, Programs
from topowave.orchestrator.progress_listener import Watcher
from topowave.orchestrator.requests import Requests
from topowave.orchestrator.signals import SignalPipe
from topowave.orchestrator.states import Event, State

BALANCER = "balancer"
log = logging.getLogger(__name__)


class Supervisor:
    """Runs a lab once, from `run` to its return.

    Args:
        network: the network to begin with; its sockets are closed at the end.
        sockets: the listening sockets of the balancer and of the page; closed at the end.
        programs: what the children run.
        watcher: is told how it goes.
    """

    def __init__(
        self,
        network: Network,
        sockets: list[socket.socket],
        programs: Programs,
        watcher: Watcher,
    ) -> None:
        self.balancer = Member(BALANCER, sockets)
        self.network = network
        self.processes = Processes(self._drop)
        self.control: ControlChannel | None = None
        self.requests = Requests(self)
        self._programs = programs
        self.watcher = watcher
        self._signals = SignalPipe()
        self._selector = selectors.DefaultSelector()
        self._watched = 0  # the events of the control channel that the selector waits for
        self._running = False
        self._stopping_until_s: float | None = None
        self._exit_code = 0

    # The loop

    def run(self) -> int:
        """Run the lab until it has ended; return the exit code."""
        self._selector.register(self._signals.reader, selectors.EVENT_READ, self._on_signals)
        self._selector.register(self.processes.pipes.ready_read, selectors.EVENT_READ, self._on_ready)
        try:
            self._start_balancer()
            self.start_nodes()
            while self._stopping_until_s is None or self.processes.any_left:
                self._watch_control()
                for key, _ in self._selector.select(self._patience_s()):
                    key.data()
                self._on_time()
            return self._exit_code
        finally:
            self.processes.kill_all()
            self.processes.wait_all()
            self._close()

    def _on_signals(self) -> None:
        numbers = set(self._signals.read())
        if numbers - {signal.SIGCHLD}:
            self.stop()
        if signal.SIGCHLD in numbers:
            self._reap()

    def _reap(self) -> None:
        for member, status in self.processes.reap():
            if member is None:
                continue
            if os.WIFSTOPPED(status):
                self._happens(member, Event.STOPPED)
            elif os.WIFCONTINUED(status):
                self._happens(member, Event.CONTINUED)
            else:
                self._exited(member, ending(status))
        self.requests.carry_on()

    def _on_ready(self) -> None:
        for member, servers in self.processes.ready_servers():
            if member.are_ready(servers):
                log.debug("process ready", extra=fields(process=member.title, pid=member.pid))
                self._happens(member, Event.READY)
        self._tell_progress()

    def _on_control(self) -> None:
        if self.control is None:
            return
        self.control.write()
        try:
            lines = self.control.read()
        except ControlBrokenError as error:
            log.warning("%s; the balancer is started again", error)
            self.kill(self.balancer)
            return
        for line in lines:
            self.requests.handle(line)

    def _on_time(self) -> None:
        now_s = time.monotonic()
        if self._stopping_until_s is not None and now_s >= self._stopping_until_s:
            self.processes.kill_all()
            self._stopping_until_s = now_s + STOP_GRACE_S
        self.requests.on_time(now_s)
        for member in self._members():
            if member.deadline_s is not None and now_s >= member.deadline_s:
                log.warning("%s: not ready in time, and killed", member.title)
                member.deadline_s = None
                self.kill(member)

    def _patience_s(self) -> float | None:
        """How long the loop may sleep: until the next deadline, or for ever."""
        deadlines = [self._stopping_until_s, self.requests.deadline_s]
        deadlines += [member.deadline_s for member in self._members()]
        due_s = min((each for each in deadlines if each is not None), default=None)
        return None if due_s is None else max(0.0, due_s - time.monotonic())

    def _members(self) -> list[Member]:
        return [self.balancer, *self.network.members]

    # What happens to a process

    def _happens(self, member: Member, event: Event, *, reason: str = "") -> None:
        changed = member.happens(event, reason=reason)
        if changed and member is not self.balancer:
            self._tell(member)

    def _exited(self, member: Member, reason: str) -> None:
        self._happens(member, Event.EXITED, reason=reason)
        if member is self.balancer:
            self._close_control()
        if self._stopping_until_s is not None:
            return
        if member.budget.spend(time.monotonic()):
            member.restarts += 1
            self._note(f"{member.title} {reason}; started again")
            self._start(member)
        else:
            self._give_up(member, reason)

    def _give_up(self, member: Member, reason: str) -> None:
        self._note(f"{member.title} {reason} too often; given up")
        self._happens(member, Event.GIVEN_UP)
        if member is self.balancer:
            self._exit_code = 1
            self.stop()
        else:
            member.release()
            self._tell_progress()

    def _note(self, text: str) -> None:
        log.warning("%s", text)
        self.watcher.note(text)

    def kill(self, member: Member) -> None:
        """Kill a member's process, if it has one; it is then started again."""
        if member.pid is not None:
            send_signal(member.pid, signal.SIGKILL)

    # Starting

    def start_nodes(self) -> None:
        """Start every process of the network, and tell the balancer of all of them."""
        for member in self.network.members:
            if member.state is not State.FOREIGN:
                self._start(member)
        self._tell_all()
        self._tell_progress()

    def _start(self, member: Member) -> None:
        if member is self.balancer:
            self._start_balancer()
            return
        topology, listeners = self.network.topology, tuple(member.sockets)
        self.processes.start(
            member,
            lambda block, ready: self._programs.nodes(
                NodesSeat(topology, member.nodes, listeners, block, ready)
            ),
            keep=member.sockets,
        )
        self._tell(member)

    def _start_balancer(self) -> None:
        ours, its = socket.socketpair()
        topology, version = self.network.topology, self.network.version
        listener, page_listener = self.balancer.sockets
        self.control = ControlChannel(ours, self._topology_line, self._node_line)
        self._tell_all()
        self.processes.start(
            self.balancer,
            lambda block, ready: self._programs.balancer(
                BalancerSeat(topology, version, listener, page_listener, its, block, ready)
            ),
            keep=[listener, page_listener, its],
        )
        its.close()

    def _tell_progress(self) -> None:
        if self._running or self._stopping_until_s is not None:
            return
        members = [member for member in self._members() if member.state is not State.FOREIGN]
        servers = sum(len(member.nodes) for member in members)
        settled = sum(member.servers_settled for member in members)
        self.watcher.progress(settled, servers)
        if settled == servers:
            self._running = True
            self.watcher.running(len(members) - 1)

    # Stopping

    def stop(self) -> None:
        """Ask every process to end; a second call kills them."""
        if self._stopping_until_s is not None:
            self.processes.kill_all()
            return
        self._stopping_until_s = time.monotonic() + STOP_GRACE_S
        self.watcher.stopping()
        self.processes.end_all()

    @property
    def stopping(self) -> bool:
        """Whether the lab has begun to stop."""
        return self._stopping_until_s is not None

    def _close(self) -> None:
        self._close_control()
        self.requests.close()
        self.network.release()
        self._selector.close()
        self._signals.close()
        self.processes.pipes.close()
        self.balancer.release()  # last: who finds this port closed knows that all is gone

    def _drop(self, keep: Collection[socket.socket]) -> None:
        """In a child: close what the parent has open, except what the child goes on using."""
        self._selector.close()
        self._signals.drop()
        if self.control is not None:
            self.control.close()
        for member in self._members():
            for each in member.sockets:
                if each not in keep:
                    each.close()

    # The control channel

    def _watch_control(self) -> None:
        """Let the selector wait for what the control channel wants now."""
        if self.control is None:
            return
        self.control.write()
        wants = self.control.wants
        if wants != self._watched:
            if self._watched == 0:
                self._selector.register(self.control.end, wants, self._on_control)
            elif wants == 0:
                self._selector.unregister(self.control.end)
            else:
                self._selector.modify(self.control.end, wants, self._on_control)
            self._watched = wants

    def _close_control(self) -> None:
        if self.control is not None:
            if self._watched:
                self._selector.unregister(self.control.end)
            self.control.close()
        self.control, self._watched = None, 0

    def _tell(self, member: Member) -> None:
        if self.control is not None:
            self.control.nodes_changed([member.name])

    def _tell_all(self) -> None:
        if self.control is not None:
            self.control.nodes_changed(member.name for member in self.network.members)

    def _topology_line(self) -> bytes:
        return topology_message(self.network.topology, self.network.version)

    def _node_line(self, name: str) -> bytes | None:
        member = self.network.member_of(name)
        return node_message(member) if member is not None else None

"""The parent's loop: it starts the processes, starts again what dies, and in the end stops everything.

Theory of operation. Everything happens in one thread, one event after the other, and no handler blocks:

    a signal              SIGCHLD: reap, and move each process in its table of states (`states`)
                          any other: stop; a second one kills
    the ready pipe        servers of a process serve; when all do, it is `up`
    a pipe a process      it, or a user's class in it, has printed something: show it (`printed_lines`)
    the control channel   the balancer takes what has changed, or asks for something (`requests`)
    a deadline            not ready in time: kill; not ended in time: kill; could not be forked: once more

A process is forked by `table`, which knows pids; what is kept alive is a `ManagedProcess`, which has one
incarnation (one fork) after the other on the same listening sockets. The lab itself goes

    starting -> running -> stopping -> ended          `_running`, `_stopping_until_s`, no process left

and a replacement of the network leads from one `Deployment` to the next within `running`; where a network
follows another one while what both have runs on, the `Deployment` stays, and changes.

What must hold:
- A process that exits is started again at once, as long as its restart budget lasts and the lab is not
  stopping; after that it is `failed`, its ports are closed, and a lab whose balancer or fleet failed ends
  with code 1.
  A fork that fails is a start that failed: it counts as one, and the next one follows after a pause.
  A failed node is started again only when somebody asks for it.
- The balancer is never waited for. What it ought to know is a set of what has changed (`control`), and each
  incarnation of it is notified of everything anew.
- A node's process of the old network and one of the new network never serve the same port at once.
- The balancer's port closes last: who finds it closed knows that all is gone.

What may fail: a child at any point (its exit is an event like any other), the balancer's end of the channel
(the rest is dropped), and this process itself: children then end by themselves (`hosts.parent_death`).
"""

from __future__ import annotations

import logging
import os
import selectors
import signal
import socket
import time
from collections.abc import Collection
from contextlib import suppress

from topowave.logs import fields
from topowave.orchestrator.control import ControlBrokenError, ControlChannel
from topowave.orchestrator.control_messages import (
    config_message,
    executors_message,
    node_message,
    topology_message,
)
from topowave.orchestrator.deployment import Deployment
from topowave.orchestrator.hosts.processes import ProcessTable
from topowave.orchestrator.limits import FLEET_DEADLINE_S, OUTPUT_RETRY_S, START_PAUSE_S, STOP_GRACE_S
from topowave.orchestrator.managed_process import ManagedProcess, ending, send_signal
from topowave.orchestrator.programs import (
    BalancerProcessContext,
    FleetProcessContext,
    NodesProcessContext,
    Programs,
)
from topowave.orchestrator.progress_listener import ProgressListener
from topowave.orchestrator.requests import Requests
from topowave.orchestrator.signals import SignalPipe
from topowave.orchestrator.states import ProcessEvent, State
from topowave.topology import LabConfig, Topology
from topowave.unwaiting_output import pending_outputs
from topowave.wire.control import line_of

BALANCER = "balancer"
FLEET = "fleet"
log = logging.getLogger(__name__)


class Supervisor:
    """Runs a lab once, from `run` to its return.

    Args:
        deployment: what runs to begin with; its sockets are closed at the end.
        sockets: the listening sockets of the balancer and of the page; closed at the end.
        programs: what the children run.
        progress_listener: is notified of how it goes.
    """

    def __init__(
        self,
        deployment: Deployment,
        sockets: list[socket.socket],
        programs: Programs,
        progress_listener: ProgressListener,
    ) -> None:
        self._balancer = ManagedProcess(BALANCER, sockets)
        self._fleet = ManagedProcess(FLEET, []) if programs.fleet is not None else None
        self.deployment = deployment
        self._selector = selectors.DefaultSelector()
        self.table = ProcessTable(self._drop, self._selector)
        self._control: ControlChannel | None = None
        self._requests = Requests(self, progress_listener)
        self._programs = programs
        self._progress_listener = progress_listener
        self._signals = SignalPipe()
        self._watched = 0  # the events of the control channel that the selector waits for
        self._running = False
        self._stopping_until_s: float | None = None
        self._exit_code = 0

    # The loop

    def run(self) -> int:
        """Run the lab until it has ended; return the exit code."""
        self._selector.register(self._signals.reader, selectors.EVENT_READ, self._on_signals)
        self._selector.register(self.table.pipes.ready_read, selectors.EVENT_READ, self._on_ready)
        try:
            self._start(self._balancer)
            if self._fleet is not None:
                self._start(self._fleet)
            self._start_nodes()
            while self._stopping_until_s is None or self.table.any_left:
                self._watch_control()
                for key, _ in self._selector.select(self._patience_s()):
                    key.data()
                self._on_time()
            return self._exit_code
        finally:
            self.table.kill_all()
            self.table.wait_all()
            self._close()

    def _on_signals(self) -> None:
        numbers = set(self._signals.read())
        if numbers - {signal.SIGCHLD}:
            self.stop()
        if signal.SIGCHLD in numbers:
            self._reap()

    def _reap(self) -> None:
        for process, status in self.table.reap():
            if process is None:
                continue
            if os.WIFSTOPPED(status):
                self._happens(process, ProcessEvent.STOPPED)
            elif os.WIFCONTINUED(status):
                self._happens(process, ProcessEvent.CONTINUED)
            else:
                self._exited(process, process.ended(ending(status)))
        self._requests.carry_on()

    def _on_ready(self) -> None:
        for process, servers in self.table.ready_servers():
            if process.are_ready(servers):
                log.debug("process ready", extra=fields(process=process.title, pid=process.pid))
                self._happens(process, ProcessEvent.READY)
        self._notify_progress()

    def _on_control(self) -> None:
        if self._control is None:
            return
        self._control.write()
        try:
            lines = self._control.read()
        except ControlBrokenError as error:
            log.warning("%s; the balancer is started again", error)
            self._kill(self._balancer)
            return
        for line in lines:
            self._requests.handle(line)

    def _on_time(self) -> None:
        now_s = time.monotonic()
        for out in pending_outputs():
            with suppress(OSError):  # whoever writes next hears of it
                out.flush()
        if self._stopping_until_s is not None and now_s >= self._stopping_until_s:
            self.table.kill_all()
            self._stopping_until_s = now_s + STOP_GRACE_S
        self._requests.on_time(now_s)
        for process in self._all_processes():
            if process.deadline_s is not None and now_s >= process.deadline_s:
                log.warning("%s: not ready in time, and killed", process.title)
                process.deadline_s = None
                self._kill(process)
            if process.start_at_s is not None and now_s >= process.start_at_s and not self.stopping:
                process.start_at_s = None
                self._start(process)

    def _patience_s(self) -> float | None:
        """How long the loop may sleep: until the next deadline, or for ever."""
        deadlines = [self._stopping_until_s, self._requests.deadline_s]
        for process in self._all_processes():
            deadlines += [process.deadline_s, None if self.stopping else process.start_at_s]
        if pending_outputs():
            deadlines.append(time.monotonic() + OUTPUT_RETRY_S)
        due_s = min((each for each in deadlines if each is not None), default=None)
        return None if due_s is None else max(0.0, due_s - time.monotonic())

    def _all_processes(self) -> list[ManagedProcess]:
        return [*self._servants, *self.deployment.all_processes]

    @property
    def _servants(self) -> list[ManagedProcess]:
        """The processes that run no node, without which there is no lab."""
        return [self._balancer] if self._fleet is None else [self._balancer, self._fleet]

    # What happens to a process

    def _happens(self, process: ManagedProcess, event: ProcessEvent, *, reason: str = "") -> None:
        changed = process.happens(event, reason=reason)
        if changed and process not in self._servants:
            self._notify(process)
            self._requests.happened(process)

    def _exited(self, process: ManagedProcess, reason: str) -> None:
        if self._may_start_again(process, reason):
            process.restarts += 1
            self._note(f"{process.title} {reason}; started again")
            self._start(process)

    def _not_started(self, process: ManagedProcess, error: OSError) -> None:
        reason = f"could not be started: {os.strerror(error.errno or 0)}"
        if self._may_start_again(process, reason):
            self._note(f"{process.title} {reason}; tried again in {START_PAUSE_S:g} s")
            process.start_at_s = time.monotonic() + START_PAUSE_S

    def _may_start_again(self, process: ManagedProcess, reason: str) -> bool:
        """Note that an incarnation ended, or never began; give the process up where that was too often."""
        self._happens(process, ProcessEvent.EXITED, reason=reason)
        if process is self._balancer:
            self._close_control()
        if self._stopping_until_s is not None:
            return False
        if process.budget.spend(time.monotonic()):
            return True
        self._give_up(process, reason)
        return False

    def _give_up(self, process: ManagedProcess, reason: str) -> None:
        self._note(f"{process.title} {reason} too often; given up")
        self._happens(process, ProcessEvent.GIVEN_UP)
        if process in self._servants:
            self._exit_code = 1
            self.stop()
        else:
            process.release()
            self._notify_progress()

    def start_again(self, process: ManagedProcess) -> None:
        """Start a process again that was given up. Raises PortTaken where somebody has its ports now."""
        process.start_again(self.deployment.reopen(process))
        self._note(f"{process.title} is started again, as somebody asked")
        self._start(process)

    def _note(self, text: str) -> None:
        log.warning("%s", text)
        self._progress_listener.note(text)

    def _kill(self, process: ManagedProcess) -> None:
        """Kill a process, if it runs; it is then started again."""
        if process.pid is not None:
            process.ended_by_us = True
            send_signal(process.pid, signal.SIGKILL)

    # Starting

    def switch_to(self, deployment: Deployment) -> None:
        """Go on with another network; no process of the former one is left."""
        self.deployment = deployment
        if self._control is not None:
            self._control.topology_changed()
        self._start_nodes()

    def start_coming(self) -> None:
        """Start the processes of nodes that are to join."""
        for process in self.deployment.coming:
            self._start(process)

    def followed(self) -> None:
        """Notify the balancer of a network that has followed while what stays in it runs on."""
        if self._control is not None:
            self._control.topology_changed()
        self._notify_all()

    def configure(self, config: LabConfig) -> None:
        """Go on with other settings: what is started from now on has them; the balancer tells the others."""
        self.deployment.config = config
        if self._control is not None:
            self._control.config_changed()

    def set_executors(self, topology: Topology) -> None:
        """Go on with nodes that take other tasks; the balancer tells those that run."""
        self.deployment.topology = topology
        if self._control is not None:
            self._control.executors_changed()

    def _start_nodes(self) -> None:
        """Start every process of the network, and notify the balancer of all of them."""
        for process in self.deployment.processes:
            if process.state is not State.FOREIGN and not self.stopping:
                self._start(process)
        self._notify_all()
        self._notify_progress()

    def _start(self, process: ManagedProcess) -> None:
        try:
            if process is self._balancer:
                self._start_balancer()
            elif process is self._fleet:
                self._start_fleet(process)
            else:
                self._start_node(process)
        except OSError as error:
            self._not_started(process, error)

    def _start_node(self, process: ManagedProcess) -> None:
        config, listeners = self.deployment.config, tuple(process.sockets)
        topology, version = self.deployment.network_of(process)
        self.table.start(
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
        self._notify(process)

    def _start_fleet(self, process: ManagedProcess) -> None:
        program, config = self._programs.fleet, self.deployment.config
        assert program is not None
        self.table.start(
            process,
            lambda incarnation, ready: program(FleetProcessContext(config, incarnation, ready)),
            keep=[],
            deadline_s=FLEET_DEADLINE_S,
        )

    def _start_balancer(self) -> None:
        ours, its = socket.socketpair()
        deployment = self.deployment
        listener, *page = self._balancer.sockets
        page_listener = page[0] if page else None
        self._control = ControlChannel(
            ours, self._topology_line, self._node_line, self._config_line, self._executors_line
        )
        self._control.answer(line_of(deployment.goal))
        self._notify_all()
        with its:
            self.table.start(
                self._balancer,
                lambda incarnation, ready: self._programs.balancer(
                    BalancerProcessContext(
                        deployment.topology,
                        deployment.config,
                        deployment.version,
                        listener,
                        page_listener,
                        its,
                        incarnation,
                        ready,
                    )
                ),
                keep=[listener, *page, its],
            )

    def _notify_progress(self) -> None:
        if self._running or self._stopping_until_s is not None:
            return
        processes = [process for process in self._all_processes() if process.state is not State.FOREIGN]
        servers = sum(len(process.nodes) for process in processes)
        settled = sum(process.servers_settled for process in processes)
        self._progress_listener.progress(settled, servers)
        if settled == servers:
            self._running = True
            self._progress_listener.running(len(processes) - len(self._servants))

    # Stopping

    def stop(self) -> None:
        """Ask every process to end; a second call kills them."""
        if self._stopping_until_s is not None:
            self.table.kill_all()
            return
        self._stopping_until_s = time.monotonic() + STOP_GRACE_S
        for process in self._all_processes():
            process.ended_by_us = True
        self._progress_listener.stopping()
        self.table.end_all()

    @property
    def stopping(self) -> bool:
        """Whether the lab has begun to stop."""
        return self._stopping_until_s is not None

    def _close(self) -> None:
        self._close_control()
        self._requests.close()
        self.deployment.release()
        self._selector.close()
        self._signals.close()
        self.table.pipes.close()
        self._balancer.release()  # last: who finds this port closed knows that all is gone

    def _drop(self, keep: Collection[socket.socket]) -> None:
        """In a child: close what the parent has open, except what the child goes on using."""
        self._selector.close()
        self._signals.drop()
        if self._control is not None:
            self._control.close()
        for process in self._all_processes():
            for each in process.sockets:
                if each not in keep:
                    each.close()

    # The control channel

    def _watch_control(self) -> None:
        """Let the selector wait for what the control channel wants now."""
        if self._control is None:
            return
        self._control.write()
        wants = self._control.wants
        if wants != self._watched:
            if self._watched == 0:
                self._selector.register(self._control.end, wants, self._on_control)
            elif wants == 0:
                self._selector.unregister(self._control.end)
            else:
                self._selector.modify(self._control.end, wants, self._on_control)
            self._watched = wants

    def _close_control(self) -> None:
        if self._control is not None:
            if self._watched:
                self._selector.unregister(self._control.end)
            self._control.close()
            self._requests.balancer_left()
        self._control, self._watched = None, 0

    def answer(self, line: bytes) -> None:
        """Answer a request of the balancer; if it is gone, nobody waits for the answer."""
        if self._control is not None:
            self._control.answer(line)

    def _notify(self, process: ManagedProcess) -> None:
        if self._control is not None:
            self._control.nodes_changed([process.name])

    def _notify_all(self) -> None:
        if self._control is not None:
            self._control.nodes_changed(process.name for process in self.deployment.processes)

    def _topology_line(self) -> bytes:
        deployment = self.deployment
        return topology_message(deployment.topology, deployment.version, keeps=deployment.keeps)

    def _config_line(self) -> bytes:
        return config_message(self.deployment.config)

    def _executors_line(self) -> bytes:
        return executors_message(self.deployment.topology)

    def _node_line(self, name: str) -> bytes | None:
        process = self.deployment.process_of(name)
        return None if process is None else node_message(process, self.deployment.numbers_of(process))

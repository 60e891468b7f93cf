"""Starts what an agent is to run, ends it, and notes what becomes of it: the operating system's side."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress

import msgspec

from topowave.algorithms.registry import LIBRARY, AlgorithmRegistry
from topowave.orchestrator.agent.agent_processes import (
    AgentProcesses,
    HeldEvent,
    HeldProcess,
    HeldState,
    Step,
)
from topowave.orchestrator.agent.listeners import open_listeners
from topowave.orchestrator.agent.programs import Lab, lab_of, own_nodes
from topowave.orchestrator.agent.spec import AgentSpec
from topowave.orchestrator.agent.workload import become, filled, parsed_command, serves
from topowave.orchestrator.descriptors import check_descriptors
from topowave.orchestrator.hosts.processes import ProcessTable, ask_to_end
from topowave.orchestrator.limits import PROBE_INTERVAL_S, START_DEADLINE_S, STOP_GRACE_S
from topowave.orchestrator.managed_process import ManagedProcess, ending, send_signal
from topowave.orchestrator.ports import close_all
from topowave.orchestrator.programs import NodesProcessContext
from topowave.topology import Problems
from topowave.translation import text
from topowave.wire.agents import AgentSignal, Wanted, Welcome

SIGNALS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP, "continue": signal.SIGCONT}


class ProcessRunner:
    """Runs the processes of an agent.

    Args:
        spec: of the agent.
        table: forks and reaps.
        processes: what is wanted and what runs; is told of all that happens.
    """

    def __init__(self, spec: AgentSpec, table: ProcessTable, processes: AgentProcesses) -> None:
        self._spec = spec
        self._table = table
        self._processes = processes
        self._command = None if spec.workload is None else parsed_command(spec.workload)
        self._started: dict[ManagedProcess, HeldProcess] = {}
        self._reasons: dict[int, str] = {}
        """Why we have ended a process, by its incarnation, where that is not what the kernel says."""
        self._ending_s: dict[int, float] = {}
        """When a process that was asked to end is killed, by its incarnation (monotonic, s)."""
        self._probe_at_s: float | None = None
        self._welcome = Welcome()
        self._algorithms: AlgorithmRegistry = LIBRARY
        self._wanted: Wanted | None = None
        self._lab: Lab | None = None
        self._program: Callable[[NodesProcessContext], None] | None = None

    # What is known of the lab

    def know(self, welcome: Welcome, algorithms: AlgorithmRegistry) -> None:
        """Start processes with this from now on."""
        self._welcome, self._algorithms, self._program = welcome, algorithms, None

    def know_network(self, wanted: Wanted | None) -> None:
        """Start processes for the network and with the settings that were told last; None for none yet."""
        before, self._wanted = self._wanted, wanted
        if before is None or wanted is None or _lab_words(before) != _lab_words(wanted):
            self._lab = None

    def _known_lab(self) -> Lab:
        """Return the lab as it was told last. Raises Problems."""
        assert self._wanted is not None
        if self._lab is None:
            self._lab, self._program = lab_of(self._wanted, self._spec.controller.host), None
        return self._lab

    # What happens

    @property
    def times_s(self) -> list[float]:
        """When something is to be looked at again (monotonic, s)."""
        deadlines = [process.deadline_s for process in self._started]
        times = [self._probe_at_s, *deadlines, *self._ending_s.values()]
        return [each for each in times if each is not None]

    def reaped(self, process: ManagedProcess | None, status: int) -> None:
        """Take note of what the kernel says of a process."""
        held = None if process is None else self._started.get(process)
        if process is None or held is None:
            return
        if os.WIFSTOPPED(status):
            self._processes.happens(held, HeldEvent.STOPPED)
        elif os.WIFCONTINUED(status):
            self._processes.happens(held, HeldEvent.CONTINUED)
        else:
            del self._started[process]
            self._ended(held, process.ended(ending(status)))

    def are_ready(self, process: ManagedProcess, servers: int) -> None:
        """Take note of servers that serve."""
        held = self._started.get(process)
        if held is not None:
            self._processes.are_ready(held, servers)

    def on_time(self, now_s: float) -> None:
        """Do what is due (monotonic, s)."""
        self._kill_late(now_s)
        self._probe(now_s)

    # What is done

    def carry_out(self, *, may_start: bool, stopping: bool) -> None:
        """Start and end what is to be.

        Args:
            may_start: whether the agent has a lease.
            stopping: whether it ends, and all that it runs with it.
        """
        for step, held in self._processes.steps(may_start=may_start, may_forget=not stopping):
            if step is Step.START:
                self._start(held)
            elif held.pid is not None:
                if stopping:
                    self._reasons[held.wanted.incarnation] = "was ended with its agent"
                self._by_us(held)
                ask_to_end(held.pid)
                self._ending_s[held.wanted.incarnation] = time.monotonic() + STOP_GRACE_S

    def signal(self, said: AgentSignal) -> None:
        """Kill, stop or continue a process."""
        held = self._processes.find(said.incarnation)
        if held is None or held.pid is None:
            return
        if said.action == "kill":
            self._by_us(held)
        send_signal(held.pid, SIGNALS[said.action])

    def kill_all(self, reap: Callable[[], None]) -> int:
        """Kill all that runs, wait until it is gone, and forget it; returns how many processes that were.

        Args:
            reap: takes from the kernel what has ended.
        """
        killed = dict(self._started)
        for process, held in killed.items():
            held.ending = process.ended_by_us = True
            send_signal(held.pid or 0, signal.SIGKILL)
        for process in killed:
            if process.pid is not None:
                _wait_for(process.pid)
        reap()
        self._started.clear()
        self._reasons.clear()
        self._ending_s.clear()
        self._processes.drop_all()
        return len(killed)

    def _start(self, held: HeldProcess) -> None:
        try:
            if self._command is None:
                process = self._start_nodes(held)
            else:
                process = self._start_command(held, self._command)
        except OSError as error:
            self._ended(held, error.strerror or str(error))
        except (Problems, KeyError, msgspec.MsgspecError) as error:
            self._ended(held, f"could not be started: {error}")
        else:
            assert process.pid is not None
            self._started[process] = held
            self._processes.started(held, process.pid)

    def _start_nodes(self, held: HeldProcess) -> ManagedProcess:
        lab, wanted = self._known_lab(), held.wanted
        if self._program is None:
            self._program = own_nodes(self._spec, self._welcome, self._algorithms, lab.hosts)
        program, process = self._program, _managed(held)
        check_descriptors(lab.topology, [tuple(wanted.names)], opened=len(wanted.names))
        listeners = open_listeners(self._spec.host, wanted.ports)
        try:
            self._table.start(
                process,
                lambda _, ready: program(
                    NodesProcessContext(
                        topology=lab.topology,
                        config=lab.config,
                        names=tuple(wanted.names),
                        listeners=tuple(listeners),
                        incarnation=wanted.incarnation,
                        ready=ready,
                        note=process.note,
                        version=lab.version,
                    )
                ),
                keep=listeners,
            )
        finally:
            close_all(listeners)  # the child has its own; when it ends, so do they
        return process

    def _start_command(self, held: HeldProcess, command: list[str]) -> ManagedProcess:
        lab, wanted, spec = self._known_lab(), held.wanted, self._spec
        if len(wanted.names) != 1:
            raise OSError(0, "a workload's process runs one replica")
        close_all(open_listeners(spec.host, wanted.ports))  # only to see that nobody else is there
        node = lab.topology.node(wanted.names[0])
        values = {
            "port": wanted.ports[0],
            "name": node.name,
            "host": spec.host,
            "cpu": node.cpu,
            "controller": self._spec.controller.http(),
        }
        variables = {} if spec.token is None else {"TOPOWAVE_TOKEN": spec.token.reveal()}
        process = _managed(held)
        self._table.start(process, lambda _, __: become(filled(command, values), variables), keep=())
        self._probe_at_s = time.monotonic() + PROBE_INTERVAL_S
        return process

    def _probe(self, now_s: float) -> None:
        """Look which commands serve by now."""
        if self._probe_at_s is None or now_s < self._probe_at_s:
            return
        waiting = [held for held in self._started.values() if held.ready == 0]
        for held in waiting:
            if serves(self._spec.host, held.wanted.ports[0]):
                self._processes.are_ready(held, 1)
        self._probe_at_s = time.monotonic() + PROBE_INTERVAL_S if waiting else None

    def _kill_late(self, now_s: float) -> None:
        """Kill what does not become ready in time, and what does not end in time."""
        for process, held in self._started.items():
            incarnation = held.wanted.incarnation
            if process.deadline_s is not None and held.state is HeldState.UP:
                process.deadline_s = None
                self._spec.note(text("{process} is up", process=held.title))
            if process.deadline_s is not None and now_s >= process.deadline_s:
                process.deadline_s = None
                self._reasons[incarnation] = f"was not ready within {START_DEADLINE_S:g} s"
                self._by_us(held)
                send_signal(held.pid or 0, signal.SIGKILL)
            if now_s >= self._ending_s.get(incarnation, float("inf")):
                del self._ending_s[incarnation]
                send_signal(held.pid or 0, signal.SIGKILL)

    def _by_us(self, held: HeldProcess) -> None:
        """Note that we end a process, so that nothing that it runs is to blame."""
        for process, each in self._started.items():
            if each is held:
                process.ended_by_us = True

    def _ended(self, held: HeldProcess, reason: str) -> None:
        incarnation = held.wanted.incarnation
        self._ending_s.pop(incarnation, None)
        reason = self._reasons.pop(incarnation, reason)
        if not held.ending:
            self._spec.note(text("{process} has ended: {reason}", process=held.title, reason=reason))
        self._processes.happens(held, HeldEvent.ENDED, reason=reason)


def _managed(held: HeldProcess) -> ManagedProcess:
    first, *others = held.wanted.names
    return ManagedProcess(first, [], tuple(others))


def _lab_words(wanted: Wanted) -> tuple[object, ...]:
    """Return what is told of the lab itself."""
    return wanted.version, wanted.topology, wanted.settings


def _wait_for(pid: int) -> None:
    """Wait until a process that was killed has ended, without taking its status from whoever reaps it."""
    with suppress(ChildProcessError):
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)

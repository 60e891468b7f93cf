"""The agent's loop: it starts and ends processes as its lab says, and ends all of them where nobody says so.

Theory of operation. As in a supervisor everything happens in one thread, one event after the other:

    a signal              SIGCHLD: reap; any other: stop; a second one kills
    the ready pipe        servers of a process serve
    a pipe a process      it has printed something: show it
    the link's channel    the lab says what is wanted, answers a heartbeat, or is away (`link`)
    a time                a heartbeat is due, the lease is over, a process is late

What is wanted and what runs meet in `agent_processes`, which says what to start and to end; the lease is in
`lease`. The agent itself goes

    waiting -> welcome -> waiting -> ...      the lab is reached, and away again; what runs goes on
    -> new session                            the lease is over: all that runs is killed, at once
    -> stopping -> ended                      Ctrl-C, or the lab takes no such agent

What must hold:
- Nothing runs without a lease. With its end every process is killed before the agent says anything more, and
  what it says then it says as a new session, which has never run anything.
- A process is never started again here: that it has ended is told, and another incarnation may be wanted.
- The link is never waited for, and is started again whenever it ends: it knows nothing that is lost with it.

What may fail: a process (its end is told), the link (the lease decides), the controller (as the link), and
this process: all that it has started ends with it (`hosts.parent_death`).
"""

from __future__ import annotations

import gc
import logging
import os
import secrets
import selectors
import signal
import socket
import time
from collections.abc import Callable, Collection
from contextlib import suppress

import msgspec

from topowave.algorithms.registry import LIBRARY, AlgorithmRegistry
from topowave.logs import fields, set_up_logs
from topowave.orchestrator.agent.agent_processes import (
    AgentProcesses,
    HeldEvent,
    HeldProcess,
    HeldState,
    Step,
)
from topowave.orchestrator.agent.clock import lease_clock
from topowave.orchestrator.agent.lease import Lease
from topowave.orchestrator.agent.link import LinkStart, run_link
from topowave.orchestrator.agent.link_channel import LinkBrokenError, LinkChannel
from topowave.orchestrator.agent.link_messages import (
    FromLink,
    Leave,
    LinkClosed,
    LinkOpened,
    decode_from_link,
)
from topowave.orchestrator.agent.listeners import open_listeners
from topowave.orchestrator.agent.programs import Lab, algorithms_of, journal_problem, lab_of, own_nodes
from topowave.orchestrator.agent.spec import AgentSpec
from topowave.orchestrator.agent.workload import become, filled, parsed_command, serves
from topowave.orchestrator.descriptors import raise_limit
from topowave.orchestrator.hosts.processes import ProcessTable, ask_to_end
from topowave.orchestrator.limits import (
    AGENT_LOOK_S,
    LINK_PAUSE_S,
    OUTPUT_RETRY_S,
    PROBE_INTERVAL_S,
    START_DEADLINE_S,
    STOP_GRACE_S,
)
from topowave.orchestrator.managed_process import ManagedProcess, ending, send_signal
from topowave.orchestrator.packing import cores, free_mb
from topowave.orchestrator.ports import close_all
from topowave.orchestrator.programs import NodesProcessContext
from topowave.orchestrator.signals import SignalPipe
from topowave.topology import Problems
from topowave.unwaiting_output import pending_outputs, unwaiting_streams
from topowave.wire.agents import AgentSignal, Beat, Hello, Rejected, Running, Wanted, Welcome
from topowave.wire.machine import boot_id, program_version

REFUSED = 2
"""Exit code of an agent that the lab does not take."""
SIGNALS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP, "continue": signal.SIGCONT}
log = logging.getLogger(__name__)


def run_agent(spec: AgentSpec) -> int:
    """Be an agent until somebody ends it; return the exit code (0, or 2 where the lab does not take it).

    To be called in the main thread of a process without other threads, since it forks.

    Raises:
        Problems: the installed libraries lack what servers need.
    """
    raise_limit()
    if spec.workload is None:
        own_nodes(spec, Welcome(), LIBRARY, ())  # imports the servers: later the loop would stand still
    with unwaiting_streams():
        set_up_logs("agent", spec.log_level)
        gc.collect()
        gc.freeze()  # what is there now is never collected, so the children go on sharing its pages
        try:
            return Agent(spec).run()
        finally:
            gc.unfreeze()


class Agent:
    """Runs once, from `run` to its return.

    Args:
        spec: what it is.
    """

    def __init__(self, spec: AgentSpec) -> None:
        self._spec = spec
        self._command = None if spec.workload is None else parsed_command(spec.workload)
        self._selector = selectors.DefaultSelector()
        self._table = ProcessTable(self._drop, self._selector)
        self._signals = SignalPipe()
        self._link = ManagedProcess("link", [])
        self._link_at_s: float | None = None
        self._channel: LinkChannel | None = None
        self._watched = 0
        self._processes = AgentProcesses()
        self._started: dict[ManagedProcess, HeldProcess] = {}
        self._reasons: dict[int, str] = {}
        """Why we have ended a process, by its incarnation, where that is not what the kernel says."""
        self._ending_s: dict[int, float] = {}
        """When a process that was asked to end is killed, by its incarnation (monotonic, s)."""
        self._probe_at_s: float | None = None
        self._session = ""
        self._lease = Lease(spec.heartbeat_s)
        self._beat = 0
        self._beat_at_s = 0.0
        self._welcome: Welcome | None = None
        self._is_welcome = False
        self._algorithms: AlgorithmRegistry = LIBRARY
        self._wanted: Wanted | None = None
        self._lab: Lab | None = None
        self._program: Callable[[NodesProcessContext], None] | None = None
        self._told = ""
        self._stopping_until_s: float | None = None
        self._has_left = False
        self._exit_code = 0

    # The loop

    def run(self) -> int:
        """Be an agent until it has ended; return the exit code."""
        self._selector.register(self._signals.reader, selectors.EVENT_READ, self._on_signals)
        self._selector.register(self._table.pipes.ready_read, selectors.EVENT_READ, self._on_ready)
        self._begin_session()
        self._start_link()
        try:
            while self._stopping_until_s is None or self._table.any_left:
                self._watch_channel()
                for key, _ in self._selector.select(self._patience_s()):
                    key.data()
                self._on_time()
            return self._exit_code
        finally:
            self._table.kill_all()
            self._table.wait_all()
            self._close()

    def _on_signals(self) -> None:
        numbers = set(self._signals.read())
        if numbers - {signal.SIGCHLD}:
            self._stop()
        if signal.SIGCHLD in numbers:
            self._reap()

    def _reap(self) -> None:
        for process, status in self._table.reap():
            if process is self._link:
                if not os.WIFSTOPPED(status) and not os.WIFCONTINUED(status):
                    self._link_ended(ending(status))
                continue
            held = self._started.get(process) if process is not None else None
            if process is None or held is None:
                continue
            if os.WIFSTOPPED(status):
                self._processes.happens(held, HeldEvent.STOPPED)
            elif os.WIFCONTINUED(status):
                self._processes.happens(held, HeldEvent.CONTINUED)
            else:
                del self._started[process]
                self._ended(held, process.ended(ending(status)))

    def _on_ready(self) -> None:
        for process, servers in self._table.ready_servers():
            held = self._started.get(process)
            if held is not None:
                self._processes.are_ready(held, servers)

    def _on_time(self) -> None:
        for out in pending_outputs():
            with suppress(OSError):  # whoever writes next hears of it
                out.flush()
        now_s = time.monotonic()
        if self._link_at_s is not None and now_s >= self._link_at_s:
            self._start_link()
        self._look_at_lease()
        self._carry_out()
        self._kill_late(now_s)
        self._probe(now_s)
        if self._stopping_until_s is not None:
            self._carry_on_stopping(now_s)
        if self._processes.changed or lease_clock() >= self._beat_at_s:
            self._say_running()

    def _patience_s(self) -> float:
        """How long the loop may sleep: until the next time that matters, and no longer than AGENT_LOOK_S."""
        now_s = time.monotonic()
        times = [self._link_at_s, self._stopping_until_s, self._probe_at_s, *self._ending_s.values()]
        times += [process.deadline_s for process in self._started]
        if pending_outputs():
            times.append(now_s + OUTPUT_RETRY_S)
        waits = [at_s - now_s for at_s in times if at_s is not None]
        lease_times = [self._beat_at_s, self._lease.ends_s if self._processes.any_runs else None]
        waits += [at_s - lease_clock() for at_s in lease_times if at_s is not None]
        return max(0.0, min([AGENT_LOOK_S, *waits]))

    # The lab

    def _on_link(self) -> None:
        if self._channel is None:
            return
        self._channel.write()
        try:
            lines = self._channel.read()
        except LinkBrokenError as error:
            log.warning("%s; the link is started again", error)
            self._kill_link()
            return
        for line in lines:
            self._take(decode_from_link(line))

    def _take(self, message: FromLink) -> None:
        if self._stopping_until_s is not None:
            return
        if isinstance(message, Beat):
            self._lease.answered(message.beat)
        elif isinstance(message, Wanted):
            self._take_wanted(message)
        elif isinstance(message, AgentSignal):
            self._take_signal(message)
        elif isinstance(message, Welcome):
            self._take_welcome(message)
        elif isinstance(message, Rejected):
            self._refused(message.reason)
        elif isinstance(message, LinkClosed):
            self._take_closed(message)
        else:
            assert isinstance(message, LinkOpened)
            log.info("controller reached", extra=fields(controller=self._at))

    def _take_welcome(self, welcome: Welcome) -> None:
        problem = journal_problem(welcome.journal) if self._command is None else None
        if problem is not None:
            self._refused(problem)
            return
        if self._command is None and (
            self._welcome is None or welcome.algorithm_files != self._welcome.algorithm_files
        ):
            try:
                self._algorithms = algorithms_of(welcome.algorithm_files)
            except Problems as refusal:
                self._refused(*refusal.problems)
                return
        self._welcome, self._is_welcome, self._program = welcome, True, None
        spec = self._spec
        self._tell(
            f"{spec.name} is part of the lab at {self._at}: what runs here listens on {spec.host}, "
            f"ports from {spec.port} on"
        )
        self._say_running()

    def _take_wanted(self, wanted: Wanted) -> None:
        if wanted.session != self._session or wanted.agent != self._spec.name:
            return  # it is for who we were
        if self._wanted is None or self._wanted.version != wanted.version or not self._same_lab(wanted):
            self._lab = None
        self._wanted = wanted
        self._processes.want(wanted.processes)

    def _same_lab(self, wanted: Wanted) -> bool:
        before = self._wanted
        return before is not None and (before.topology, before.settings) == (
            wanted.topology,
            wanted.settings,
        )

    def _take_signal(self, said: AgentSignal) -> None:
        held = self._processes.find(said.incarnation)
        if said.session != self._session or held is None or held.pid is None:
            return
        if said.action == "kill":
            self._by_us(held)
        send_signal(held.pid, SIGNALS[said.action])

    def _take_closed(self, closed: LinkClosed) -> None:
        self._is_welcome = False
        if closed.refused:
            why = self._spec.why_refused()
            self._refused(why or f"the program at {self._at} takes no agents ({closed.reason})")
            return
        log.info("controller away", extra=fields(controller=self._at, reason=closed.reason))
        ends_s = self._lease.ends_s
        if self._processes.any_runs and ends_s is not None:
            left_s = max(0.0, ends_s - lease_clock())
            self._tell(
                f"the lab at {self._at} does not answer; unless it does within {left_s:.0f} s, "
                "all that runs here is ended"
            )
        elif closed.reason:
            self._tell(f"{self._spec.name} waits for the lab at {self._at} ({closed.reason})", "waits")

    def _refused(self, *reasons: str) -> None:
        for reason in reasons:
            self._note(reason)
        self._exit_code = REFUSED
        self._stop()

    @property
    def _at(self) -> str:
        return self._spec.controller.http()

    # The lease

    def _begin_session(self) -> None:
        """Be somebody who has never run anything."""
        self._session = secrets.token_hex(8)
        self._lease = Lease(self._spec.heartbeat_s)
        self._beat, self._beat_at_s = 0, 0.0
        self._is_welcome, self._wanted, self._lab = False, None, None

    def _hello(self) -> Hello:
        spec, free = self._spec, free_mb()
        return Hello(
            name=spec.name,
            session=self._session,
            host=spec.host,
            port=spec.port,
            cores=cores(),
            free_mb=free if free < float("inf") else 0.0,
            heartbeat=spec.heartbeat_s,
            boot=boot_id(),
            version=program_version(),
            workload=spec.workload,
        )

    def _look_at_lease(self) -> None:
        """End all that runs where the lease is over: others may be started in its place from now on."""
        ends_s = self._lease.ends_s
        if ends_s is None or lease_clock() < ends_s or self._stopping_until_s is not None:
            return
        running = [held for held in self._processes.held() if held.pid is not None]
        for held in running:
            assert held.pid is not None
            held.ending = True
            self._by_us(held)
            send_signal(held.pid, signal.SIGKILL)
        for process in list(self._started):
            if process.pid is not None:
                _wait_for(process.pid)
        self._reap()
        if running:
            self._note(
                f"no answer from the lab at {self._at} for {self._lease.length_s:g} s: "
                f"{_counted(len(running), 'process', 'processes')} ended; waiting for it"
            )
        self._started.clear()
        self._reasons.clear()
        self._ending_s.clear()
        self._processes.drop_all()
        self._begin_session()
        if self._channel is not None:
            self._channel.say(self._hello())

    def _say_running(self) -> None:
        """Say all that runs here, as a heartbeat; to the link too, which thereby knows that we are alive."""
        now_s = lease_clock()
        self._processes.changed = False
        self._beat_at_s = now_s + self._spec.heartbeat_s
        if self._channel is None:
            return
        self._beat += 1
        if self._is_welcome:
            self._lease.sent(self._beat, now_s)
        self._channel.say(Running(self._beat, self._processes.told()))

    # Processes

    def _carry_out(self) -> None:
        """Start and end what is to be."""
        stopping = self._stopping_until_s is not None
        holds = not stopping and self._lease.holds(lease_clock())
        for step, held in self._processes.steps(may_start=holds, may_forget=not stopping):
            if step is Step.START:
                self._start(held)
            elif held.pid is not None:
                if stopping:
                    self._reasons[held.wanted.incarnation] = "was ended with its agent"
                self._by_us(held)
                ask_to_end(held.pid)
                self._ending_s[held.wanted.incarnation] = time.monotonic() + STOP_GRACE_S

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
        assert self._welcome is not None
        lab, wanted = self._known_lab(), held.wanted
        if self._program is None:
            self._program = own_nodes(self._spec, self._welcome, self._algorithms, lab.hosts)
        program, process = self._program, _managed(held)
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
            "controller": self._at,
        }
        variables = {} if spec.token is None else {"TOPOWAVE_TOKEN": spec.token.reveal()}
        process = _managed(held)
        self._table.start(process, lambda _, __: become(filled(command, values), variables), keep=())
        self._probe_at_s = time.monotonic() + PROBE_INTERVAL_S
        return process

    def _known_lab(self) -> Lab:
        """Return the lab as it was told last. Raises Problems."""
        assert self._wanted is not None
        if self._lab is None:
            self._lab, self._program = lab_of(self._wanted, self._spec.controller.host), None
        return self._lab

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
                self._note(f"{held.title} is up")
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
            self._note(f"{held.title} has ended: {reason}")
        self._processes.happens(held, HeldEvent.ENDED, reason=reason)

    # The link

    def _start_link(self) -> None:
        ours, its = socket.socketpair()
        self._link_at_s = None
        start = LinkStart(self._spec.controller, self._spec.token, self._spec.heartbeat_s)
        parent = os.getpid()
        with its:
            try:
                self._table.start(self._link, lambda _, __: run_link(start, its, parent), keep=[its])
            except OSError as error:
                ours.close()
                self._note(f"the link could not be started: {os.strerror(error.errno or 0)}")
                self._link_at_s = time.monotonic() + LINK_PAUSE_S
                return
        self._link.deadline_s = None
        self._channel = LinkChannel(ours)
        self._channel.say(self._hello())

    def _link_ended(self, how: str) -> None:
        self._link.pid = None
        self._close_channel()
        self._is_welcome = False
        if self._stopping_until_s is None:
            self._note(f"the link to the lab has ended ({how}); started again")
            self._link_at_s = time.monotonic() + LINK_PAUSE_S / 4

    def _kill_link(self) -> None:
        if self._link.pid is not None:
            send_signal(self._link.pid, signal.SIGKILL)

    def _watch_channel(self) -> None:
        """Let the selector wait for what the channel wants now."""
        if self._channel is None:
            return
        self._channel.write()
        wants = self._channel.wants
        if self._watched == 0:
            self._selector.register(self._channel.end, wants, self._on_link)
        elif wants != self._watched:
            self._selector.modify(self._channel.end, wants, self._on_link)
        self._watched = wants

    def _close_channel(self) -> None:
        if self._channel is not None:
            if self._watched:
                self._selector.unregister(self._channel.end)
            self._channel.close()
        self._channel, self._watched = None, 0

    # Stopping

    def _stop(self) -> None:
        """End all that runs, and then say goodbye; a second call kills."""
        if self._stopping_until_s is not None:
            self._table.kill_all()
            return
        if self._exit_code == 0 and self._processes.any_runs:
            self._note("ending what runs here ...")
        self._stopping_until_s = time.monotonic() + 2 * STOP_GRACE_S
        self._processes.want([])

    def _carry_on_stopping(self, now_s: float) -> None:
        if not self._processes.any_runs and not self._has_left:
            self._has_left = True
            self._stopping_until_s = now_s + STOP_GRACE_S
            self._say_running()
            if self._channel is not None:
                self._channel.say(Leave())
        if self._stopping_until_s is not None and now_s >= self._stopping_until_s:
            self._stopping_until_s = now_s + STOP_GRACE_S
            self._table.kill_all()

    def _close(self) -> None:
        self._close_channel()
        self._selector.close()
        self._signals.close()
        self._table.pipes.close()

    def _drop(self, _: Collection[socket.socket]) -> None:
        """In a child: close what the parent has open, except what the child goes on using."""
        self._selector.close()
        self._signals.drop()
        if self._channel is not None:
            self._channel.close()

    # What is told

    def _note(self, text: str) -> None:
        log.info("agent", extra=fields(note=text))
        self._told = ""
        self._spec.note(text)

    def _tell(self, text: str, kind: str = "") -> None:
        """Say how the agent stands to the lab, once: not again while nothing else was said."""
        if self._told != (kind or text):
            self._note(text)
            self._told = kind or text


def _managed(held: HeldProcess) -> ManagedProcess:
    first, *others = held.wanted.names
    return ManagedProcess(first, [], tuple(others))


def _counted(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"


def _wait_for(pid: int) -> None:
    """Wait until a process that was killed has ended, without taking its status from whoever reaps it."""
    with suppress(ChildProcessError):
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)

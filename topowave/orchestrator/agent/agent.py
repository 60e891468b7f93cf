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
from collections.abc import Collection
from contextlib import suppress

from topowave.algorithms.registry import LIBRARY, AlgorithmRegistry
from topowave.logs import fields, set_up_logs
from topowave.orchestrator.agent.agent_processes import (
    AgentProcesses,
)
from topowave.orchestrator.agent.clock import lease_clock
from topowave.orchestrator.agent.lease import Lease
from topowave.orchestrator.agent.link import LinkStart, run_link
from topowave.orchestrator.agent.link_channel import LinkChannel
from topowave.orchestrator.agent.link_messages import (
    FromLink,
    Leave,
    LinkClosed,
    LinkOpened,
    decode_from_link,
)
from topowave.orchestrator.agent.process_runner import ProcessRunner
from topowave.orchestrator.agent.programs import algorithms_of, journal_problem, own_nodes
from topowave.orchestrator.agent.spec import AgentSpec
from topowave.orchestrator.descriptors import raise_limit
from topowave.orchestrator.hosts.processes import ProcessTable
from topowave.orchestrator.limits import (
    AGENT_LOOK_S,
    LINK_PAUSE_S,
    OUTPUT_RETRY_S,
    STOP_GRACE_S,
)
from topowave.orchestrator.line_socket import LineTooLongError
from topowave.orchestrator.managed_process import ManagedProcess, ending, send_signal
from topowave.orchestrator.packing import cores, free_mb
from topowave.orchestrator.signals import SignalPipe
from topowave.topology import Problems
from topowave.translation import counted, text
from topowave.unwaiting_output import pending_outputs, unwaiting_streams
from topowave.wire.agents import AgentSignal, Beat, Hello, Rejected, Running, Wanted, Welcome
from topowave.wire.machine import boot_id, program_version

REFUSED = 2
"""Exit code of an agent that the lab does not take."""
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
        set_up_logs("agent", spec.log_level, spec.log_format)
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
        self._selector = selectors.DefaultSelector()
        self._table = ProcessTable(self._drop, self._selector)
        self._signals = SignalPipe()
        self._link = ManagedProcess("link", [])
        self._link_at_s: float | None = None
        self._channel: LinkChannel | None = None
        self._watched = 0
        self._processes = AgentProcesses()
        self._runner = ProcessRunner(spec, self._table, self._processes)
        self._session = ""
        self._lease = Lease(spec.heartbeat_s)
        self._beat = 0
        self._beat_at_s = 0.0
        self._welcome: Welcome | None = None
        self._is_welcome = False
        self._algorithms: AlgorithmRegistry = LIBRARY
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
            self._runner.reaped(process, status)

    def _on_ready(self) -> None:
        for process, servers in self._table.ready_servers():
            self._runner.are_ready(process, servers)

    def _on_time(self) -> None:
        for out in pending_outputs():
            with suppress(OSError):  # whoever writes next hears of it
                out.flush()
        now_s = time.monotonic()
        if self._link_at_s is not None and now_s >= self._link_at_s:
            self._start_link()
        self._look_at_lease()
        stopping = self._stopping_until_s is not None
        holds = not stopping and self._lease.holds(lease_clock())
        self._runner.carry_out(may_start=holds, stopping=stopping)
        self._runner.on_time(now_s)
        if self._stopping_until_s is not None:
            self._carry_on_stopping(now_s)
        if self._processes.changed or lease_clock() >= self._beat_at_s:
            self._say_running()

    def _patience_s(self) -> float:
        """How long the loop may sleep: until the next time that matters, and no longer than AGENT_LOOK_S."""
        now_s = time.monotonic()
        times = [self._link_at_s, self._stopping_until_s, *self._runner.times_s]
        if pending_outputs():
            times.append(now_s + OUTPUT_RETRY_S)
        waits = [at_s - now_s for at_s in times if at_s is not None]
        runs = self._processes.any_runs and self._stopping_until_s is None
        lease_times = [self._beat_at_s, self._lease.ends_s if runs else None]
        waits += [at_s - lease_clock() for at_s in lease_times if at_s is not None]
        return max(0.0, min([AGENT_LOOK_S, *waits]))

    # The lab

    def _on_link(self) -> None:
        if self._channel is None:
            return
        self._channel.write()
        try:
            lines = self._channel.read()
        except LineTooLongError as error:
            log.warning("link: %s; it is started again", error)
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
        problem = journal_problem(welcome.journal) if self._spec.workload is None else None
        if problem is not None:
            self._refused(problem)
            return
        if self._spec.workload is None and (
            self._welcome is None or welcome.algorithm_files != self._welcome.algorithm_files
        ):
            try:
                self._algorithms = algorithms_of(welcome.algorithm_files)
            except Problems as refusal:
                self._refused(*refusal.problems)
                return
        self._welcome, self._is_welcome = welcome, True
        self._runner.know(welcome, self._algorithms)
        spec = self._spec
        self._tell(
            text(
                "{agent} is part of the lab at {lab}: what runs here listens on {host}, ports from {port} on",
                agent=spec.name,
                lab=self._at,
                host=spec.host,
                port=spec.port,
            )
        )
        self._say_running()

    def _take_wanted(self, wanted: Wanted) -> None:
        if wanted.session != self._session or wanted.agent != self._spec.name:
            return  # it is for who we were
        self._runner.know_network(wanted)
        self._processes.want(wanted.processes)

    def _take_signal(self, said: AgentSignal) -> None:
        if said.session == self._session:
            self._runner.signal(said)

    def _take_closed(self, closed: LinkClosed) -> None:
        self._is_welcome = False
        if closed.refused:
            why = self._spec.why_refused()
            self._refused(
                why
                or text(
                    "the program at {address} takes no agents ({why})", address=self._at, why=closed.reason
                )
            )
            return
        log.info("controller away", extra=fields(controller=self._at, reason=closed.reason))
        ends_s = self._lease.ends_s
        if self._processes.any_runs and ends_s is not None:
            left_s = max(0.0, ends_s - lease_clock())
            self._tell(
                text(
                    "the lab at {lab} does not answer; unless it does within {seconds:.0f} s, "
                    "all that runs here is ended",
                    lab=self._at,
                    seconds=left_s,
                )
            )
        elif closed.reason:
            self._tell(
                text(
                    "{agent} waits for the lab at {lab} ({why})",
                    agent=self._spec.name,
                    lab=self._at,
                    why=closed.reason,
                ),
                "waits",
            )

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
        self._is_welcome = False
        self._runner.know_network(None)

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
        killed = self._runner.kill_all(self._reap)
        if killed:
            self._note(
                counted(
                    "no answer from the lab at {lab} for {seconds:g} s: {count} process ended; "
                    "waiting for it",
                    "no answer from the lab at {lab} for {seconds:g} s: {count} processes ended; "
                    "waiting for it",
                    killed,
                    lab=self._at,
                    seconds=self._lease.length_s,
                )
            )
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
                self._note(text("the link could not be started: {why}", why=os.strerror(error.errno or 0)))
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
            self._note(text("the link to the lab has ended ({how}); started again", how=how))
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
            self._note(text("ending what runs here ..."))
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

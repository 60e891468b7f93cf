"""One process that a lab is meant to have, over all its incarnations: some nodes', or the balancer's."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Collection
from dataclasses import dataclass, field

from topowave.orchestrator.restarts import RestartBudget
from topowave.orchestrator.states import ProcessEvent, State, after
from topowave.runtime.handler_note import HandlerNote
from topowave.translation import counted
from topowave.wire.control import Ran
from topowave.wire.limits import HANDLER_MOST

TOO_LONG = f"killed, since a handler did not return within {HANDLER_MOST:g} s and nothing else could end it,"
"""How a process ended whose handler the kernel has ended with it (`nodes.waves.handlers`)."""
_KILLED = "killed by "
_OWN_FAULTS = frozenset({"SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGABRT", "SIGSYS", "SIGTRAP"})
"""Signals by which a process ends through what it does itself; others are sent, by it or by anybody."""


@dataclass(slots=True, eq=False)
class ManagedProcess:
    """A process that is kept alive: it runs some nodes, or the balancer. An incarnation is one fork of it.

    name: the name of its first node, or `balancer`.
    sockets: the listening sockets that each incarnation inherits; empty once it was given up.
    others: the other nodes that it runs; whatever happens to the process happens to all of them.
    agent: the name of the agent that runs it; None for one of this machine.
    placed: whether it is known where it is to run; what is not is not started.
    runs: whether its present incarnation was started and has not ended, as far as is known.
    pid: its present incarnation's, or None; of one on an agent it is a number of that machine's.
    incarnation: the number of the present one, unique in the lab.
    waiting: how many servers of the process that runs now have still to say that they are ready.
    settled: whether any incarnation has been ready, or it was given up: the lab's start waits for no more.
    restarts: how often it was started again.
    reason: why its last incarnation ended; empty as long as none did.
    deadline_s: when it has to be ready (monotonic, s); None when it is, or does not run.
    ended_by_us: whether its present incarnation was sent a signal that ends it.
    note: which handler of a user's class it runs; all its incarnations share the memory.
    ran: what its last incarnation ran when it ended by itself, for the wave in which that was.
    start_at_s: when it is to be started once more, since the system could not (monotonic, s); else None.
    started_at: when its last incarnation was started (seconds since 1970); None before the first.
    lost: whether its last incarnation ended with its agent; it is started again when that is back.
    """

    name: str
    sockets: list[socket.socket]
    others: tuple[str, ...] = ()
    agent: str | None = None
    placed: bool = True
    state: State = State.STARTING
    runs: bool = False
    pid: int | None = None
    incarnation: int = -1
    waiting: int = 0
    settled: bool = False
    restarts: int = 0
    reason: str = ""
    deadline_s: float | None = None
    start_at_s: float | None = None
    started_at: float | None = None
    budget: RestartBudget = field(default_factory=RestartBudget)
    ended_by_us: bool = False
    note: HandlerNote = field(default_factory=HandlerNote)
    ran: Ran | None = None
    lost: bool = False

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes that it runs, the first one first."""
        return (self.name, *self.others)

    @property
    def servers_settled(self) -> int:
        """How many of its servers the lab's start waits for no more."""
        return len(self.nodes) - (0 if self.settled else self.waiting if self.runs else len(self.nodes))

    @property
    def title(self) -> str:
        """What people read: `amber`, or `amber and 499 more nodes`."""
        if not self.others:
            return self.name
        return counted(
            "{name} and {count} more node", "{name} and {count} more nodes", len(self.others), name=self.name
        )

    @property
    def is_idle(self) -> bool:
        """Whether nothing of it runs, nor is about to: its nodes may run elsewhere."""
        return not self.runs and self.start_at_s is None and self.state is not State.FOREIGN

    def started(self, pid: int | None, incarnation: int, deadline_s: float) -> None:
        """Note that its next incarnation was started; on an agent nobody knows its process id yet."""
        self.runs, self.lost = True, False
        self.pid, self.incarnation = pid, incarnation
        self.waiting, self.deadline_s = len(self.nodes), deadline_s
        self.ended_by_us = False
        self.started_at = time.time()

    def are_ready(self, servers: int) -> bool:
        """Count servers in it that have become ready; True when they were the last ones."""
        before, self.waiting = self.waiting, max(0, self.waiting - servers)
        return before > 0 and not self.waiting

    def happens(self, event: ProcessEvent, *, reason: str = "") -> bool:
        """Take note of what it did; True when what the page shows has changed."""
        if event is ProcessEvent.READY:
            self.settled = True
            self.waiting, self.deadline_s = 0, None
        elif event is ProcessEvent.EXITED:
            self.halted()
            self.reason = reason
        elif event is ProcessEvent.GIVEN_UP:
            self.settled = True
        before, self.state = self.state, after(self.state, event, ready=not self.waiting)
        return self.state is not before or event is ProcessEvent.EXITED

    def halted(self) -> None:
        """Note that none of its incarnations runs, or that nobody sees to the one that does."""
        self.runs, self.pid = False, None
        self.deadline_s = self.start_at_s = None

    def ended(self, how: str) -> str:
        """Note that its incarnation ended, `how` in words; returns that with the handler that it ran.

        If we have not ended the process, a handler of a user's class that ran then has, or another program:
        of a signal that any program may send nobody can know who did.
        """
        run = self.note.read()
        self.note.end()
        self.ran = None
        if run is None:
            return how
        if not self.ended_by_us:
            to_blame = not how.startswith(_KILLED) or how.removeprefix(_KILLED) in _OWN_FAULTS
            how += "" if to_blame else ", by its class or from outside,"
            said = f"{run.title}: its process {_was(how)} while it ran {run.text}"
            self.ran = Ran(run.wave, run.node, run.algorithm, said, to_blame)
        return f"{how} while it ran {run.text}"

    def start_again(self, sockets: list[socket.socket]) -> None:
        """Take it up once more after it was given up, with a fresh budget of restarts."""
        self.sockets = sockets
        self.budget = RestartBudget()
        self.restarts += 1
        self.happens(ProcessEvent.STARTED_AGAIN)

    def let_go(self, gone: Collection[str]) -> None:
        """Run some nodes fewer, at least one of which is left; their sockets are closed."""
        own = dict(zip(self.nodes, self.sockets, strict=False))  # none where it was given up
        for name in own.keys() & set(gone):
            own.pop(name).close()
        self.name, *others = (name for name in self.nodes if name not in gone)
        self.others = tuple(others)
        self.sockets = list(own.values())

    def release(self) -> None:
        """Close its sockets for good."""
        for each in self.sockets:
            each.close()
        self.sockets = []


def _was(how: str) -> str:
    """Return how a process ended as the rest of a sentence about it."""
    return f"was {how}" if how.startswith("killed") else how


def send_signal(pid: int, number: signal.Signals) -> None:
    """Send a signal to a child and whatever it started; a child that has gone is no error."""
    try:
        os.killpg(pid, number)  # a child leads a group of its own, a moment after its fork
    except ProcessLookupError:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return


def ending(status: int) -> str:
    """Say in words how a process ended, from the status that waitpid gave."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number == signal.SIGPROF:
            return TOO_LONG
        try:
            return f"{_KILLED}{signal.Signals(number).name}"
        except ValueError:
            return f"{_KILLED}signal {number}"
    return f"ended with code {os.WEXITSTATUS(status)}"

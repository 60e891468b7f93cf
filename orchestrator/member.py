"""One process that a lab is meant to have, over all its lives: a node's, or the balancer's."""

from __future__ import annotations

import os
import signal
import socket
from dataclasses import dataclass, field

from orchestrator.restarts import RestartBudget
from orchestrator.states import Event, State, after


@dataclass(slots=True, eq=False)
class Member:
    """What the supervisor knows of one node or of the balancer.

    name: the node's name, or `balancer`.
    sockets: the listening sockets that each of its lives inherits; empty once it was given up.
    pid: its process now, or None.
    ready: whether the process that runs now has said that it is ready.
    settled: whether any life of it has been ready, or it was given up: the lab's start waits for no more.
    restarts: how often it was started again.
    reason: why its last process ended; empty as long as none did.
    deadline_s: when it has to be ready (monotonic, s); None when it is, or does not run.
    """

    name: str
    sockets: list[socket.socket]
    state: State = State.STARTING
    pid: int | None = None
    block: int = -1
    ready: bool = False
    settled: bool = False
    restarts: int = 0
    reason: str = ""
    deadline_s: float | None = None
    budget: RestartBudget = field(default_factory=RestartBudget)

    def born(self, pid: int, block: int, deadline_s: float) -> None:
        """A process was started for it."""
        self.pid, self.block, self.ready, self.deadline_s = pid, block, False, deadline_s

    def happens(self, event: Event, *, reason: str = "") -> bool:
        """Take note of what its process did; True when what the page shows has changed."""
        if event is Event.READY:
            self.ready = self.settled = True
            self.deadline_s = None
        elif event is Event.EXITED:
            self.pid, self.deadline_s, self.reason = None, None, reason
        elif event is Event.GIVEN_UP:
            self.settled = True
        before, self.state = self.state, after(self.state, event, ready=self.ready)
        return self.state is not before or event is Event.EXITED

    def release(self) -> None:
        """Close its sockets for good."""
        for each in self.sockets:
            each.close()
        self.sockets = []


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
        try:
            return f"killed by {signal.Signals(number).name}"
        except ValueError:
            return f"killed by signal {number}"
    return f"ended with code {os.WEXITSTATUS(status)}"

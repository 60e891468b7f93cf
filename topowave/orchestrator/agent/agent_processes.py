"""What an agent is to run and what it runs, and what is to be done about the difference: pure.

Theory of operation. A process is known by its incarnation, and goes one way only:

    waiting -> starting -> up -> ended            a process that serves, until it is ended or ends
               starting, up -> stopped -> ...     SIGSTOP, SIGCONT
    waiting -> ended                              it could not be started

Which step it needs follows from whether it is wanted and what it does (`STEPS`). What must hold:
- An incarnation is started once. One that has ended is told as such as long as it is wanted, and remembered
  after that, so that an old word of the lab does not start it again.
- A process waits for its ports as long as another process here has them, also one that is being ended.
- Nothing is started without a lease, and with its end all that runs is gone (`drop_all`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from topowave.orchestrator.limits import ENDED_KEPT
from topowave.translation import counted, text
from topowave.wire.agents import ProcessState, RunningProcess, WantedProcess


class HeldState(StrEnum):
    """What a process of an agent does."""

    WAITING = "waiting"
    STARTING = "starting"
    UP = "up"
    STOPPED = "stopped"
    ENDED = "ended"


class HeldEvent(StrEnum):
    """What happens to it."""

    STARTED = "started"
    READY = "ready"
    STOPPED = "stopped"
    CONTINUED = "continued"
    ENDED = "ended"


_WAITING, _STARTING, _UP, _STOPPED, _ENDED = HeldState
TRANSITIONS: dict[tuple[HeldState, HeldEvent], HeldState] = {
    (_WAITING, HeldEvent.STARTED): _STARTING,
    (_WAITING, HeldEvent.ENDED): _ENDED,
    (_STARTING, HeldEvent.READY): _UP,
    (_STARTING, HeldEvent.STOPPED): _STOPPED,
    (_STARTING, HeldEvent.ENDED): _ENDED,
    (_UP, HeldEvent.STOPPED): _STOPPED,
    (_UP, HeldEvent.ENDED): _ENDED,
    (_STOPPED, HeldEvent.CONTINUED): _UP,
    (_STOPPED, HeldEvent.ENDED): _ENDED,
}
"""What is not here changes nothing. One that was stopped before it was up goes on as `starting`."""


class Step(StrEnum):
    """What is to be done about a process."""

    START = "start"
    END = "end"
    KEEP = "keep"
    FORGET = "forget"


STEPS: dict[tuple[bool, HeldState], Step] = {
    (True, _WAITING): Step.START,
    (True, _STARTING): Step.KEEP,
    (True, _UP): Step.KEEP,
    (True, _STOPPED): Step.KEEP,
    (True, _ENDED): Step.KEEP,
    (False, _WAITING): Step.FORGET,
    (False, _STARTING): Step.END,
    (False, _UP): Step.END,
    (False, _STOPPED): Step.END,
    (False, _ENDED): Step.FORGET,
}
"""By whether it is wanted, and what it does."""
_TOLD: dict[HeldState, ProcessState] = {
    _WAITING: "starting",
    _STARTING: "starting",
    _UP: "up",
    _STOPPED: "stopped",
    _ENDED: "ended",
}


@dataclass(slots=True)
class HeldProcess:
    """A process that is wanted, or that runs.

    wanted: what it is to be.
    pid: its process; None where none runs.
    ready: how many of its servers serve.
    reason: why it ended; empty as long as it has not.
    ending: whether it has been asked to end.
    """

    wanted: WantedProcess
    state: HeldState = _WAITING
    pid: int | None = None
    ready: int = 0
    reason: str = ""
    ending: bool = False

    @property
    def runs(self) -> bool:
        """Whether there is a process."""
        return self.state in {_STARTING, _UP, _STOPPED}

    @property
    def title(self) -> str:
        """What people read: `amber on port 9000`, or `amber and 4 more nodes on ports 9000 to 9004`."""
        first, *others = self.wanted.names
        ports = self.wanted.ports
        if not others:
            return text("{node} on port {port}", node=first, port=ports[0])
        return counted(
            "{node} and {count} more node on ports {least} to {most}",
            "{node} and {count} more nodes on ports {least} to {most}",
            len(others),
            node=first,
            least=min(ports),
            most=max(ports),
        )

    def told(self) -> RunningProcess:
        """Return what is said of it."""
        return RunningProcess(self.wanted.incarnation, _TOLD[self.state], self.ready, self.pid, self.reason)


class AgentProcesses:
    """All processes of an agent.

    Attributes:
        changed: whether what is said of them has changed since somebody set it to False.
    """

    def __init__(self) -> None:
        self._held: dict[int, HeldProcess] = {}
        self._wanted: frozenset[int] = frozenset()
        self._ended: dict[int, None] = {}
        self.changed = False

    @property
    def any_runs(self) -> bool:
        """Whether any process has still to end."""
        return any(held.runs for held in self._held.values())

    def held(self) -> list[HeldProcess]:
        """Return all that are wanted or run."""
        return list(self._held.values())

    def find(self, incarnation: int) -> HeldProcess | None:
        """Return a process; None for one that is neither wanted nor runs."""
        return self._held.get(incarnation)

    def want(self, processes: Iterable[WantedProcess]) -> None:
        """Take note of all that is wanted from now on."""
        wanted = {each.incarnation: each for each in processes}
        self._wanted = frozenset(wanted)
        for incarnation, each in wanted.items():
            if incarnation in self._held:
                self._follow(self._held[incarnation], each)
                continue
            self._held[incarnation] = held = HeldProcess(each)
            if incarnation in self._ended:
                held.state, held.reason = _ENDED, "has ended already"
            self.changed = True

    def steps(self, *, may_start: bool, may_forget: bool = True) -> list[tuple[Step, HeldProcess]]:
        """Return what is to be started and to be ended now; what is to be forgotten is forgotten.

        Args:
            may_start: whether the agent has a lease.
            may_forget: whether what has ended and is not wanted is forgotten; else it is told still.
        """
        taken = {port for held in self._held.values() if held.runs for port in held.wanted.ports}
        steps: list[tuple[Step, HeldProcess]] = []
        for held in self.held():
            step = STEPS[held.wanted.incarnation in self._wanted, held.state]
            if step is Step.FORGET:
                if may_forget or held.state is _WAITING:
                    self._forget(held)
            elif step is Step.END and not held.ending:
                held.ending = True
                steps.append((step, held))
            elif step is Step.START and may_start and taken.isdisjoint(held.wanted.ports):
                taken.update(held.wanted.ports)
                steps.append((step, held))
        return steps

    def happens(self, held: HeldProcess, event: HeldEvent, *, reason: str = "") -> None:
        """Take note of what a process did."""
        before = held.state
        held.state = TRANSITIONS.get((before, event), before)
        if held.state is _UP and held.ready < len(held.wanted.names):
            held.state = _STARTING
        if held.state is _ENDED and before is not _ENDED:
            held.pid, held.ready, held.reason = None, 0, reason
            self._remember(held)
        self.changed = self.changed or held.state is not before

    def started(self, held: HeldProcess, pid: int) -> None:
        """Note that a process was started."""
        held.pid = pid
        self.happens(held, HeldEvent.STARTED)

    def are_ready(self, held: HeldProcess, servers: int) -> None:
        """Count servers in a process that have become ready."""
        before, held.ready = held.ready, min(len(held.wanted.names), held.ready + servers)
        self.changed = self.changed or held.ready != before
        if held.ready == len(held.wanted.names):
            self.happens(held, HeldEvent.READY)

    def _follow(self, held: HeldProcess, wanted: WantedProcess) -> None:
        """Take note that a process has fewer nodes now: the others have left the network."""
        if held.wanted != wanted:
            held.wanted = wanted
            self.are_ready(held, 0)

    def drop_all(self) -> None:
        """Forget all: the lease is over, and whatever ran has been killed."""
        for held in self.held():
            self._forget(held)
        self._wanted = frozenset()
        self.changed = True

    def told(self) -> list[RunningProcess]:
        """Return what is said of all that is wanted or runs."""
        return [held.told() for held in self._held.values()]

    def _forget(self, held: HeldProcess) -> None:
        self._remember(held)
        del self._held[held.wanted.incarnation]
        self.changed = True

    def _remember(self, held: HeldProcess) -> None:
        self._ended[held.wanted.incarnation] = None
        while len(self._ended) > ENDED_KEPT:
            del self._ended[next(iter(self._ended))]

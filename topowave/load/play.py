"""A workload played into a lab that runs: tasks are ordered when they come, on a clock that may be faster.

Theory of operation. Task i is due at times[i] / speedup seconds after the beginning. All that is due is sent
in one request, at most TASKS_AT_ONCE tasks of it; while an answer is awaited more becomes due, so a lab that
is slow gets fewer and larger requests. How late each task was sent against its time is part of the report: a
lab, or a machine, that cannot keep up has not seen the workload that was meant.

A batch that the lab puts off (429, 503), or that has no answer, is sent again under the same key, so that it
is carried out once, until PATIENCE is over. Tasks for which there is no room (409, 507) are counted as
refused, and the play goes on: that is the load that the lab could not take. Anything else ends it.
"""

from __future__ import annotations

import math
import time
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from topowave.client import LabError
from topowave.load.limits import ANSWER_WAIT, PATIENCE, RETRY_MOST, RETRY_USUAL, TASKS_AT_ONCE
from topowave.load.workloads.describe import quantile
from topowave.load.workloads.workload import Workload
from topowave.tasks.limits import DEADLINE_MOST, DURATION_MOST
from topowave.topology.problems import Problems

SHORTEST_WAIT = 1e-4
"""Seconds to the next task at the least: what is nearer is due by then, however the division is rounded."""
PUT_OFF = frozenset({429, 503})
"""Answers that say: later."""
NO_ROOM = frozenset({409, 507})
"""Answers that say: not these tasks, now."""


class Lab(Protocol):
    """Whom a play asks: a LabClient, or what a test has in its place."""

    def ask(
        self, method: str, path: str, body: object = None, wait_s: float = 0, *, key: str | None = None
    ) -> dict[str, Any]:
        """Return the answer. Raises LabError."""
        ...


class Clock(Protocol):
    """The time of a play."""

    def now(self) -> float:
        """Return seconds on a clock that never goes back."""
        ...

    def wait(self, seconds: float) -> bool:
        """Wait so long; return at once, and True, when the play is to end."""
        ...


@dataclass
class PlayReport:
    """What became of a play.

    Attributes:
        request: the request that all its tasks belong to, by which the lab knows them.
        speedup: so many times as fast as the workload's own clock.
        tasks: of the workload.
        sent: those that the lab took.
        refused: for which it had no room.
        reasons: how many were refused with which sentence.
        retries: how often a batch was sent again.
        requests: how many batches there were.
        seconds: how long sending took (s).
        late: how late each task was sent that was (s), in the order of sending.
        ended_early: whether somebody ended it.
        failure: why it ended before all were sent, if the lab was the reason.
    """

    request: str
    speedup: float
    tasks: int
    sent: int = 0
    refused: int = 0
    reasons: dict[str, int] = field(default_factory=dict[str, int])
    retries: int = 0
    requests: int = 0
    seconds: float = 0.0
    late: list[float] = field(default_factory=list[float])
    ended_early: bool = False
    failure: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether every task was sent and taken."""
        return self.sent == self.tasks

    def lateness(self) -> dict[str, float | None]:
        """Return how late tasks were sent (s): in the middle, nearly all, at the most."""
        ordered = sorted(self.late)
        if not ordered:
            return {"median": None, "p99": None, "most": None}
        return {"median": quantile(ordered, 0.5), "p99": quantile(ordered, 0.99), "most": ordered[-1]}

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "request": self.request,
            "speedup": self.speedup,
            "tasks": self.tasks,
            "sent": self.sent,
            "refused": self.refused,
            "reasons": self.reasons,
            "retries": self.retries,
            "requests": self.requests,
            "seconds": self.seconds,
            "late": self.lateness(),
            "ended_early": self.ended_early,
            "failure": self.failure,
        }


Progress = Callable[[int, int], None]
"""Is told how many tasks were sent, and how many there are."""


def no_progress(done: int, total: int) -> None:
    """Tell nobody."""


def check_playable(workload: Workload, speedup: float) -> None:
    """Refuse a workload of which a lab takes some task under no circumstances.

    Raises:
        Problems: a task would last longer than a lab allows.
    """
    longest = max(workload.durations, default=0.0) / speedup
    if longest > DURATION_MOST:
        raise Problems([f"a task of {longest:g} s is longer than a lab takes ({DURATION_MOST:g} s)"])


def play(
    workload: Workload,
    lab: Lab,
    clock: Clock,
    *,
    request: str,
    speedup: float = 1.0,
    patience: float = PATIENCE,
    progress: Progress = no_progress,
) -> PlayReport:
    """Order the tasks of a workload when they come; return what became of it.

    Args:
        workload: what is played.
        lab: into which lab.
        clock: the time, and who may end it early.
        request: the name under which the lab knows its tasks.
        speedup: so many times as fast: times, durations and deadlines are divided by it.
        patience: how long a lab may put off a batch (s).
        progress: is told how far it is.
    """
    report = PlayReport(request, speedup, len(workload))
    begin = clock.now()
    place, times = 0, workload.times
    while place < len(workload):
        elapsed = clock.now() - begin
        end = min(bisect_right(times, elapsed * speedup, place), place + TASKS_AT_ONCE)
        if end == place:
            if clock.wait(max(times[place] / speedup - elapsed, SHORTEST_WAIT)):
                report.ended_early = True
                break
            continue
        report.late += [elapsed - each / speedup for each in times[place:end]]
        orders = [order_of(workload, number, speedup, request) for number in range(place, end)]
        if not _send(orders, f"{request}-{place}", lab, clock, report, patience):
            break
        place = end
        progress(place, len(workload))
    report.seconds = clock.now() - begin
    return report


def order_of(workload: Workload, number: int, speedup: float, request: str) -> dict[str, Any]:
    """Return the order of a task, as `POST /tasks` takes it."""
    order: dict[str, Any] = {"duration": workload.durations[number] / speedup, "request": request}
    if workload.weights is not None:
        order["weight"] = workload.weights[number]
    if workload.priorities is not None:
        order["priority"] = workload.priorities[number]
    if workload.categories is not None and workload.categories[number]:
        order["category"] = workload.categories[number]
    if workload.nodes is not None and workload.nodes[number]:
        order["node"] = workload.nodes[number]
    if workload.deadlines is not None:
        deadline = workload.deadlines[number] / speedup
        if deadline <= DEADLINE_MOST:
            order["deadline"] = deadline
    return order


def _send(
    orders: list[dict[str, Any]], key: str, lab: Lab, clock: Clock, report: PlayReport, patience: float
) -> bool:
    """Send a batch, again where it is put off. Returns whether the play goes on."""
    report.requests += 1
    until = clock.now() + patience
    while True:
        try:
            lab.ask("POST", "/tasks", orders, ANSWER_WAIT, key=key)
        except LabError as error:
            if error.status in NO_ROOM:
                _count_refused(report, len(orders), error)
                return True
            if error.status is not None and error.status not in PUT_OFF:
                report.sent += _added(error.problem)
                report.failure = str(error)
                return False
            pause = min(RETRY_USUAL if error.retry_after_s is None else error.retry_after_s, RETRY_MOST)
            if clock.now() + pause > until:
                report.failure = str(error)
                return False
            report.retries += 1
            if clock.wait(pause):
                report.ended_early = True
                return False
        else:
            report.sent += len(orders)
            return True


def _count_refused(report: PlayReport, count: int, error: LabError) -> None:
    added = _added(error.problem)
    report.sent += added
    report.refused += count - added
    reason = str(error.problem.get("title") or error)
    report.reasons[reason] = report.reasons.get(reason, 0) + count - added


def _added(problem: Mapping[str, Any]) -> int:
    """Return how many tasks of a batch were added that was not taken whole."""
    added: object = problem.get("added")
    return len(added) if isinstance(added, list) else 0  # pyright: ignore[reportUnknownArgumentType]


def real_clock(over: Callable[[float], bool]) -> Clock:
    """Return the real time; `over` waits so many seconds, or until the play is to end (an Event's wait)."""

    class RealClock:
        def now(self) -> float:
            return time.monotonic()

        def wait(self, seconds: float) -> bool:
            return over(max(0.0, min(seconds, math.inf)))

    return RealClock()

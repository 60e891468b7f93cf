"""What became of the tasks of a play, from the lab's own times, in the measures that a simulated run has."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from topowave.load.limits import POLL_LEAST, POLL_SHARE
from topowave.load.play import Clock, Lab
from topowave.load.workloads.describe import quantile
from topowave.tasks.limits import PAGE_TASKS
from topowave.tasks.states import UNFINISHED


@dataclass(frozen=True, slots=True)
class PlayResults:
    """Measures of the tasks of a play, in seconds of the lab.

    Attributes:
        ended: how many are completed, failed and cancelled.
        makespan: from the first arrival to the last end; None where none is over.
        mean_response, p50_response, p99_response: from the arrival to the end, of completed tasks.
        mean_wait: from the arrival to the last start, of completed tasks.
        throughput: completed tasks a second of the makespan.
        deadline_misses: tasks that were not completed by their deadline.
        completed_per_node: how many each node completed.
    """

    ended: dict[str, int]
    makespan: float | None
    mean_response: float | None
    p50_response: float | None
    p99_response: float | None
    mean_wait: float | None
    throughput: float | None
    deadline_misses: int
    completed_per_node: dict[str, int]

    @property
    def tasks(self) -> int:
        """Of how many tasks the lab knows: it forgets the oldest that are over (its setting `tasks_kept`)."""
        return sum(self.ended.values())

    def to_json(self, speedup: float) -> dict[str, Any]:
        """Return it as plain data, times as the workload's own clock has them."""
        times = ("makespan", "mean_response", "p50_response", "p99_response", "mean_wait")
        found = {name: None if (value := getattr(self, name)) is None else value * speedup for name in times}
        throughput = None if self.throughput is None else self.throughput / speedup
        return {
            "ended": self.ended,
            **found,
            "throughput": throughput,
            "deadline_misses": self.deadline_misses,
            "completed_per_node": self.completed_per_node,
        }


def wait_for_ends(lab: Lab, clock: Clock, request: str, look: Callable[[], None] = lambda: None) -> bool:
    """Wait until all tasks of a request are over; returns whether they are, or somebody has ended the wait.

    A look begins at the page where the last one found a task that is not over: tasks before it are.

    Args:
        lab: which lab.
        clock: the time, and who may end the wait.
        request: the name under which the lab knows the tasks.
        look: is called before every look.

    Raises:
        LabError: no lab answers, or it refuses.
    """
    wanted = {"request": request, "status": sorted(UNFINISHED), "limit": 1}
    cursor: str | None = None
    while True:
        look()
        began = clock.now()
        page = _page(lab, wanted, cursor)
        while not page["tasks"] and page["next"] is not None:
            cursor = page["next"]
            page = _page(lab, wanted, cursor)
        if not page["tasks"]:
            return True
        if clock.wait(max(POLL_LEAST, (clock.now() - began) / POLL_SHARE)):
            return False


def tasks_of(lab: Lab, request: str) -> Iterator[dict[str, Any]]:
    """Yield the tasks of a request, page by page. Raises LabError."""
    cursor: str | None = None
    while True:
        page = _page(lab, {"request": request, "limit": PAGE_TASKS}, cursor)
        yield from page["tasks"]
        cursor = page["next"]
        if cursor is None:
            return


def results_of(tasks: Iterable[dict[str, Any]]) -> PlayResults:
    """Return the measures of tasks as `GET /tasks` has them, of which only some numbers are kept."""
    statuses: Counter[str] = Counter()
    nodes: Counter[str] = Counter()
    responses: list[float] = []
    waits: list[float] = []
    first, last, misses = math.inf, -math.inf, 0
    for task in tasks:
        statuses[task["status"]] += 1
        misses += _missed(task)
        submitted, started, finished = task["submitted_at"], task["started_at"], task["finished_at"]
        first = min(first, submitted)
        last = last if finished is None else max(last, finished)
        if task["status"] == "completed":
            nodes[task["node"]] += 1
            responses.append(finished - submitted)
            if started is not None:
                waits.append(started - submitted)
    responses.sort()
    makespan = last - first if math.isfinite(last) else None
    return PlayResults(
        dict(sorted(statuses.items())),
        makespan,
        _mean(responses),
        quantile(responses, 0.5) if responses else None,
        quantile(responses, 0.99) if responses else None,
        _mean(waits),
        len(responses) / makespan if makespan else None,
        misses,
        dict(sorted(nodes.items())),
    )


def _page(lab: Lab, wanted: dict[str, Any], cursor: str | None) -> dict[str, Any]:
    query = wanted if cursor is None else wanted | {"cursor": cursor}
    return lab.ask("GET", f"/tasks?{urlencode(query, doseq=True)}")


def _missed(task: dict[str, Any]) -> bool:
    deadline = task["deadline"]
    if deadline is None:
        return False
    return bool(task["status"] != "completed" or task["finished_at"] > deadline)


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None

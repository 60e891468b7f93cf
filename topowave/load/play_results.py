"""What became of the tasks of a play, from the lab's own times, in the measures that a simulated run has."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlencode

from topowave.load.limits import POLL_LEAST, POLL_SHARE
from topowave.load.measures import jain_index, mean, percentile
from topowave.load.play import Clock, Lab
from topowave.tasks.limits import PAGE_TASKS
from topowave.tasks.states import UNFINISHED

TIMES = ("makespan", "mean_response", "p50_response", "p99_response", "max_response", "mean_wait")
"""Measures that are seconds, which a faster clock makes fewer of."""


@dataclass(frozen=True, slots=True)
class PlayResults:
    """Measures of the tasks of a play, defined as those of a run in virtual time (`topowave.load.measures`).

    Attributes:
        tasks: of how many the lab knows: it forgets the oldest that are over (its setting `tasks_kept`).
        ended: how many of them are completed, failed, cancelled.
        completed: how many were carried out.
        deadline_misses: how many were given up at their deadline.
        makespan: from the first arrival to the end of the last task that was completed (s).
        mean_response, p50_response, p99_response, max_response: from arrival to end, of completed tasks (s).
        mean_wait: the response less the task's own duration, on average (s).
        throughput: completed tasks by the makespan (tasks/s).
        jain: Jain's index of fairness of what the nodes did for their size; None without their cores.
        completed_per_node: how many each node completed.
    """

    tasks: int
    ended: dict[str, int]
    completed: int
    deadline_misses: int
    makespan: float | None
    mean_response: float | None
    p50_response: float | None
    p99_response: float | None
    max_response: float | None
    mean_wait: float | None
    throughput: float | None
    jain: float | None
    completed_per_node: dict[str, int]

    def to_json(self, speedup: float) -> dict[str, Any]:
        """Return it as plain data, times as the workload's own clock has them."""
        found = {each.name: getattr(self, each.name) for each in fields(self)}
        for name in TIMES:
            found[name] = None if found[name] is None else found[name] * speedup
        return found | {"throughput": None if self.throughput is None else self.throughput / speedup}


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


def results_of(tasks: Iterable[dict[str, Any]], cores: Mapping[str, int] | None = None) -> PlayResults:
    """Return the measures of tasks as `GET /tasks` has them, of which only some numbers are kept.

    Args:
        tasks: of one play.
        cores: of each node of the lab.
    """
    statuses: Counter[str] = Counter()
    nodes: Counter[str] = Counter()
    work: dict[str, float] = defaultdict(float)
    responses: list[float] = []
    waits: list[float] = []
    first, last, misses = math.inf, -math.inf, 0
    for task in tasks:
        statuses[task["status"]] += 1
        misses += task["reason"] == "deadline"
        first = min(first, task["submitted_at"])
        if task["status"] == "completed":
            response = task["finished_at"] - task["submitted_at"]
            last = max(last, task["finished_at"])
            nodes[task["node"]] += 1
            work[task["node"]] += task["duration"] * task["weight"]
            responses.append(response)
            waits.append(response - task["duration"])
    responses.sort()
    makespan = last - first if responses else None
    return PlayResults(
        statuses.total(),
        dict(sorted(statuses.items())),
        len(responses),
        misses,
        makespan,
        mean(responses),
        percentile(responses, 50),
        percentile(responses, 99),
        percentile(responses, 100),
        mean(waits),
        len(responses) / makespan if makespan else None,
        jain_index([work[name] / cpu for name, cpu in cores.items()]) if cores else None,
        dict(sorted(nodes.items())),
    )


def _page(lab: Lab, wanted: dict[str, Any], cursor: str | None) -> dict[str, Any]:
    query = wanted if cursor is None else wanted | {"cursor": cursor}
    return lab.ask("GET", f"/tasks?{urlencode(query, doseq=True)}")

"""Earliest deadline first."""

from __future__ import annotations

import math

from topowave.tasks.disciplines.base import Discipline, Waiting


class EarliestDeadlineFirst(Discipline):
    """The task whose deadline is next starts first; those without one start when none with one waits."""

    name = "edf"
    title = "Earliest deadline first"
    summary = "The task whose deadline is next starts first; tasks without a deadline come last."
    source = "Jackson 1955; Liu and Layland 1973"
    knows = "The `deadline` of a task, and when it came to this node."
    bound = (
        "On one core, of tasks that are all there at once, the largest lateness is the smallest that there "
        "can be (Jackson 1955). Without preemption it may miss a deadline that another order keeps, where "
        "tasks come later or several cores share a queue."
    )
    wins = (
        "It keeps the deadlines as long as there is time for all of them. In overload it may miss nearly "
        "all, since it works on what is late already. Where no task has a deadline, it is `fcfs`."
    )

    def key(self, task: Waiting) -> float:
        """Return its deadline, infinity where it has none."""
        return math.inf if task.deadline is None else task.deadline

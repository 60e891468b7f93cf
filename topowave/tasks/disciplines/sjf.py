"""Shortest job first."""

from __future__ import annotations

import math

from topowave.tasks.disciplines.base import Discipline, Waiting


class ShortestFirst(Discipline):
    """The task that will run shortest starts first.

    An emulated task without a duration of its own lasts `task_time`. A script without one may take any time,
    so it comes last.
    """

    name = "sjf"
    title = "Shortest first"
    summary = "The task with the shortest duration starts first; scripts without an estimate come last."
    source = "Smith 1956"
    reads = ("task_time",)
    knows = "The `duration` of a task, of a script what was estimated, and when it came to this node."
    bound = (
        "On one core, of tasks that are all there at once, the mean response is the smallest that there can "
        "be (Smith 1956); of those that come at random (Poisson) it is the smallest of all orders without "
        "preemption (Conway, Maxwell and Miller 1967)."
    )
    wins = (
        "It has the best mean response, by far where durations differ much. Long tasks may wait for ever, if "
        "short ones keep all cores busy. Wrong estimates cost it its advantage. Where all durations are "
        "equal, it is `fcfs`."
    )

    def key(self, task: Waiting) -> float:
        """Return how long it runs, infinity where nobody knows (s)."""
        if task.duration is not None:
            return task.duration
        return self.task_time if task.kind == "emulated" else math.inf

"""First come, first served."""

from __future__ import annotations

from topowave.tasks.disciplines.base import Discipline, Waiting


class FirstComeFirstServed(Discipline):
    """Tasks start in the order in which they came to the node, however urgent, late or long they are."""

    name = "fcfs"
    title = "First come, first served"
    summary = "Tasks start in the order in which they came to the node."
    source = "Erlang 1909"
    knows = "Nothing of a task but when it came to this node."
    bound = (
        "Of all disciplines that do not look at durations it has the smallest variance of waiting times "
        "(Kingman 1962); the mean is the same for all of them."
    )
    wins = (
        "It is fair, and nothing waits for ever. Where a few tasks are very long, short ones wait behind "
        "them, and the mean response is worse than that of `sjf`."
    )

    def key(self, task: Waiting) -> float:  # noqa: ARG002 - all are equal
        """Return the same for every task."""
        return 0.0

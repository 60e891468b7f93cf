"""The most urgent first."""

from __future__ import annotations

from topowave.tasks.disciplines.base import Discipline, Waiting
from topowave.tasks.script import PRIORITIES, Priority

_RANK: dict[Priority, float] = {priority: float(rank) for rank, priority in enumerate(PRIORITIES)}


class MostUrgentFirst(Discipline):
    """Critical tasks start before high ones, these before medium ones, these before low ones."""

    name = "priority"
    title = "Most urgent first"
    summary = (
        "Critical tasks start before high, medium and low ones, as urgent ones in the order in which "
        "they came."
    )
    source = "Cobham 1954"
    knows = "The `priority` of a task, and when it came to this node."
    bound = (
        "A task waits for what is as urgent and came before it, for all that is more urgent, and for at most "
        "what runs when it comes, which is never interrupted (Cobham 1954)."
    )
    wins = (
        "It keeps urgent tasks quick under any load of less urgent ones. Low ones may wait for ever, if more "
        "urgent ones keep all cores busy. Where all tasks are as urgent, it is `fcfs`."
    )

    def key(self, task: Waiting) -> float:
        """Return its rank, 0 for critical."""
        return _RANK[task.priority]


USUAL = MostUrgentFirst(0.0)
"""The discipline where nobody chooses one; it reads no durations."""

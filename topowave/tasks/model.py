"""A task: a piece of work that holds a core, or several, while it runs; and how many of them are where."""

from __future__ import annotations

from dataclasses import dataclass, field

from topowave.tasks.script import Kind, Priority


@dataclass(frozen=True, slots=True)
class LabTask:
    """One task of a lab; `topowave.Task`, the public one, is what an engine runs.

    Attributes:
        id: unique in the lab and over all incarnations of its nodes: `<node>.<incarnation>.<number>`.
        interrupted: whether it ran once and was interrupted to move; then it moves only while it waits. It is
            no part of which task it is.
        kind: what it does; what a script task is to run stays in the journal until it begins.
        priority: how urgent it is.
        weight: cores that it holds while it runs.
        deadline: when it is given up if it is not over by then (s since 1970); None: never.
        roles: it may run on a node that has one of them; none: on any node.
        duration: how long it lasts, of a script an estimate (s); None: an emulated one as long as the lab's
            tasks do, of a script nobody knows.
        suspect: whether its node ended so often while it ran that it is failed when that happens once more:
            it may be to blame, or have run beside what is, so no two of these run at once.
    """

    id: str
    interrupted: bool = field(default=False, compare=False)
    kind: Kind = field(default="emulated", compare=False)
    priority: Priority = field(default="medium", compare=False)
    weight: int = field(default=1, compare=False)
    deadline: float | None = field(default=None, compare=False)
    roles: tuple[str, ...] = field(default=(), compare=False)
    duration: float | None = field(default=None, compare=False)
    suspect: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Recovered:
    """What a node finds of its tasks when it starts.

    Attributes:
        assigned: as urgent ones in their order; what ran when its last incarnation ended comes first.
        position: larger than any position in its queue.
        run: number of this run of the lab, from 1; 0 in memory.
        submitted, completed, failed, cancelled: how many it ever had, and how they ended.
        put_back: how many had failed there and were put back; they are not among the failed ones.
    """

    assigned: tuple[LabTask, ...]
    position: int
    run: int
    submitted: int
    completed: int
    failed: int
    cancelled: int
    put_back: int = 0


@dataclass(frozen=True)
class TaskCounts:
    """How many tasks of a lab are in each state, and how many were ever submitted, at one moment."""

    submitted: int
    pending: int
    assigned: int
    moving: int
    running: int
    completed: int
    failed: int
    cancelled: int

    @property
    def conserved(self) -> bool:
        """Whether no task was lost and none is there twice."""
        over = self.completed + self.failed + self.cancelled
        return self.submitted == self.unfinished + over

    @property
    def unfinished(self) -> int:
        """Tasks that have still to be done."""
        return self.pending + self.assigned + self.moving + self.running

    def as_json(self) -> dict[str, object]:
        """Return the counts, and as `lawful` whether tasks are conserved."""
        return {**vars(self), "lawful": self.conserved}

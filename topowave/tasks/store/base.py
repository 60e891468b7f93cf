"""What a store of tasks is, whatever keeps it: who writes it, and who reads it while others write.

A store holds one row a task, so that in any snapshot of it a task is in exactly one state, and counts apart
from the rows what was ever submitted, so that a task that is lost or doubled shows. Several processes write
it; a batch is one transaction, and transactions of different processes come one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, Protocol

from topowave.tasks.attributes import PendingTask
from topowave.tasks.commands import Command
from topowave.tasks.disciplines.base import Discipline
from topowave.tasks.disciplines.priority import USUAL
from topowave.tasks.groups import ALL, GroupedTasks, GroupFilter
from topowave.tasks.listing import Cursor, Sort, TaskFilter
from topowave.tasks.model import TaskCounts
from topowave.tasks.store.journal_file import JournalFile
from topowave.tasks.store.postgres_connection import PostgresDatabase

JournalPlace = JournalFile | PostgresDatabase
"""Where the journal of a lab is, as its processes are told."""


class Store(Protocol):
    """A store as one process writes it. Its methods are for one thread, and never wait long.

    Attributes:
        durable: whether what it holds outlives `close`.
    """

    durable: bool

    def execute(self, batch: Sequence[Command[Any]]) -> list[Any]:
        """Carry out commands in one transaction, in their order, and return the result of each.

        Raises:
            JournalBusyError: another process is writing; nothing was done.
            JournalLostError: it is not what the lab began with; nothing was done.
            JournalError: it cannot be written; nothing was done.
        """
        ...

    def wait_for_others(self, milliseconds: int) -> None:
        """Let each further transaction wait so long for another process, instead of not at all."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class JournalRun(Protocol):
    """The journal of one `topowave up`, from its beginning to `end`."""

    @property
    def place(self) -> JournalPlace:
        """Which journal it is, for those who write and read it."""
        ...

    @property
    def notes(self) -> Sequence[str]:
        """What people should know of how it began, a line each."""
        ...

    def end(self) -> None:
        """Note that the run ended as it should, and let the journal go to another lab."""
        ...

    def close(self) -> None:
        """Let the journal go to another lab."""
        ...


class JournalReader(Protocol):
    """A store as the balancer reads it. Every method may be called in any thread, and may wait.

    Every method but `close` raises JournalError where the store cannot be read.
    """

    def counts(self) -> TaskCounts:
        """Return how many tasks are in each state, at one moment."""
        ...

    def task(self, id: str) -> dict[str, Any] | None:
        """Return one task with its history, oldest first; None where it is unknown or long finished."""
        ...

    def unfinished(self, ids: Collection[str]) -> frozenset[str]:
        """Return which of these tasks are not over; none that is unknown, or ended long ago."""
        ...

    def page(
        self, wanted: TaskFilter, sort: Sort, after: Cursor | None, limit: int, skip: int = 0
    ) -> dict[str, Any]:
        """Return a page of tasks: `tasks`, and as `next` where the next page begins; None at the end.

        `moment` is the number of the journal's state that was read, as this reader counts them from 1.

        Args:
            wanted: which tasks.
            sort: their order.
            after: where the page begins; `Cursor.read` of the `next` of the page before.
            limit: most tasks, at most PAGE_TASKS.
            skip: so many tasks are passed over before the page.

        Raises:
            TooFarError: they could not be passed over in the rows that may be looked at.
        """
        ...

    def count(self, wanted: TaskFilter, sort: Sort) -> tuple[int, bool]:
        """Return how many tasks a listing has, and whether that is exact; else there are at least so many."""
        ...

    def grouped(self, wanted: GroupFilter = ALL) -> GroupedTasks:
        """Return how many tasks that are wanted there are of each kind, at one moment."""
        ...

    def forget_nodes(self, names: Callable[[], Collection[str]]) -> int:
        """Let the unfinished tasks of all nodes but those be pending; returns how many.

        `names` is called once nobody else can write any more, in whatever thread this is: to come so far may
        take a while, in which another network may have begun.
        """
        ...

    def put_back(self) -> dict[str, int]:
        """Return of how many tasks that had failed at a node it is known that they were put back, by node."""
        ...

    def pending(
        self, after: PendingTask | None, limit: int, discipline: Discipline = USUAL
    ) -> tuple[PendingTask, ...]:
        """Return pending tasks that need not wait for their next attempt, in the order of a discipline.

        Args:
            after: the last task of the page before; None for the first page.
            limit: most tasks.
            discipline: which one.
        """
        ...

    def execute(self, batch: Sequence[Command[Any]]) -> list[Any]:
        """Carry out commands in one transaction, in their order, and return the result of each.

        It is for what is on no node: nodes have stores of their own.
        """
        ...

    def check(self) -> None:
        """Look whether the store is the lab's own still, without reading it. Raises JournalLostError."""
        ...

    def try_write(self) -> None:
        """Write and commit what changes nothing. Raises JournalError where that cannot be."""
        ...

    def upkeep(self) -> None:
        """Let the oldest finished tasks go, and do what the store needs now and then."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...

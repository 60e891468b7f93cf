"""Reading a journal while others write it, in SQL: counts, one task, pages of tasks; and upkeep.

A read sees one moment of the journal and stops nobody. The one reader of a lab, the balancer, also lets old
tasks and results go, and counts all rows now and then, on a connection of its own: so nobody who asks waits
for that. All this waits for the disk or the server: it is for threads.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar

from topowave.tasks.attributes import PendingTask
from topowave.tasks.commands import Command, ForgetNodes
from topowave.tasks.disciplines.base import Discipline
from topowave.tasks.disciplines.priority import USUAL
from topowave.tasks.errors import JournalError
from topowave.tasks.groups import ALL, GroupedTasks, GroupFilter
from topowave.tasks.limits import IDS_AT_ONCE
from topowave.tasks.listing import Cursor, Sort, TaskFilter
from topowave.tasks.model import TaskCounts
from topowave.tasks.retention import Retention
from topowave.tasks.script import EMULATED_FAILED, PRIORITIES, Outcome
from topowave.tasks.states import UNFINISHED
from topowave.tasks.store.database import Database
from topowave.tasks.store.pages import count_listed, pass_over, read_page
from topowave.tasks.store.sql_commands import apply_all
from topowave.tasks.store.sql_counts import corrected, put_back_counts, quick_counts
from topowave.tasks.store.sql_groups import GroupReader
from topowave.tasks.store.sql_lab_commands import pending
from topowave.tasks.store.sql_upkeep import Upkeep

T = TypeVar("T")

NEVER_LESS = ("submitted", "completed", "cancelled")
"""Counts that only grow while a run lasts; what has failed may be put back."""
_SHOWN = (
    *("id", "status", "node", "kind", "title", "category", "priority", "weight", "roles", "request"),
    *("duration", "attempts", "max_attempts", "deadline", "not_before"),
    *("submitted_at", "assigned_at", "started_at", "finished_at", "reason"),
)
"""What is told of each task of a page; each is a column."""
_ONE = f"""SELECT {", ".join(_SHOWN)}, history, backoff, path, type, timeout, params, outcome
    FROM task LEFT JOIN script ON kind = 'script' AND task = number WHERE id = ?"""


def write_nothing(db: Database) -> None:
    """Add a row and take it away, in a transaction: the database writes, and nobody ever sees it.

    A row that is updated to what it is would not do: SQLite writes nothing then.
    """
    db.execute("INSERT INTO run (number, began) VALUES (-1, 0)")
    db.execute("DELETE FROM run WHERE number = -1")


def told(columns: Sequence[Any]) -> dict[str, Any]:
    """Return what is told of a task from its columns _SHOWN."""
    found = dict(zip(_SHOWN, columns, strict=True))
    found["priority"] = PRIORITIES[found["priority"]]
    found["roles"] = json.loads(found["roles"] or "[]")
    found["node"] = found["node"] or None
    return found


class SqlReader(ABC):
    """A journal as the balancer reads it, whatever database has it: see `tasks.store.base.JournalReader`.

    Args:
        kept: what is kept of tasks that are over.
    """

    def __init__(self, kept: Retention) -> None:
        self._groups = GroupReader()
        self._upkeep = Upkeep(kept, self._groups.note_gone)
        self._last: TaskCounts | None = None
        self._moment = 0
        self._version: object = None

    @abstractmethod
    def _read(self, work: Callable[[Database], T]) -> T:
        """Do something that reads, in a transaction that sees one moment. Raises JournalError."""

    @abstractmethod
    def _write(self, work: Callable[[Database], T]) -> T:
        """Do something in a transaction that writes. Raises JournalError."""

    @abstractmethod
    def _version_of(self, db: Database) -> object:
        """Return what is equal for two transactions that have read only if both see the same."""

    @abstractmethod
    def _gone_back(self) -> JournalError:
        """Return what is to be raised where an older copy of the journal is there."""

    def counts(self) -> TaskCounts:
        """Return how many tasks are in each state."""
        counts, _ = self._read(quick_counts)
        last = self._last
        if last is not None and any(getattr(counts, what) < getattr(last, what) for what in NEVER_LESS):
            raise self._gone_back()
        self._last = counts
        return corrected(counts, self._upkeep.differences)

    def task(self, id: str) -> dict[str, Any] | None:
        """Return one task with its history, oldest first; None where it is unknown or long finished."""
        row = self._read(lambda db: db.execute(_ONE, (id,)).fetchone())
        if row is None:
            return None
        about, (lines, backoff, path, kind, timeout, params, outcome) = row[: len(_SHOWN)], row[len(_SHOWN) :]
        history: list[tuple[int, str, str]] = json.loads(f"[{lines.rstrip(',')}]")
        events = [{"time": ms / 1000, "node": node or None, "what": what} for ms, node, what in history]
        found: dict[str, Any] = told(about) | {"history": events, "backoff": backoff}
        script = {"script": path, "type": kind, "timeout": timeout, "params": json.loads(params or "null")}
        came = Outcome.read(outcome)
        reason: str | None = found["reason"]
        if reason is not None and outcome is None:
            came |= {"reason": reason, "error": EMULATED_FAILED[reason]}
        return found | script | came

    def unfinished(self, ids: Collection[str]) -> frozenset[str]:
        """Return which of these tasks are not over."""
        asked = list(ids)
        parts = [asked[start : start + IDS_AT_ONCE] for start in range(0, len(asked), IDS_AT_ONCE)]
        return self._read(lambda db: frozenset(each for part in parts for each in _unfinished(db, part)))

    def page(
        self, wanted: TaskFilter, sort: Sort, after: Cursor | None, limit: int, skip: int = 0
    ) -> dict[str, Any]:
        """Return a page of tasks, and where the next one begins."""

        def read(db: Database) -> tuple[list[tuple[Any, ...]], Cursor | None]:
            def rows(statement: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
                return db.execute(statement, values).fetchall()

            place = pass_over(rows, wanted, sort, after, skip) if skip else after
            if skip and place is None:
                return [], None
            return read_page(rows, _SHOWN, wanted, sort, place, limit)

        (rows, following), moment = self._read(lambda db: (read(db), self._moment_of(db)))
        return {
            "tasks": [told(row) for row in rows],
            "next": None if following is None else following.to_text(),
            "moment": moment,
        }

    def count(self, wanted: TaskFilter, sort: Sort) -> tuple[int, bool]:
        """Return how many tasks a listing has, and whether that is exact; else it is at least so many."""
        return self._read(
            lambda db: count_listed(
                lambda statement, values: db.execute(statement, values).fetchall(), wanted, sort
            )
        )

    def grouped(self, wanted: GroupFilter = ALL) -> GroupedTasks:
        """Return how many tasks that are wanted there are of each kind, at one moment."""
        return self._read(lambda db: self._groups.read(db, self._moment_of, wanted))

    def _moment_of(self, db: Database) -> int:
        """Return the number of what a transaction sees that has read; for `_read`, which is one at a time."""
        version = self._version_of(db)
        if version != self._version:
            self._version = version
            self._moment += 1
        return self._moment

    def forget_nodes(self, names: Callable[[], Collection[str]]) -> int:
        """Let unfinished tasks of all nodes but those that `names` says, when it can be done, be pending."""
        (gone,) = self._write(lambda db: apply_all(db, [ForgetNodes(frozenset(names()))]))
        return int(gone)

    def put_back(self) -> dict[str, int]:
        """Return how many tasks that had failed at each node were put back."""
        return self._read(put_back_counts)

    def pending(
        self, after: PendingTask | None, limit: int, discipline: Discipline = USUAL
    ) -> tuple[PendingTask, ...]:
        """Return pending tasks that may be placed now, in the order of a discipline."""
        return self._read(lambda db: pending(db, after, limit, discipline))

    def execute(self, batch: Sequence[Command[Any]]) -> list[Any]:
        """Carry out commands in one transaction, and return the result of each."""
        return self._write(lambda db: apply_all(db, batch))


def _unfinished(db: Database, ids: Sequence[str]) -> list[str]:
    states, marks = ", ".join(map(repr, UNFINISHED)), ", ".join("?" * len(ids))
    found = db.execute(f"SELECT id FROM task WHERE id IN ({marks}) AND status IN ({states})", ids)
    return [str(each) for (each,) in found]

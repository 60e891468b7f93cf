"""Reading a journal in SQLite while others write it: counts, one task's history, a page of tasks; and upkeep.

A read sees one snapshot of the file and stops nobody. The one reader of a lab, the balancer, also writes the
log back into the database and lets the oldest finished tasks, and the oldest results, go. All this waits for
the disk: it is for threads.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from topowave.tasks.attributes import PendingTask
from topowave.tasks.commands import Command, ForgetNodes
from topowave.tasks.errors import JournalError, JournalLostError
from topowave.tasks.limits import (
    FINISHED_KEPT,
    FINISHED_SPARE,
    OUTCOMES_AT_ONCE,
    OUTCOMES_BYTES,
    OUTCOMES_SPARE,
    PAGE_TASKS,
    READ_TIMEOUT,
    WAL_BYTES,
)
from topowave.tasks.model import TaskCounts
from topowave.tasks.script import EMULATED_FAILED, PRIORITIES, Outcome
from topowave.tasks.states import FINISHED, STATES, UNFINISHED
from topowave.tasks.store.journal_file import WAL, JournalFile, OpenJournal
from topowave.tasks.store.sqlite import open_own_journal
from topowave.tasks.store.sqlite_commands import apply, let_outcomes_go, outcome_bytes, prune
from topowave.tasks.store.sqlite_errors import is_damage, meaning
from topowave.tasks.store.sqlite_lab_commands import pending

T = TypeVar("T")

NEVER_LESS = ("submitted", "completed", "cancelled")
"""Counts that only grow while a run lasts; what has failed may be put back."""

_COUNTS = """
SELECT what, SUM(count), SUM(rows) FROM (
    SELECT status AS what, COUNT(*) AS count, COUNT(*) AS rows FROM task GROUP BY status
    UNION ALL SELECT what, SUM(count), 0 FROM tally GROUP BY what
) GROUP BY what
"""
_SHOWN = (
    *(
        "id",
        "status",
        "node",
        "kind",
        "title",
        "category",
        "priority",
        "weight",
        "roles",
        "request",
        "attempts",
    ),
    *("max_attempts", "deadline", "not_before", "submitted_at", "assigned_at", "started_at", "finished_at"),
    "reason",
)
"""What is told of each task of a page; each is a column."""
_PAGE = f"SELECT number, {', '.join(_SHOWN)} FROM task WHERE number > :after"
_ONE = f"""SELECT {", ".join(_SHOWN)}, history, path, type, timeout, params, outcome
    FROM task LEFT JOIN script ON kind = 'script' AND task = number WHERE id = ?"""


def told(columns: Sequence[Any]) -> dict[str, Any]:
    """Return what is told of a task from its columns _SHOWN."""
    found = dict(zip(_SHOWN, columns, strict=True))
    found["priority"] = PRIORITIES[found["priority"]]
    found["roles"] = json.loads(found["roles"] or "[]")
    found["node"] = found["node"] or None
    return found


def read_counts(db: sqlite3.Connection) -> tuple[TaskCounts, int]:
    """Return the counts and how many finished tasks have a row, in one statement and so of one moment."""
    found = {what: (count, rows) for what, count, rows in db.execute(_COUNTS)}
    counts = {what: found.get(what, (0, 0))[0] for what in ("submitted", *STATES)}
    return TaskCounts(**counts), sum(found.get(state, (0, 0))[1] for state in FINISHED)


class SqliteReader:
    """A journal as the balancer reads it: see `tasks.store.base.JournalReader`.

    Args:
        file: what it is kept in; opened at the first use.
    """

    def __init__(self, file: JournalFile) -> None:
        self._file = file
        self._files: OpenJournal | None = None
        self._lost: JournalLostError | None = None
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None
        self._last: TaskCounts | None = None
        self._log_bytes = 0

    def counts(self) -> TaskCounts:
        """Return how many tasks are in each state."""
        return self._with(self._count)

    def task(self, id: str) -> dict[str, Any] | None:
        """Return one task with its history, oldest first; None where it is unknown or long finished."""

        def read(db: sqlite3.Connection) -> tuple[Any, ...] | None:
            row: tuple[Any, ...] | None = db.execute(_ONE, (id,)).fetchone()
            return row

        row = self._with(read)
        if row is None:
            return None
        about, (lines, path, kind, timeout, params, outcome) = row[: len(_SHOWN)], row[len(_SHOWN) :]
        history: list[tuple[int, str, str]] = json.loads(f"[{lines.rstrip(',')}]")
        events = [{"time": ms / 1000, "node": node or None, "what": what} for ms, node, what in history]
        found = told(about) | {"history": events}
        script = {"script": path, "type": kind, "timeout": timeout, "params": json.loads(params or "null")}
        came = Outcome.read(outcome)
        if found["reason"] is not None and outcome is None:
            came |= {"reason": found["reason"], "error": EMULATED_FAILED[found["reason"]]}
        return found | script | came

    def unfinished(self, ids: Collection[str]) -> frozenset[str]:
        """Return which of these tasks are not over."""
        state = f"status IN ({', '.join(map(repr, UNFINISHED))})"
        command = f"SELECT id FROM task WHERE id IN (SELECT value FROM json_each(?)) AND {state}"
        asked = json.dumps(list(ids))
        return self._with(lambda db: frozenset(row[0] for row in db.execute(command, (asked,))))

    def page(self, status: str | None, node: str | None, after: int, limit: int) -> dict[str, Any]:
        """Return tasks in the order in which they were submitted.

        Args:
            status: only tasks in it, where given.
            node: only its tasks, where given.
            after: number after which the page begins; `next` of the page before.
            limit: most tasks, at most PAGE_TASKS.
        """
        wanted = {"status": status, "node": node}
        given = {name: value for name, value in wanted.items() if value is not None}
        where = "".join(f" AND {name} = :{name}" for name in given)
        command = f"{_PAGE}{where} ORDER BY number LIMIT :limit"
        values = given | {"after": after, "limit": min(limit, PAGE_TASKS) + 1}
        rows = self._with(lambda db: db.execute(command, values).fetchall())
        shown = rows[: min(limit, PAGE_TASKS)]
        tasks = [told(row[1:]) for row in shown]
        return {"tasks": tasks, "next": shown[-1][0] if len(rows) > len(shown) else None}

    def forget_nodes(self, names: Callable[[], Collection[str]]) -> int:
        """Cancel the unfinished tasks of all nodes but those that `names` says when it can be done."""
        return self._with(lambda db: _in_transaction(db, lambda: apply(db, ForgetNodes(frozenset(names())))))

    def pending(self, after: PendingTask | None, limit: int) -> tuple[PendingTask, ...]:
        """Return pending tasks that may be placed now, the most urgent first."""
        return self._with(lambda db: pending(db, after, limit))

    def execute(self, batch: Sequence[Command[Any]]) -> list[Any]:
        """Carry out commands in one transaction, and return the result of each."""
        return self._with(lambda db: _in_transaction(db, lambda: [apply(db, each) for each in batch]))

    def upkeep(self) -> None:
        """Let the oldest finished tasks and results go, and write the log back into the database."""
        self._with(self._upkeep)

    def check(self) -> None:
        """Look whether the journal is the lab's own still, without reading it."""
        self._with(lambda _: None)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._disconnect()

    def _count(self, db: sqlite3.Connection) -> TaskCounts:
        counts, _ = read_counts(db)
        last = self._last
        if last is not None and any(getattr(counts, what) < getattr(last, what) for what in NEVER_LESS):
            raise self._file.lost()  # an older copy of it is there
        self._last = counts
        return counts

    def _upkeep(self, db: sqlite3.Connection) -> None:
        _, rows = read_counts(db)
        if rows > FINISHED_KEPT + FINISHED_SPARE:
            while rows > FINISHED_KEPT:
                rows -= _in_transaction(db, lambda: prune(db))
        size = outcome_bytes(db)
        if size > OUTCOMES_BYTES + OUTCOMES_SPARE:
            while (excess := size - OUTCOMES_BYTES) > 0:
                size -= _in_transaction(db, partial(let_outcomes_go, db, min(excess, OUTCOMES_AT_ONCE)))
        db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        log = Path(f"{self._file.path}{WAL}")
        if log.stat().st_size > WAL_BYTES:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            self._log_bytes = 0

    def _check_log(self) -> None:
        """Look whether somebody else has cut the log off. Raises JournalLostError."""
        log = Path(f"{self._file.path}{WAL}").stat().st_size
        if log < self._log_bytes:
            raise self._file.lost()
        self._log_bytes = log

    def _with(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with self._lock:
            try:
                if self._lost is not None:
                    raise self._lost
                if self._db is None or self._files is None:
                    self._db, self._files = open_own_journal(self._file, READ_TIMEOUT)
                try:
                    result = work(self._db)
                except sqlite3.Error as error:
                    if is_damage(error):
                        self._files.check()
                    raise
                self._files.check()  # what was read, or promised, before it was lost is right
                self._check_log()
            except JournalLostError as error:
                self._lost = error
                self._disconnect()
                raise
            except (sqlite3.Error, OSError) as error:
                self._disconnect()
                text = meaning(error) if isinstance(error, sqlite3.Error) else error.strerror
                raise JournalError(f"the journal cannot be read: {text}") from error
            return result

    def _disconnect(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None
            self._log_bytes = 0


def _in_transaction(db: sqlite3.Connection, work: Callable[[], T]) -> T:
    db.execute("BEGIN IMMEDIATE")
    try:
        result = work()
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    return result
